"""A review keeps the digest of its evidence bundle; without one nobody signs it."""

from pathlib import Path

from django.db import migrations, models
from django.db.models import Q

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("pilots", "0002_rules")]

    operations = [
        migrations.AddField(
            "gatereview",
            "evidence_sha256",
            models.CharField(max_length=64, blank=True, default=""),
        ),
        migrations.AddField(
            "gatereview",
            "evidence_bytes",
            models.PositiveBigIntegerField(default=0),
        ),
        migrations.AddConstraint(
            "gatereview",
            models.CheckConstraint(
                condition=Q(evidence_sha256="", evidence_bytes=0)
                | Q(evidence_sha256__regex="^[0-9a-f]{64}$", evidence_bytes__gt=0),
                name="evidence_has_digest_and_size",
            ),
        ),
        migrations.RunSQL(
            (SQL / "evidence.sql").read_text(encoding="utf-8"),
            (SQL / "evidence.reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
