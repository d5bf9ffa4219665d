"""What PostgreSQL refuses: rewriting the audit, a role in the wrong house, a real demo."""

from django.db import migrations

AUDIT_IS_APPENDED = """
CREATE FUNCTION audit_is_appended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit entries are appended, never edited or deleted'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'audit_is_appended';
END $$;
CREATE TRIGGER audit_is_appended BEFORE UPDATE OR DELETE ON accounts_auditentry
    FOR EACH ROW EXECUTE FUNCTION audit_is_appended();
"""
NOT_AUDIT_IS_APPENDED = """
DROP TRIGGER audit_is_appended ON accounts_auditentry;
DROP FUNCTION audit_is_appended();
"""

ROLE_FITS = """
CREATE FUNCTION role_fits_its_organisation() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    house text := (SELECT kind FROM accounts_organisation
                   WHERE id = NEW.organisation_id);
BEGIN
    IF (NEW.role, house) NOT IN (
        ('official', 'city'), ('auditor', 'city'), ('vendor', 'vendor'),
        ('reviewer', 'institute'), ('clock', 'platform')
    ) THEN
        RAISE EXCEPTION 'a % cannot belong to a %', NEW.role, house
            USING ERRCODE = 'check_violation',
                  CONSTRAINT = 'role_fits_its_organisation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER role_fits_its_organisation
    BEFORE INSERT OR UPDATE OF role, organisation_id ON accounts_user
    FOR EACH ROW EXECUTE FUNCTION role_fits_its_organisation();
"""
NOT_ROLE_FITS = """
DROP TRIGGER role_fits_its_organisation ON accounts_user;
DROP FUNCTION role_fits_its_organisation();
"""

DEMO_STANDS = """
CREATE FUNCTION demo_stands_as_entered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'demo_stands_as_entered: an organisation stays demo or real'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'demo_stands_as_entered';
END $$;
CREATE TRIGGER demo_stands_as_entered
    BEFORE UPDATE ON accounts_organisation
    FOR EACH ROW WHEN (OLD.is_demo IS DISTINCT FROM NEW.is_demo)
    EXECUTE FUNCTION demo_stands_as_entered();
"""
NOT_DEMO_STANDS = """
DROP TRIGGER demo_stands_as_entered ON accounts_organisation;
DROP FUNCTION demo_stands_as_entered();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.RunSQL(AUDIT_IS_APPENDED, NOT_AUDIT_IS_APPENDED),
        migrations.RunSQL(ROLE_FITS, NOT_ROLE_FITS),
        migrations.RunSQL(DEMO_STANDS, NOT_DEMO_STANDS),
    ]
