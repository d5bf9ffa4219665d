"""A robot leaves a running pilot only by consent of both sides."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("pilots", "0004_gate_dossier"),
        ("robot_bridge", "0002_rules"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="deployment",
            name="leave_asked_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="deployment",
            name="leave_asked_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="deployment",
            name="leave_reason",
            field=models.TextField(blank=True, verbose_name="Why it is to leave"),
        ),
        migrations.AddField(
            model_name="deployment",
            name="released_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="deployment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("leave_asked_at__isnull", True),
                        ("leave_asked_by__isnull", True),
                        ("leave_reason", ""),
                        ("released_by__isnull", True),
                    ),
                    models.Q(
                        ("leave_asked_at__isnull", False),
                        ("leave_asked_by__isnull", False),
                        models.Q(("leave_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="robot_is_asked_to_leave_with_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="deployment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("released_by__isnull", True),
                    models.Q(
                        models.Q(
                            ("released_by", models.F("leave_asked_by")), _negated=True
                        ),
                        ("end_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="robot_is_released_by_another_than_who_asked",
            ),
        ),
        migrations.RunSQL(
            (SQL / "withdrawals.sql").read_text(encoding="utf-8"),
            (SQL / "withdrawals.reverse.sql").read_text(encoding="utf-8"),
        ),
    ]
