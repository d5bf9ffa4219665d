-- Nobody signs what a stranger could not check.
CREATE FUNCTION pilots_signature_rests_on_evidence() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM pilots_gatereview
        WHERE id = NEW.review_id AND evidence_sha256 = '') THEN
        PERFORM pilots_refuse('signature_rests_on_evidence',
            'the review keeps no evidence bundle.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER signature_rests_on_evidence BEFORE INSERT ON pilots_gatesignature
FOR EACH ROW EXECUTE FUNCTION pilots_signature_rests_on_evidence();
