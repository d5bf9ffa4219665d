-- Submitting takes FOR SHARE on the call and stamps this moment, not the transaction's
-- start; the closer takes FOR UPDATE and so waits for whoever was in time.
CREATE FUNCTION procurement_submission_is_in_time(brief bigint, rule text)
RETURNS timestamptz
LANGUAGE plpgsql AS $$
DECLARE
    call_row record;
    moment timestamptz;
BEGIN
    SELECT call.state, call.opens_at, call.closes_at INTO call_row
    FROM procurement_call call
    JOIN procurement_brief brief_row ON brief_row.call_id = call.id
    WHERE brief_row.id = brief
    FOR SHARE OF call;
    moment := clock_timestamp();
    IF call_row.state <> 'open' OR moment >= call_row.closes_at
        OR moment < call_row.opens_at THEN
        PERFORM procurement_refuse(rule, format(
            'it is %s; the call is %s from %s to %s.',
            moment, call_row.state, call_row.opens_at, call_row.closes_at));
    END IF;
    RETURN moment;
END $$;

CREATE FUNCTION procurement_submission_moves() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    call_state text;
    brief_state text;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' THEN
            PERFORM procurement_refuse('submission_begins_as_a_draft',
                format('it cannot begin as %s.', NEW.state));
        END IF;
        NEW.submitted_at := NULL;
        NEW.opened_at := NULL;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'draft' THEN
            PERFORM procurement_refuse('submission_is_kept',
                'what was submitted is never deleted.');
        END IF;
        RETURN OLD;
    END IF;
    IF (NEW.code, NEW.brief_id, NEW.vendor_id)
        IS DISTINCT FROM (OLD.code, OLD.brief_id, OLD.vendor_id) THEN
        PERFORM procurement_refuse('submission_keeps_its_parties',
            'code, brief and vendor cannot change.');
    END IF;
    IF NEW.state <> 'submitted' OR OLD.state <> 'draft' THEN
        NEW.submitted_at := OLD.submitted_at;
    END IF;
    IF OLD.state <> 'draft' AND (NEW.content_digest, NEW.submitted_by_id)
        IS DISTINCT FROM (OLD.content_digest, OLD.submitted_by_id) THEN
        PERFORM procurement_refuse('submitted_content_is_frozen',
            'hash and sender of what was submitted cannot change.');
    END IF;
    NEW.opened_at := OLD.opened_at;
    IF NEW.state = OLD.state THEN
        RETURN NEW;
    END IF;
    IF (OLD.state, NEW.state) NOT IN (
        ('draft', 'submitted'), ('draft', 'withdrawn'), ('submitted', 'withdrawn'),
        ('submitted', 'opened'), ('submitted', 'invalid'), ('opened', 'invalid'),
        ('opened', 'awarded'), ('opened', 'not_awarded')) THEN
        PERFORM procurement_refuse('submission_moves_along_its_states',
            format('a submission cannot go from %s to %s.', OLD.state, NEW.state));
    END IF;
    IF NEW.state = 'submitted' THEN
        NEW.submitted_at := procurement_submission_is_in_time(
            NEW.brief_id, 'submission_arrives_before_the_deadline');
        SELECT state INTO brief_state FROM procurement_brief
        WHERE id = NEW.brief_id FOR SHARE;
        IF brief_state <> 'published' THEN
            PERFORM procurement_refuse('submission_answers_a_published_brief',
                format('the brief is %s.', brief_state));
        END IF;
    ELSIF OLD.state = 'submitted' AND NEW.state = 'withdrawn' THEN
        PERFORM procurement_submission_is_in_time(
            NEW.brief_id, 'submission_is_withdrawn_before_the_deadline');
    ELSIF OLD.state = 'submitted' THEN
        SELECT call.state INTO call_state
        FROM procurement_call call
        JOIN procurement_brief brief_row ON brief_row.call_id = call.id
        WHERE brief_row.id = NEW.brief_id FOR SHARE OF call;
        IF call_state NOT IN ('closed', 'opened') THEN
            PERFORM procurement_refuse('nothing_is_opened_before_the_deadline',
                format('the call is %s.', call_state));
        END IF;
        NEW.opened_at := clock_timestamp();
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER submission_moves
BEFORE INSERT OR UPDATE OR DELETE ON procurement_submission
FOR EACH ROW EXECUTE FUNCTION procurement_submission_moves();

-- FOR SHARE makes a writer of the plan wait for a submit under way, and see its end.
CREATE FUNCTION procurement_content_is_frozen() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    frozen boolean := false;
    one text;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        SELECT state INTO one FROM procurement_submission
        WHERE id = OLD.submission_id FOR SHARE;
        frozen := one IS NOT NULL AND one <> 'draft';
    END IF;
    IF TG_OP <> 'DELETE' AND NOT frozen THEN
        SELECT state INTO one FROM procurement_submission
        WHERE id = NEW.submission_id FOR SHARE;
        frozen := one IS NOT NULL AND one <> 'draft';
    END IF;
    IF frozen THEN
        PERFORM procurement_refuse('submitted_content_is_frozen',
            format('the submission is %s; its content cannot change.', one));
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER plan_is_frozen
BEFORE INSERT OR UPDATE OR DELETE ON procurement_technicalplan
FOR EACH ROW EXECUTE FUNCTION procurement_content_is_frozen();

CREATE TRIGGER milestones_are_frozen
BEFORE INSERT OR UPDATE OR DELETE ON procurement_planmilestone
FOR EACH ROW EXECUTE FUNCTION procurement_content_is_frozen();

-- Deferred, so that rows may be written in any order; judged when the work is done.
CREATE FUNCTION procurement_plan_lasts_8_to_12_weeks(submission bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    total bigint;
    low integer;
    high integer;
    current_state text;
BEGIN
    SELECT submission_row.state, greatest(8, brief.weeks_min), least(12, brief.weeks_max)
    INTO current_state, low, high
    FROM procurement_submission submission_row
    JOIN procurement_brief brief ON brief.id = submission_row.brief_id
    WHERE submission_row.id = submission;
    IF current_state IS NULL OR current_state IN ('draft', 'withdrawn') THEN
        RETURN;
    END IF;
    SELECT coalesce(sum(weeks), 0) INTO total
    FROM procurement_planmilestone WHERE submission_id = submission;
    IF total NOT BETWEEN low AND high THEN
        PERFORM procurement_refuse('milestones_total_8_to_12_weeks',
            format('they total %s weeks; %s to %s are asked for.', total, low, high));
    END IF;
END $$;

CREATE FUNCTION procurement_check_weeks_of_submission() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM procurement_plan_lasts_8_to_12_weeks(NEW.id);
    RETURN NULL;
END $$;

CREATE FUNCTION procurement_check_weeks_of_milestone() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM procurement_plan_lasts_8_to_12_weeks(OLD.submission_id);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM procurement_plan_lasts_8_to_12_weeks(NEW.submission_id);
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER milestones_total_8_to_12_weeks
AFTER INSERT OR UPDATE OF state ON procurement_submission
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION procurement_check_weeks_of_submission();

CREATE CONSTRAINT TRIGGER milestones_still_total_8_to_12_weeks
AFTER INSERT OR UPDATE OR DELETE ON procurement_planmilestone
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION procurement_check_weeks_of_milestone();

CREATE FUNCTION procurement_is_never_edited() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM procurement_refuse(TG_ARGV[0], 'it is written once and kept.');
    RETURN NULL;
END $$;

CREATE TRIGGER minutes_are_never_edited
BEFORE UPDATE OR DELETE ON procurement_openingminutes
FOR EACH ROW EXECUTE FUNCTION procurement_is_never_edited('minutes_are_never_edited');
