DROP TRIGGER robot_stays_due ON pilots_deployment;
DROP FUNCTION pilots_robot_stays_due();
