"""What is kept of telemetry: states, what carries on, and measurements."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import MD5
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from kpis.engine.definition import Kpi, definition_from_json
from kpis.engine.figures import Figure
from kpis.enums import ComposedState, Tier
from kpis.querysets import (
    ComposedKpiQuerySet,
    DirtyRangeQuerySet,
    WatermarkQuerySet,
)
from robot_bridge.enums import EvidenceKind
from robot_bridge.models import Robot


class KpiState(models.Model):
    """Integer facts of one robot and bucket; kinds and versions kept apart.

    `facts` stand in the order of kpis.engine.parts.FACTS; those a shorter row lacks
    are 0. Minutes are kept for days, hours for ever.
    """

    pk = models.CompositePrimaryKey(
        "robot_id", "tier", "bucket_start_us", "evidence", "software"
    )
    robot = models.ForeignKey(Robot, models.PROTECT, related_name="+", db_index=False)
    tier = models.CharField(max_length=8, choices=Tier)
    bucket_start_us = models.BigIntegerField()
    evidence = models.CharField(max_length=16, choices=EvidenceKind)
    software = models.CharField(max_length=64)
    facts = ArrayField(models.BigIntegerField())

    def __str__(self) -> str:
        return f"{self.robot_id} {self.tier} {self.bucket_start_us} {self.evidence}"


class CycleBin(models.Model):
    """How many tasks of one robot and hour took about so long; see engine.quantiles."""

    pk = models.CompositePrimaryKey(
        "robot_id", "bucket_start_us", "evidence", "software", "bin"
    )
    robot = models.ForeignKey(Robot, models.PROTECT, related_name="+", db_index=False)
    bucket_start_us = models.BigIntegerField()
    evidence = models.CharField(max_length=16, choices=EvidenceKind)
    software = models.CharField(max_length=64)
    bin = models.IntegerField()
    count = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="cycle_bin_holds_a_task", condition=Q(count__gt=0)
            )
        ]

    def __str__(self) -> str:
        return f"{self.robot_id} {self.bucket_start_us} {self.bin}: {self.count}"


class Watermark(models.Model):
    """How far a line has been folded, and what holds from there on.

    `ts_us` to `ordinal`: the place of its last row in READING_ORDER. `op_state`: ""
    where it is not known.
    `received_us`: when its newest row came, be it late or not.
    """

    robot = models.ForeignKey(Robot, models.PROTECT, related_name="+", db_index=False)
    evidence = models.CharField(max_length=16, choices=EvidenceKind)
    ts_us = models.BigIntegerField()
    stream = models.TextField()
    session = models.TextField()
    seq = models.BigIntegerField()
    ordinal = models.IntegerField()
    received_us = models.BigIntegerField()
    software = models.CharField(max_length=64)
    op_state = models.CharField(max_length=24, blank=True)
    degraded = models.BooleanField()
    interval_s = models.PositiveSmallIntegerField()

    objects = WatermarkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("robot", "evidence", name="line_has_one_watermark")
        ]

    def __str__(self) -> str:
        return f"{self.robot_id} {self.evidence} {self.ts_us}"


class CarriedTurn(models.Model):
    """The last change of one (kind, ref) of a line, to hold the next row against."""

    robot = models.ForeignKey(Robot, models.PROTECT, related_name="+", db_index=False)
    evidence = models.CharField(max_length=16, choices=EvidenceKind)
    kind = models.CharField(max_length=24)
    ref = models.TextField()
    value = models.TextField()
    number = models.BigIntegerField(null=True)
    ts_us = models.BigIntegerField()

    class Meta:
        constraints = [
            # A ref is the robot's own word and may be longer than an index takes.
            models.UniqueConstraint(
                "robot",
                "evidence",
                "kind",
                MD5("ref"),
                name="thing_is_carried_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.robot_id} {self.kind} {self.ref} {self.value}"


class DirtyRange(models.Model):
    """Where states miss rows that came late, or hold rows no longer counted."""

    robot = models.ForeignKey(Robot, models.PROTECT, related_name="+")
    start_us = models.BigIntegerField()
    end_us = models.BigIntegerField()
    found_at = models.DateTimeField()
    touched_at = models.DateTimeField()

    objects = DirtyRangeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="dirty_range_is_not_empty",
                condition=Q(end_us__gt=F("start_us")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.robot_id} [{self.start_us}, {self.end_us})"


class Measurement(models.Model):
    """Figures taken from the lake for a gate, kept with all that they rest on.

    `duty` and `figures` are as engine.duty and engine.figures write them; `digest` is
    over the window, robots, evidence, duty and figures.
    """

    code = models.CharField(max_length=24, unique=True)
    made_at = models.DateTimeField(auto_now_add=True)
    start_us = models.BigIntegerField()
    end_us = models.BigIntegerField()
    robot_ids = ArrayField(models.BigIntegerField())
    evidence = models.CharField(max_length=16, choices=EvidenceKind)
    software = models.CharField(max_length=64, blank=True)
    duty = models.JSONField()
    figures = models.JSONField()
    engine_version = models.CharField(max_length=16)
    lake_versions = models.JSONField()
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(
                name="measured_window_is_not_backwards",
                condition=Q(end_us__gte=F("start_us")),
            )
        ]

    def __str__(self) -> str:
        return self.code

    def figure(self, kpi: str) -> Figure:
        """Return one KPI's figure as it was measured."""
        return Figure.from_json(self.figures[kpi])


class ComposedKpi(models.Model):
    """One version of a KPI that a city composed; once published it never changes.

    `key` is that of its definition, `city.<city>.<name>.v<version>`, so that whoever
    names it names one definition for ever. `digest` is the definition's own.
    """

    code = models.CharField(max_length=24, unique=True)
    city = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    name = models.CharField(_("Key"), max_length=32)
    version = models.PositiveSmallIntegerField(_("Version"))
    key = models.CharField(max_length=96, unique=True)
    definition = models.JSONField()
    digest = models.CharField(max_length=64)
    state = models.CharField(
        max_length=16, choices=ComposedState, default=ComposedState.DRAFT
    )
    composed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(auto_now=True)

    objects = ComposedKpiQuerySet.as_manager()

    class Meta:
        ordering = ["city", "name", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["city", "name", "version"], name="composed_kpi_has_one_version"
            ),
            models.UniqueConstraint(
                fields=["city", "name"],
                condition=Q(state=ComposedState.DRAFT),
                name="composed_kpi_has_one_draft",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ComposedState.values),
                name="composed_kpi_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(version__gte=1, digest__regex="^[0-9a-f]{64}$")
                & Q(name__regex="^[a-z][a-z0-9_]{1,31}$"),
                name="composed_kpi_is_named_and_numbered",
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def kpi(self) -> Kpi:
        return definition_from_json(self.definition)

    @property
    def title(self) -> str:
        english = (get_language() or "").startswith("en")
        return str(self.definition["title" if english else "title_zh"])


class LakeFigure(models.Model):
    """A figure that states do not hold, as it was last read from the lake.

    `subject` says for whom it was read; a newer reading takes the older one's place.
    """

    subject = models.CharField(max_length=80)
    kpi = models.CharField(max_length=96)
    figure = models.JSONField()
    read_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "kpi"], name="figure_is_kept_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.kpi}"
