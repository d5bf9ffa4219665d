"""What PostgreSQL refuses: two deployments of one robot at the same time."""

from django.db import migrations

ONE_DEPLOYMENT_AT_A_TIME = """
CREATE EXTENSION IF NOT EXISTS btree_gist;
ALTER TABLE robot_bridge_deploymentspan
    ADD CONSTRAINT robot_is_deployed_once_at_a_time
    EXCLUDE USING gist (robot_id WITH =, tstzrange(start_at, end_at) WITH &&);
"""
NOT_ONE_DEPLOYMENT_AT_A_TIME = """
ALTER TABLE robot_bridge_deploymentspan
    DROP CONSTRAINT robot_is_deployed_once_at_a_time;
"""


class Migration(migrations.Migration):
    dependencies = [("robot_bridge", "0001_initial")]

    operations = [
        migrations.RunSQL(ONE_DEPLOYMENT_AT_A_TIME, NOT_ONE_DEPLOYMENT_AT_A_TIME),
    ]
