-- While its rows are evidence, a robot leaves a pilot only as one asks and an official of
-- the city agrees: else a vendor would choose which robots are judged.
CREATE FUNCTION pilots_robot_stays_due() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    pilot record;
BEGIN
    SELECT pilots_pilot.state, terms.city_id INTO pilot
    FROM pilots_pilot JOIN pilots_terms terms ON terms.pilot_id = pilots_pilot.id
    WHERE pilots_pilot.id = NEW.pilot_id;
    IF pilot.state IN ('running', 'promoted') AND (NEW.released_by_id IS NULL
        OR NOT pilots_official_of(NEW.released_by_id, pilot.city_id)) THEN
        PERFORM pilots_refuse('robot_leaves_a_running_pilot_by_consent',
            'an official of the city must agree.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER robot_stays_due BEFORE UPDATE ON pilots_deployment
FOR EACH ROW WHEN (NEW.end_at IS DISTINCT FROM OLD.end_at AND NEW.end_at IS NOT NULL)
EXECUTE FUNCTION pilots_robot_stays_due();
