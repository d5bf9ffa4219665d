"""What cannot be true of pilots, gates and orders is refused by the database."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("pilots", "0001_initial"), ("procurement", "0002_rules")]

    operations = [
        migrations.RunSQL(
            (SQL / f"{name}.sql").read_text(encoding="utf-8"),
            (SQL / f"{name}.reverse.sql").read_text(encoding="utf-8"),
        )
        for name in ("pilots", "gates", "volume")
    ]
