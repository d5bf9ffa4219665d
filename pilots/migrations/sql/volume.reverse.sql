DROP TRIGGER tranche_is_unlocked ON pilots_volumetranche;
DROP FUNCTION pilots_tranche_is_unlocked();
DROP TRIGGER pilot_is_decided ON pilots_pilot;
DROP FUNCTION pilots_pilot_is_decided();
DROP FUNCTION pilots_review_unlocks(bigint);
DROP TRIGGER override_is_sound ON pilots_gateoverride;
DROP FUNCTION pilots_override_is_sound();
