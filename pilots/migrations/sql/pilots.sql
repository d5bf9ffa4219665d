CREATE EXTENSION IF NOT EXISTS btree_gist;

-- One way for every refusal: SQLSTATE 23514 and the rule's name as the constraint.
CREATE FUNCTION pilots_refuse(rule text, sentence text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'check_violation', CONSTRAINT = rule,
        MESSAGE = rule || ': ' || sentence;
END $$;

CREATE FUNCTION pilots_is_never_edited() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pilots_refuse(TG_ARGV[0], 'it is appended, never edited or deleted.');
    RETURN NULL;
END $$;

-- The parties and terms a pilot's rules ask for.
CREATE VIEW pilots_terms AS
SELECT pilot.id AS pilot_id, pilot.starts_on, pilot.weeks,
       contract.city_id, contract.vendor_id, contract.criteria_digest, contract.criteria,
       contract.unit_price_cny, contract.quantity_max,
       city.is_demo, coalesce(site.timezone, 'Asia/Shanghai') AS timezone
FROM pilots_pilot pilot
JOIN procurement_poccontract contract ON contract.id = pilot.contract_id
JOIN accounts_organisation city ON city.id = contract.city_id
JOIN procurement_award award ON award.id = contract.award_id
JOIN procurement_brief brief ON brief.id = award.brief_id
LEFT JOIN procurement_site site ON site.id = brief.site_id;

CREATE FUNCTION pilots_official_of(person bigint, city bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM accounts_user
        WHERE id = person AND role = 'official' AND organisation_id = city
    )
$$;

ALTER TABLE pilots_deployment
    ADD CONSTRAINT robot_is_deployed_in_one_pilot_at_a_time
    EXCLUDE USING gist (robot_id WITH =, tstzrange(start_at, end_at) WITH &&);

-- Only a demo pilot may be moved in time, and only before anything was judged.
CREATE FUNCTION pilots_pilot_stands() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    contract record;
BEGIN
    SELECT poc.state, poc.weeks, city.is_demo INTO contract
    FROM procurement_poccontract poc
    JOIN accounts_organisation city ON city.id = poc.city_id
    WHERE poc.id = NEW.contract_id;
    IF TG_OP = 'INSERT' AND contract.state <> 'signed' THEN
        PERFORM pilots_refuse('pilot_has_a_signed_contract',
            format('the contract is %s.', contract.state));
    END IF;
    IF NEW.weeks <> contract.weeks THEN
        PERFORM pilots_refuse('pilot_lasts_as_contracted',
            format('the contract says %s weeks.', contract.weeks));
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.contract_id, NEW.starts_on, NEW.code)
        IS DISTINCT FROM (OLD.contract_id, OLD.starts_on, OLD.code)
        AND (NOT contract.is_demo OR EXISTS (
            SELECT FROM pilots_gatereview review
            JOIN pilots_gate gate ON gate.id = review.gate_id
            WHERE gate.pilot_id = OLD.id)) THEN
        PERFORM pilots_refuse('pilot_stands_as_opened',
            'contract, start and code cannot change.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER pilot_stands BEFORE INSERT OR UPDATE ON pilots_pilot
FOR EACH ROW EXECUTE FUNCTION pilots_pilot_stands();

CREATE FUNCTION pilots_reviewer_is_independent() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM accounts_user person
        JOIN accounts_organisation house ON house.id = person.organisation_id
        WHERE person.id = NEW.reviewer_id
          AND person.role = 'reviewer' AND house.kind = 'institute') THEN
        PERFORM pilots_refuse('reviewer_belongs_to_an_institute',
            'only a reviewer of an institute follows a pilot.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER reviewer_is_independent
BEFORE INSERT OR UPDATE ON pilots_reviewerassignment
FOR EACH ROW EXECUTE FUNCTION pilots_reviewer_is_independent();
