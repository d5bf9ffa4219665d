import pytest
from django.db import connection


@pytest.mark.django_db
def test_database_is_postgres_in_utc_without_superuser():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version_num')::int >= 150000, "
            "current_setting('TimeZone'), rolsuper FROM pg_roles "
            "WHERE rolname = current_user"
        )
        row = cursor.fetchone()

    assert row == (True, "UTC", False)
