"""What PostgreSQL refuses and how it stores: measurements stay; states are rewritten."""

from django.db import migrations

MEASUREMENTS_STAY = """
CREATE FUNCTION measurement_is_appended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'measurements are appended, never edited or deleted'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'measurement_is_appended';
END $$;
CREATE TRIGGER measurement_is_appended BEFORE UPDATE OR DELETE ON kpis_measurement
    FOR EACH ROW EXECUTE FUNCTION measurement_is_appended();
"""
NOT_MEASUREMENTS_STAY = """
DROP TRIGGER measurement_is_appended ON kpis_measurement;
DROP FUNCTION measurement_is_appended();
"""

# The newest buckets are written again with every fold; room on the page keeps that
# from touching the index.
STATES_HAVE_ROOM = "ALTER TABLE kpis_kpistate SET (fillfactor = 60);"
NOT_STATES_HAVE_ROOM = "ALTER TABLE kpis_kpistate RESET (fillfactor);"


class Migration(migrations.Migration):
    dependencies = [("kpis", "0001_initial")]

    operations = [
        migrations.RunSQL(MEASUREMENTS_STAY, NOT_MEASUREMENTS_STAY),
        migrations.RunSQL(STATES_HAVE_ROOM, NOT_STATES_HAVE_ROOM),
    ]
