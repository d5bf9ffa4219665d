CREATE TRIGGER declaration_is_never_edited
BEFORE UPDATE OR DELETE ON procurement_conflictdeclaration
FOR EACH ROW EXECUTE FUNCTION
    procurement_is_never_edited('declaration_is_never_edited');

CREATE FUNCTION procurement_assignment_moves() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    conflict boolean;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'assigned' THEN
            PERFORM procurement_refuse('reviewer_declares_before_reading',
                format('an assignment cannot begin as %s.', NEW.state));
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.submission_id, NEW.reviewer_id)
        IS DISTINCT FROM (OLD.submission_id, OLD.reviewer_id) THEN
        PERFORM procurement_refuse('assignment_keeps_its_reviewer',
            'submission and reviewer cannot change.');
    END IF;
    IF NEW.state <> OLD.state AND NEW.state IN ('cleared', 'finished') THEN
        SELECT has_conflict INTO conflict FROM procurement_conflictdeclaration
        WHERE assignment_id = NEW.id;
        IF conflict IS NULL OR conflict THEN
            PERFORM procurement_refuse('reviewer_declares_before_reading',
                'there is no declaration that is free of conflict.');
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER assignment_moves
BEFORE INSERT OR UPDATE ON procurement_assignment
FOR EACH ROW EXECUTE FUNCTION procurement_assignment_moves();

CREATE FUNCTION procurement_score_is_allowed() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    assignment_id_ bigint := CASE TG_OP WHEN 'DELETE' THEN OLD.assignment_id
                                        ELSE NEW.assignment_id END;
    assignment record;
    criterion record;
BEGIN
    SELECT assignment_row.state, brief.call_id INTO assignment
    FROM procurement_assignment assignment_row
    JOIN procurement_submission submission
        ON submission.id = assignment_row.submission_id
    JOIN procurement_brief brief ON brief.id = submission.brief_id
    WHERE assignment_row.id = assignment_id_
    FOR SHARE OF assignment_row;
    IF assignment.state <> 'cleared' THEN
        PERFORM procurement_refuse('score_needs_a_review_under_way',
            format('the review is %s.', assignment.state));
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    SELECT max_points, call_id INTO criterion
    FROM procurement_reviewcriterion WHERE id = NEW.criterion_id;
    IF criterion.call_id <> assignment.call_id THEN
        PERFORM procurement_refuse('score_answers_a_criterion_of_its_call',
            'the criterion belongs to another call.');
    END IF;
    IF NEW.points > criterion.max_points THEN
        PERFORM procurement_refuse('score_keeps_to_its_scale',
            format('%s points; at most %s.', NEW.points, criterion.max_points));
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER score_is_allowed
BEFORE INSERT OR UPDATE OR DELETE ON procurement_score
FOR EACH ROW EXECUTE FUNCTION procurement_score_is_allowed();
