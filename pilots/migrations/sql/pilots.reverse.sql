DROP TRIGGER reviewer_is_independent ON pilots_reviewerassignment;
DROP FUNCTION pilots_reviewer_is_independent();
DROP TRIGGER pilot_stands ON pilots_pilot;
DROP FUNCTION pilots_pilot_stands();
ALTER TABLE pilots_deployment
    DROP CONSTRAINT robot_is_deployed_in_one_pilot_at_a_time;
DROP FUNCTION pilots_official_of(bigint, bigint);
DROP VIEW pilots_terms;
DROP FUNCTION pilots_is_never_edited();
DROP FUNCTION pilots_refuse(text, text);
