CREATE FUNCTION procurement_vendor_is_accepted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    standing text := (SELECT state FROM procurement_vendorregistration
                      WHERE vendor_id = NEW.vendor_id FOR SHARE);
BEGIN
    IF standing IS DISTINCT FROM 'accepted' THEN
        PERFORM procurement_refuse('vendor_is_accepted_before_submitting',
            format('the vendor is %s.', coalesce(standing, 'not registered')));
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER procurement_vendor_is_accepted
    BEFORE UPDATE OF state ON procurement_submission
    FOR EACH ROW WHEN (OLD.state = 'draft' AND NEW.state = 'submitted')
    EXECUTE FUNCTION procurement_vendor_is_accepted();
INSERT INTO procurement_vendorregistration (vendor_id, state, reason)
    SELECT id, 'waiting', '' FROM accounts_organisation WHERE kind = 'vendor';
