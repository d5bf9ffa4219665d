DROP TRIGGER contract_stands ON procurement_poccontract;
DROP FUNCTION procurement_contract_stands();
DROP TRIGGER award_is_never_edited ON procurement_award;
DROP TRIGGER award_is_allowed ON procurement_award;
DROP FUNCTION procurement_award_is_allowed();
