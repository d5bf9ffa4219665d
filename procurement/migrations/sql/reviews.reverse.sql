DROP TRIGGER score_is_allowed ON procurement_score;
DROP FUNCTION procurement_score_is_allowed();
DROP TRIGGER assignment_moves ON procurement_assignment;
DROP FUNCTION procurement_assignment_moves();
DROP TRIGGER declaration_is_never_edited ON procurement_conflictdeclaration;
