-- Volume in spite of a failed gate: two officials of the city, and never without proof.
CREATE FUNCTION pilots_override_is_sound() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    review record;
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM pilots_refuse('override_is_kept', 'an override is never deleted.');
    END IF;
    SELECT gatereview.outcome, terms.city_id INTO review
    FROM pilots_gatereview gatereview
    JOIN pilots_gate gate ON gate.id = gatereview.gate_id
    JOIN pilots_terms terms ON terms.pilot_id = gate.pilot_id
    WHERE gatereview.id = NEW.review_id;
    IF review.outcome <> 'fail' THEN
        PERFORM pilots_refuse('override_is_of_a_failed_gate',
            format('the outcome is %s.', review.outcome));
    END IF;
    IF NOT pilots_official_of(NEW.proposed_by_id, review.city_id)
        OR (NEW.approved_by_id IS NOT NULL
            AND NOT pilots_official_of(NEW.approved_by_id, review.city_id)) THEN
        PERFORM pilots_refuse('override_is_signed_by_officials',
            'both must be officials of the city.');
    END IF;
    IF TG_OP = 'INSERT' AND NEW.approved_by_id IS NOT NULL THEN
        PERFORM pilots_refuse('override_is_proposed_first',
            'the second official approves afterwards.');
    END IF;
    IF TG_OP = 'UPDATE' AND (OLD.approved_by_id IS NOT NULL
        OR (NEW.review_id, NEW.reason, NEW.proposed_by_id, NEW.proposed_at)
           IS DISTINCT FROM
           (OLD.review_id, OLD.reason, OLD.proposed_by_id, OLD.proposed_at)) THEN
        PERFORM pilots_refuse('override_is_never_edited',
            'only the approval is added, once.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER override_is_sound
BEFORE INSERT OR UPDATE OR DELETE ON pilots_gateoverride
FOR EACH ROW EXECUTE FUNCTION pilots_override_is_sound();

-- Whether a review unlocks volume: passed and thrice signed yes by different people of
-- the right roles, or failed and overridden in public. Nothing else, ever.
CREATE FUNCTION pilots_review_unlocks(review bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT CASE gatereview.outcome
        WHEN 'pass' THEN pilots_review_passed(gatereview.id) AND (
            SELECT count(DISTINCT signature.step) = 3
               AND count(DISTINCT signature.person_id) = 3
               AND bool_and(signature.answer = 'yes')
               AND bool_and(CASE signature.step
                   WHEN 'recommend' THEN person.role = 'reviewer'
                   ELSE person.role = 'official'
                        AND person.organisation_id = terms.city_id END)
            FROM pilots_gatesignature signature
            JOIN accounts_user person ON person.id = signature.person_id
            WHERE signature.review_id = gatereview.id)
        WHEN 'fail' THEN EXISTS (
            SELECT FROM pilots_gateoverride override
            WHERE override.review_id = gatereview.id
              AND override.published_at IS NOT NULL
              AND override.approved_by_id <> override.proposed_by_id)
        ELSE false END
    FROM pilots_gatereview gatereview
    JOIN pilots_gate gate ON gate.id = gatereview.gate_id
    JOIN pilots_terms terms ON terms.pilot_id = gate.pilot_id
    WHERE gatereview.id = review
$$;

-- A pilot is promoted or refused by the newest review of the gate that ends it.
CREATE FUNCTION pilots_pilot_is_decided() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    newest bigint;
    unlocks boolean;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.state = OLD.state THEN
        RETURN NEW;
    END IF;
    SELECT review.id INTO newest FROM pilots_gatereview review
    JOIN pilots_gatelook look ON look.id = review.look_id
    JOIN pilots_gate gate ON gate.id = review.gate_id
    WHERE gate.pilot_id = NEW.id AND gate.stage = 1
    ORDER BY look.number DESC LIMIT 1;
    unlocks := coalesce(pilots_review_unlocks(newest), false);
    IF NEW.state = 'promoted' AND NOT unlocks THEN
        PERFORM pilots_refuse('promotion_needs_a_review_that_unlocks',
            'no passed and signed, or publicly overridden, review lets volume follow.');
    END IF;
    IF NEW.state = 'refused' AND (unlocks OR 3 > (
        SELECT count(DISTINCT step) FROM pilots_gatesignature
        WHERE review_id = newest)) THEN
        PERFORM pilots_refuse('refusal_needs_three_signatures',
            'the review is not fully signed, or lets volume follow.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER pilot_is_decided BEFORE INSERT OR UPDATE ON pilots_pilot
FOR EACH ROW WHEN (NEW.state IN ('promoted', 'refused'))
EXECUTE FUNCTION pilots_pilot_is_decided();

CREATE FUNCTION pilots_tranche_is_unlocked() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    gate record;
    ordered bigint;
    robots bigint;
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM pilots_refuse('tranche_is_kept', 'an order is never deleted.');
    END IF;
    IF TG_OP = 'UPDATE' AND (to_jsonb(NEW) - 'state')
        IS DISTINCT FROM (to_jsonb(OLD) - 'state') THEN
        PERFORM pilots_refuse('tranche_stands_as_ordered',
            'only its state may move.');
    END IF;
    IF TG_OP = 'UPDATE' THEN
        RETURN NEW;
    END IF;
    PERFORM FROM pilots_pilot WHERE id = NEW.pilot_id FOR UPDATE;
    SELECT pilots_gate.pilot_id, pilots_gate.stage, pilots_gate.quantity,
           review.outcome, terms.city_id, terms.unit_price_cny, terms.quantity_max
    INTO gate FROM pilots_gatereview review
    JOIN pilots_gate ON pilots_gate.id = review.gate_id
    JOIN pilots_terms terms ON terms.pilot_id = pilots_gate.pilot_id
    WHERE review.id = NEW.gate_review_id;
    IF (NEW.pilot_id, NEW.number, NEW.quantity)
        IS DISTINCT FROM (gate.pilot_id, gate.stage, gate.quantity) THEN
        PERFORM pilots_refuse('tranche_is_what_its_gate_unlocks',
            format('the review''s gate unlocks %s robots at stage %s.',
                   gate.quantity, gate.stage));
    END IF;
    IF NOT pilots_review_unlocks(NEW.gate_review_id) THEN
        PERFORM pilots_refuse('tranche_needs_a_passed_and_signed_gate',
            format('the outcome is %s, or signatures are missing.', gate.outcome));
    END IF;
    SELECT count(*), coalesce(sum(quantity), 0) INTO ordered, robots
    FROM pilots_volumetranche WHERE pilot_id = NEW.pilot_id;
    IF ordered <> NEW.number - 1 THEN
        PERFORM pilots_refuse('tranches_are_ordered_in_turn',
            format('%s tranches were ordered before number %s.', ordered,
                   NEW.number));
    END IF;
    IF robots + NEW.quantity > gate.quantity_max THEN
        PERFORM pilots_refuse('volume_stays_within_the_contract',
            format('the contract ends at %s robots.', gate.quantity_max));
    END IF;
    IF NEW.unit_price_cny > gate.unit_price_cny THEN
        PERFORM pilots_refuse('price_stays_within_the_contract',
            format('the contract says %s CNY.', gate.unit_price_cny));
    END IF;
    IF NOT pilots_official_of(NEW.ordered_by_id, gate.city_id) THEN
        PERFORM pilots_refuse('tranche_is_ordered_by_an_official',
            'an official of the city orders.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER tranche_is_unlocked
BEFORE INSERT OR UPDATE OR DELETE ON pilots_volumetranche
FOR EACH ROW EXECUTE FUNCTION pilots_tranche_is_unlocked();
