CREATE FUNCTION procurement_award_is_allowed() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    chosen record;
BEGIN
    SELECT brief_id, state INTO chosen FROM procurement_submission
    WHERE id = NEW.submission_id FOR SHARE;
    IF chosen.brief_id <> NEW.brief_id OR chosen.state <> 'opened' THEN
        PERFORM procurement_refuse('award_goes_to_an_opened_submission_of_its_brief',
            format('the submission is %s.', chosen.state));
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER award_is_allowed
BEFORE INSERT ON procurement_award
FOR EACH ROW EXECUTE FUNCTION procurement_award_is_allowed();

CREATE TRIGGER award_is_never_edited
BEFORE UPDATE OR DELETE ON procurement_award
FOR EACH ROW EXECUTE FUNCTION procurement_is_never_edited('award_is_never_edited');

CREATE FUNCTION procurement_contract_stands() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    parties record;
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'draft' THEN
            PERFORM procurement_refuse('signed_contract_is_kept',
                'a contract that was signed is never deleted.');
        END IF;
        RETURN OLD;
    END IF;
    IF TG_OP = 'INSERT' AND NEW.state <> 'draft' THEN
        PERFORM procurement_refuse('contract_begins_as_a_draft',
            format('it cannot begin as %s.', NEW.state));
    END IF;
    SELECT programme.city_id, submission.vendor_id, city.is_demo INTO parties
    FROM procurement_award award
    JOIN procurement_submission submission ON submission.id = award.submission_id
    JOIN procurement_brief brief ON brief.id = award.brief_id
    JOIN procurement_call call ON call.id = brief.call_id
    JOIN procurement_programme programme ON programme.id = call.programme_id
    JOIN accounts_organisation city ON city.id = programme.city_id
    WHERE award.id = NEW.award_id;
    IF (NEW.city_id, NEW.vendor_id) IS DISTINCT FROM
        (parties.city_id, parties.vendor_id) THEN
        PERFORM procurement_refuse('contract_binds_the_award_s_parties',
            'city and vendor are those of the award.');
    END IF;
    IF NEW.evidence_kind = 'sim' AND NOT parties.is_demo
        AND (TG_OP = 'INSERT' OR NEW.evidence_kind <> OLD.evidence_kind) THEN
        PERFORM procurement_refuse('simulation_counts_in_a_demo_city_only',
            'the city is not a demo organisation.');
    END IF;
    IF TG_OP = 'INSERT' THEN
        RETURN NEW;
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN
        (('draft', 'vendor_signed'), ('vendor_signed', 'signed')) THEN
        PERFORM procurement_refuse('contract_moves_along_its_states',
            format('a contract cannot go from %s to %s.', OLD.state, NEW.state));
    END IF;
    IF OLD.state <> 'draft' AND
       (NEW.code, NEW.award_id, NEW.starts_on, NEW.weeks, NEW.robots,
        NEW.poc_price_cny, NEW.unit_price_cny, NEW.quantity_min, NEW.quantity_max,
        NEW.evidence_kind, NEW.criteria, NEW.criteria_digest,
        NEW.vendor_signed_by_id, NEW.vendor_signed_at)
       IS DISTINCT FROM
       (OLD.code, OLD.award_id, OLD.starts_on, OLD.weeks, OLD.robots,
        OLD.poc_price_cny, OLD.unit_price_cny, OLD.quantity_min, OLD.quantity_max,
        OLD.evidence_kind, OLD.criteria, OLD.criteria_digest,
        OLD.vendor_signed_by_id, OLD.vendor_signed_at) THEN
        PERFORM procurement_refuse('terms_are_frozen_at_signature',
            'terms, criteria and their digest cannot change once signed.');
    END IF;
    IF OLD.state = 'signed' AND (NEW.city_signed_by_id, NEW.signed_at)
        IS DISTINCT FROM (OLD.city_signed_by_id, OLD.signed_at) THEN
        PERFORM procurement_refuse('terms_are_frozen_at_signature',
            'a signature cannot change.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER contract_stands
BEFORE INSERT OR UPDATE OR DELETE ON procurement_poccontract
FOR EACH ROW EXECUTE FUNCTION procurement_contract_stands();
