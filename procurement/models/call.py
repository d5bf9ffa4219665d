from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from procurement.enums import CallState
from procurement.models.codes import call_code, programme_code
from procurement.models.language import in_language
from procurement.querysets import (
    CallQuerySet,
    ProgrammeQuerySet,
    ReviewCriterionQuerySet,
)


class Programme(models.Model):
    """A city's umbrella over its calls."""

    code = models.CharField(max_length=32, unique=True, default=programme_code)
    city = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    title_zh = models.CharField(_("Title (Chinese)"), max_length=200)
    title_en = models.CharField(_("Title (English)"), max_length=200)
    objective_zh = models.TextField(_("Objective (Chinese)"), blank=True)
    objective_en = models.TextField(_("Objective (English)"), blank=True)

    objects = ProgrammeQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def title(self) -> str:
        return in_language(self.title_zh, self.title_en)

    @property
    def objective(self) -> str:
        return in_language(self.objective_zh, self.objective_en)


class Call(models.Model):
    """One batch of a programme: the briefs that share opening day and deadline.

    The span for submissions is half-open, [opens_at, closes_at).
    """

    code = models.CharField(max_length=32, unique=True, default=call_code)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="calls")
    batch_no = models.PositiveSmallIntegerField(_("Batch"))
    title_zh = models.CharField(_("Title (Chinese)"), max_length=200)
    title_en = models.CharField(_("Title (English)"), max_length=200)
    opens_at = models.DateTimeField(_("Submissions open"))
    closes_at = models.DateTimeField(_("Deadline"))
    closed_at = models.DateTimeField(null=True, editable=False)
    opened_at = models.DateTimeField(null=True, editable=False)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=16, choices=CallState, default=CallState.DRAFT, editable=False
    )

    objects = CallQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "batch_no"], name="batch_is_numbered_once"
            ),
            models.CheckConstraint(
                condition=Q(opens_at__lt=F("closes_at")),
                name="call_opens_before_it_closes",
            ),
            models.CheckConstraint(
                condition=Q(state__in=CallState.values), name="call_state_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def title(self) -> str:
        return in_language(self.title_zh, self.title_en)

    @property
    def city(self) -> Organisation:
        return self.programme.city


class ReviewCriterion(models.Model):
    """One dimension every submission of a call is scored on."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="criteria")
    number = models.PositiveSmallIntegerField()
    title_zh = models.CharField(_("Title (Chinese)"), max_length=120)
    title_en = models.CharField(_("Title (English)"), max_length=120)
    guidance_zh = models.TextField(_("Guidance (Chinese)"), blank=True)
    guidance_en = models.TextField(_("Guidance (English)"), blank=True)
    weight = models.PositiveSmallIntegerField(_("Weight, percent"))
    max_points = models.PositiveSmallIntegerField(_("Highest score"), default=10)

    objects = ReviewCriterionQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["call", "number"], name="criterion_is_numbered_once"
            ),
            models.CheckConstraint(
                condition=Q(weight__range=(1, 100)),
                name="criterion_weighs_1_to_100_percent",
            ),
            models.CheckConstraint(
                condition=Q(max_points__gte=1), name="criterion_has_a_scale"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return in_language(self.title_zh, self.title_en)

    @property
    def guidance(self) -> str:
        return in_language(self.guidance_zh, self.guidance_en)
