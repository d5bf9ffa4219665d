"""What cannot be true is refused by the database, whoever asks."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("procurement", "0001_initial")]

    operations = [
        migrations.RunSQL(
            (SQL / f"{name}.sql").read_text(encoding="utf-8"),
            (SQL / f"{name}.reverse.sql").read_text(encoding="utf-8"),
        )
        for name in ("calls", "submissions", "reviews", "contracts")
    ]
