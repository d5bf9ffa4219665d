DROP TRIGGER signature_rests_on_evidence ON pilots_gatesignature;
DROP FUNCTION pilots_signature_rests_on_evidence();
