-- One way for every refusal: SQLSTATE 23514 and the rule's name as the constraint.
CREATE FUNCTION procurement_refuse(rule text, sentence text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'check_violation', CONSTRAINT = rule,
        MESSAGE = rule || ': ' || sentence;
END $$;

CREATE FUNCTION procurement_call_is_demo(programme bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT organisation.is_demo
    FROM procurement_programme programme_row
    JOIN accounts_organisation organisation ON organisation.id = programme_row.city_id
    WHERE programme_row.id = programme
$$;

-- The deadline is kept by the database's own clock. While a call is open it may be put
-- off; only a demo city may bring it forward, and never to before the present moment.
CREATE FUNCTION procurement_call_keeps_its_deadline() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    moment timestamptz := clock_timestamp();
BEGIN
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN
        (('draft', 'open'), ('open', 'closed'), ('closed', 'opened')) THEN
        PERFORM procurement_refuse('call_moves_along_its_states',
            format('a call cannot go from %s to %s.', OLD.state, NEW.state));
    END IF;
    IF OLD.state <> 'draft' AND NEW.opens_at <> OLD.opens_at THEN
        PERFORM procurement_refuse('opening_day_stands_once_open',
            'the opening day of a call that opened cannot change.');
    END IF;
    IF OLD.state <> 'draft' AND NEW.closes_at <> OLD.closes_at THEN
        IF OLD.state <> 'open' OR OLD.closes_at <= moment THEN
            PERFORM procurement_refuse('deadline_stands_once_passed',
                'a deadline that has passed cannot change.');
        ELSIF NEW.closes_at < OLD.closes_at THEN
            IF NOT procurement_call_is_demo(NEW.programme_id) THEN
                PERFORM procurement_refuse('deadline_is_only_put_off',
                    'the deadline of an open call can only be put off.');
            END IF;
            NEW.closes_at := greatest(NEW.closes_at, moment);
        END IF;
    END IF;
    IF OLD.state = 'open' AND NEW.state = 'closed' THEN
        IF clock_timestamp() < NEW.closes_at THEN
            PERFORM procurement_refuse('call_closes_at_its_deadline',
                format('the deadline is %s.', NEW.closes_at));
        END IF;
        NEW.closed_at := clock_timestamp();
    ELSIF OLD.state = 'closed' AND NEW.state = 'opened' THEN
        NEW.opened_at := clock_timestamp();
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER call_keeps_its_deadline
BEFORE UPDATE ON procurement_call
FOR EACH ROW EXECUTE FUNCTION procurement_call_keeps_its_deadline();

CREATE FUNCTION procurement_brief_terms_stand() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NULL THEN
        RETURN NEW;
    END IF;
    IF (NEW.call_id, NEW.site_id, NEW.route, NEW.scenario, NEW.poc_robots,
        NEW.weeks_min, NEW.weeks_max, NEW.compensation_cap_cny, NEW.budget_line,
        NEW.budget_cny, NEW.quantity_min, NEW.quantity_max,
        NEW.unit_price_ceiling_cny, NEW.published_at, NEW.title_zh, NEW.need_zh,
        NEW.baseline_zh, NEW.novelty_zh)
       IS DISTINCT FROM
       (OLD.call_id, OLD.site_id, OLD.route, OLD.scenario, OLD.poc_robots,
        OLD.weeks_min, OLD.weeks_max, OLD.compensation_cap_cny, OLD.budget_line,
        OLD.budget_cny, OLD.quantity_min, OLD.quantity_max,
        OLD.unit_price_ceiling_cny, OLD.published_at, OLD.title_zh, OLD.need_zh,
        OLD.baseline_zh, OLD.novelty_zh) THEN
        PERFORM procurement_refuse('published_terms_stand',
            'the terms of a published brief cannot change.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER brief_terms_stand
BEFORE UPDATE ON procurement_brief
FOR EACH ROW EXECUTE FUNCTION procurement_brief_terms_stand();

CREATE FUNCTION procurement_brief_kpis_stand() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    published timestamptz;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        SELECT published_at INTO published FROM procurement_brief
        WHERE id = OLD.brief_id FOR SHARE;
    END IF;
    IF published IS NULL AND TG_OP <> 'DELETE' THEN
        SELECT published_at INTO published FROM procurement_brief
        WHERE id = NEW.brief_id FOR SHARE;
    END IF;
    IF published IS NOT NULL THEN
        PERFORM procurement_refuse('published_kpis_stand',
            'the KPIs of a published brief cannot change.');
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER brief_kpis_stand
BEFORE INSERT OR UPDATE OR DELETE ON procurement_briefkpi
FOR EACH ROW EXECUTE FUNCTION procurement_brief_kpis_stand();

CREATE FUNCTION procurement_criteria_stand() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    call_state text;
BEGIN
    SELECT state INTO call_state FROM procurement_call
    WHERE id = (CASE TG_OP WHEN 'INSERT' THEN NEW.call_id ELSE OLD.call_id END)
    FOR SHARE;
    IF call_state <> 'draft' THEN
        PERFORM procurement_refuse('published_criteria_stand',
            'the review criteria of a call that opened cannot change.');
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER criteria_stand
BEFORE INSERT OR UPDATE OR DELETE ON procurement_reviewcriterion
FOR EACH ROW EXECUTE FUNCTION procurement_criteria_stand();
