-- Gates and looks are registered beforehand and then stand; only a demo city may
-- move them, and only while nothing was judged.
CREATE FUNCTION pilots_gate_may_move(gate bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT terms.is_demo AND NOT EXISTS (
        SELECT FROM pilots_gatereview review WHERE review.gate_id = gate)
    FROM pilots_gate
    JOIN pilots_terms terms ON terms.pilot_id = pilots_gate.pilot_id
    WHERE pilots_gate.id = gate
$$;

CREATE FUNCTION pilots_gate_stands() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT pilots_gate_may_move(OLD.id) THEN
        PERFORM pilots_refuse('gate_stands_as_registered',
            'days, stage and quantity of a gate cannot change.');
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER gate_stands BEFORE UPDATE OR DELETE ON pilots_gate
FOR EACH ROW EXECUTE FUNCTION pilots_gate_stands();

CREATE FUNCTION pilots_look_stands() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    gate record;
BEGIN
    IF TG_OP <> 'INSERT' AND NOT pilots_gate_may_move(OLD.gate_id) THEN
        PERFORM pilots_refuse('look_stands_as_registered',
            'a registered look is never moved or deleted.');
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    SELECT pilots_gate.starts_on, pilots_gate.ends_on, terms.is_demo,
           (clock_timestamp() AT TIME ZONE terms.timezone)::date AS today
    INTO gate FROM pilots_gate
    JOIN pilots_terms terms ON terms.pilot_id = pilots_gate.pilot_id
    WHERE pilots_gate.id = NEW.gate_id;
    IF NEW."on" NOT BETWEEN gate.starts_on AND gate.ends_on THEN
        PERFORM pilots_refuse('look_lies_within_its_gate',
            format('%s is not within %s to %s.', NEW."on", gate.starts_on,
                   gate.ends_on));
    END IF;
    IF NOT gate.is_demo AND NEW."on" < gate.today THEN
        PERFORM pilots_refuse('look_is_registered_beforehand',
            format('%s has passed.', NEW."on"));
    END IF;
    IF TG_OP = 'INSERT' AND EXISTS (
        SELECT FROM pilots_gatereview review WHERE review.gate_id = NEW.gate_id) THEN
        PERFORM pilots_refuse('look_is_registered_beforehand',
            'the gate was assessed already.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER look_stands BEFORE INSERT OR UPDATE OR DELETE ON pilots_gatelook
FOR EACH ROW EXECUTE FUNCTION pilots_look_stands();

CREATE FUNCTION pilots_review_is_sound() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    terms record;
BEGIN
    SELECT look."on", look.gate_id, all_terms.criteria_digest, all_terms.criteria,
           (clock_timestamp() AT TIME ZONE all_terms.timezone)::date AS today
    INTO terms FROM pilots_gatelook look
    JOIN pilots_gate gate ON gate.id = look.gate_id
    JOIN pilots_terms all_terms ON all_terms.pilot_id = gate.pilot_id
    WHERE look.id = NEW.look_id FOR SHARE OF gate;
    IF terms.gate_id <> NEW.gate_id THEN
        PERFORM pilots_refuse('review_reads_a_look_of_its_gate',
            'the look belongs to another gate.');
    END IF;
    IF terms.criteria_digest <> NEW.criteria_digest THEN
        PERFORM pilots_refuse('review_judges_the_contracted_criteria',
            'the digest is not that of the contract.');
    END IF;
    IF NEW.criteria_count < 1
        OR NEW.criteria_count <> jsonb_array_length(terms.criteria) THEN
        PERFORM pilots_refuse('review_has_as_many_criteria_as_its_contract',
            format('the contract has %s.', jsonb_array_length(terms.criteria)));
    END IF;
    IF terms."on" >= terms.today THEN
        PERFORM pilots_refuse('look_is_assessed_after_its_day',
            format('%s is not over at the site.', terms."on"));
    END IF;
    IF EXISTS (
        SELECT FROM pilots_gatereview review
        JOIN pilots_gatelook look ON look.id = review.look_id
        WHERE review.gate_id = NEW.gate_id
          AND (review.outcome <> 'not_enough_evidence' OR look."on" > terms."on")) THEN
        PERFORM pilots_refuse('first_decisive_look_stands',
            'the gate was decided, or a later look was read.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER review_is_sound BEFORE INSERT ON pilots_gatereview
FOR EACH ROW EXECUTE FUNCTION pilots_review_is_sound();

CREATE TRIGGER review_is_never_edited BEFORE UPDATE OR DELETE ON pilots_gatereview
FOR EACH ROW EXECUTE FUNCTION pilots_is_never_edited('review_is_never_edited');

-- What a decided review read of a deployment stands; the days after it are free.
CREATE FUNCTION pilots_deployment_stands() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    was tstzrange := tstzrange(OLD.start_at, OLD.end_at);
    becomes tstzrange := 'empty';
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.pilot_id, NEW.robot_id)
        = (OLD.pilot_id, OLD.robot_id) THEN
        becomes := tstzrange(NEW.start_at, NEW.end_at);
    END IF;
    IF EXISTS (
        SELECT FROM pilots_gatereview review
        JOIN pilots_gatelook look ON look.id = review.look_id
        JOIN pilots_gate gate ON gate.id = review.gate_id
        JOIN pilots_terms terms ON terms.pilot_id = gate.pilot_id
        CROSS JOIN LATERAL tstzrange(
            gate.starts_on::timestamp AT TIME ZONE terms.timezone,
            (look."on" + 1)::timestamp AT TIME ZONE terms.timezone) AS read
        WHERE gate.pilot_id = OLD.pilot_id
          AND review.outcome IN ('pass', 'fail')
          AND was * read <> becomes * read) THEN
        PERFORM pilots_refuse('deployment_stands_as_reviewed',
            'a decided review covers these days; it may end only after them.');
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER deployment_stands AFTER UPDATE OR DELETE ON pilots_deployment
FOR EACH ROW EXECUTE FUNCTION pilots_deployment_stands();

CREATE FUNCTION pilots_verdict_is_sound() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    review record;
    decides boolean;
BEGIN
    SELECT gatereview.outcome, gatereview.criteria_count,
           terms.criteria -> NEW.number - 1 AS criterion
    INTO review FROM pilots_gatereview gatereview
    JOIN pilots_gate gate ON gate.id = gatereview.gate_id
    JOIN pilots_terms terms ON terms.pilot_id = gate.pilot_id
    WHERE gatereview.id = NEW.review_id FOR SHARE OF gatereview;
    IF NEW.number NOT BETWEEN 1 AND review.criteria_count THEN
        PERFORM pilots_refuse('review_has_as_many_verdicts_as_criteria',
            format('it has %s criteria.', review.criteria_count));
    END IF;
    decides := (review.criterion ->> 'mandatory')::boolean
        AND review.criterion ->> 'law' <> 'shown';
    IF (NEW.kpi, NEW.decides)
        IS DISTINCT FROM (review.criterion ->> 'kpi', decides) THEN
        PERFORM pilots_refuse('verdict_judges_its_criterion',
            format('criterion %s of the contract is %s.', NEW.number,
                   review.criterion ->> 'kpi'));
    END IF;
    IF review.outcome = 'pass' AND NEW.decides AND NEW.outcome <> 'pass' THEN
        PERFORM pilots_refuse('pass_needs_every_criterion',
            format('%s did not pass.', NEW.kpi));
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER verdict_is_sound BEFORE INSERT ON pilots_gateverdict
FOR EACH ROW EXECUTE FUNCTION pilots_verdict_is_sound();

CREATE TRIGGER verdict_is_never_edited BEFORE UPDATE OR DELETE ON pilots_gateverdict
FOR EACH ROW EXECUTE FUNCTION pilots_is_never_edited('verdict_is_never_edited');

-- Passed: a verdict on every criterion of the contract, and each that decides a pass.
CREATE FUNCTION pilots_review_passed(review bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT gatereview.outcome = 'pass' AND (
        SELECT count(*) = jsonb_array_length(terms.criteria)
           AND coalesce(bool_or(verdict.decides), false)
           AND coalesce(bool_and(verdict.outcome = 'pass')
                        FILTER (WHERE verdict.decides), false)
        FROM pilots_gateverdict verdict WHERE verdict.review_id = gatereview.id)
    FROM pilots_gatereview gatereview
    JOIN pilots_gate gate ON gate.id = gatereview.gate_id
    JOIN pilots_terms terms ON terms.pilot_id = gate.pilot_id
    WHERE gatereview.id = review
$$;

-- An institute's reviewer recommends, an official decides, a second one approves.
CREATE FUNCTION pilots_signature_is_sound() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    review record;
    signed text[];
    allowed boolean;
BEGIN
    SELECT gatereview.outcome, gatereview.gate_id, gate.pilot_id,
           gate.ends_on, look."on", terms.city_id
    INTO review FROM pilots_gatereview gatereview
    JOIN pilots_gatelook look ON look.id = gatereview.look_id
    JOIN pilots_gate gate ON gate.id = gatereview.gate_id
    JOIN pilots_terms terms ON terms.pilot_id = gate.pilot_id
    WHERE gatereview.id = NEW.review_id FOR UPDATE OF gate;
    SELECT coalesce(array_agg(step), '{}') INTO signed FROM pilots_gatesignature
    WHERE review_id = NEW.review_id;
    IF (NEW.step = 'decide' AND NOT 'recommend' = ANY (signed))
        OR (NEW.step = 'approve' AND NOT 'decide' = ANY (signed)) THEN
        PERFORM pilots_refuse('gate_steps_keep_their_order',
            'a reviewer recommends, an official decides, a second one approves.');
    END IF;
    IF NEW.step = 'recommend' THEN
        allowed := EXISTS (
            SELECT FROM pilots_reviewerassignment assignment
            WHERE assignment.pilot_id = review.pilot_id
              AND assignment.reviewer_id = NEW.person_id);
    ELSE
        allowed := pilots_official_of(NEW.person_id, review.city_id);
    END IF;
    IF NOT allowed THEN
        PERFORM pilots_refuse('gate_step_is_signed_by_its_role',
            format('%s is not this person''s to sign.', NEW.step));
    END IF;
    IF NEW.answer = 'yes' AND NOT pilots_review_passed(NEW.review_id) THEN
        PERFORM pilots_refuse('yes_needs_a_passed_gate',
            format('the outcome is %s.', review.outcome));
    END IF;
    IF review.outcome = 'not_enough_evidence' AND review."on" < review.ends_on THEN
        PERFORM pilots_refuse('open_gate_is_not_signed_before_its_end',
            'looks are still to come.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER signature_is_sound BEFORE INSERT ON pilots_gatesignature
FOR EACH ROW EXECUTE FUNCTION pilots_signature_is_sound();

CREATE TRIGGER signature_is_never_edited BEFORE UPDATE OR DELETE ON pilots_gatesignature
FOR EACH ROW EXECUTE FUNCTION pilots_is_never_edited('signature_is_never_edited');
