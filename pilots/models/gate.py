from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from pilots.enums import QUANTITY_OF_STAGE, GateAnswer, GateOutcome, GateStep
from pilots.models.pilot import Pilot
from pilots.querysets import (
    GateLookQuerySet,
    GateOverrideQuerySet,
    GateQuerySet,
    GateReviewQuerySet,
    GateSignatureQuerySet,
    GateVerdictQuerySet,
)
from procurement.models.codes import new_code

ONE_STAGE_ONE_QUANTITY = Q()
for _stage, _quantity in QUANTITY_OF_STAGE.items():
    ONE_STAGE_ONE_QUANTITY |= Q(stage=_stage, quantity=_quantity)


def review_code() -> str:
    return new_code("GR")


class Gate(models.Model):
    """The question whether the next quantity may be bought, and its days of proof.

    Stage 1 reads the pilot itself; each further stage reads days of its own.
    """

    pilot = models.ForeignKey(Pilot, models.PROTECT, related_name="gates")
    stage = models.PositiveSmallIntegerField(_("Stage"))
    quantity = models.PositiveIntegerField(_("Quantity it unlocks"))
    starts_on = models.DateField(_("First day"))
    ends_on = models.DateField(_("Last day"))

    objects = GateQuerySet.as_manager()

    class Meta:
        ordering = ["stage"]
        constraints = [
            models.UniqueConstraint(
                fields=["pilot", "stage"], name="stage_has_one_gate"
            ),
            models.CheckConstraint(
                condition=ONE_STAGE_ONE_QUANTITY, name="stage_unlocks_its_quantity"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="gate_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pilot.code} {self.stage}"

    @property
    def city(self) -> Organisation:
        return self.pilot.city


class GateLook(models.Model):
    """An operational day on whose close the gate may decide; registered beforehand."""

    gate = models.ForeignKey(Gate, models.PROTECT, related_name="looks")
    number = models.PositiveSmallIntegerField(_("Look"))
    on = models.DateField(_("Day"))
    registered_at = models.DateTimeField(auto_now_add=True)

    objects = GateLookQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["gate", "number"], name="look_is_numbered_once"
            ),
            models.UniqueConstraint(
                fields=["gate", "on"], name="day_is_looked_at_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gate} #{self.number}"


class GateReview(models.Model):
    """What a gate's criteria came to at a look, with all that it stands on.

    `reasons` are [code, facts] pairs. `bundle` holds criteria, looks and every
    integer, so that the verdict can be computed again from it alone; `bundle_digest`
    is the SHA-256 of its canonical JSON. `evidence_sha256` and `evidence_bytes` are of
    the signed file that holds the rows too; "" and 0 where none was kept. Never edited.
    """

    code = models.CharField(max_length=32, unique=True, default=review_code)
    gate = models.ForeignKey(Gate, models.PROTECT, related_name="reviews")
    look = models.OneToOneField(GateLook, models.PROTECT, related_name="review")
    outcome = models.CharField(max_length=24, choices=GateOutcome)
    reasons = models.JSONField()
    earliest_on = models.DateField(null=True)
    criteria_digest = models.CharField(max_length=64)
    criteria_count = models.PositiveSmallIntegerField()
    bundle = models.JSONField()
    bundle_digest = models.CharField(max_length=64)
    evidence_sha256 = models.CharField(max_length=64, blank=True, default="")
    evidence_bytes = models.PositiveBigIntegerField(default=0)
    engine_version = models.CharField(max_length=32)
    assessed_at = models.DateTimeField(auto_now_add=True)

    # Annotated by `with_signing`.
    signed: int
    unlocks: bool

    objects = GateReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-look__number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=GateOutcome.values),
                name="review_outcome_is_known",
            ),
            models.CheckConstraint(
                condition=Q(bundle_digest__regex="^[0-9a-f]{64}$"),
                name="review_has_a_bundle_digest",
            ),
            models.CheckConstraint(
                condition=Q(evidence_sha256="", evidence_bytes=0)
                | Q(evidence_sha256__regex="^[0-9a-f]{64}$", evidence_bytes__gt=0),
                name="evidence_has_digest_and_size",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def pilot(self) -> Pilot:
        return self.gate.pilot

    @property
    def city(self) -> Organisation:
        return self.gate.pilot.city


class GateVerdict(models.Model):
    """One criterion's part in a review; estimate and limits are in its unit.

    `num` and `den` are the KPI's integers over the gate's days. Never edited.
    """

    review = models.ForeignKey(GateReview, models.PROTECT, related_name="verdicts")
    number = models.PositiveSmallIntegerField()
    kpi = models.CharField(_("KPI"), max_length=96)
    decides = models.BooleanField(default=True)
    outcome = models.CharField(max_length=24, choices=GateOutcome)
    reasons = models.JSONField()
    num = models.BigIntegerField()
    den = models.BigIntegerField()
    estimate = models.FloatField(_("Estimate"), null=True)
    low = models.FloatField(_("Lower limit"), null=True)
    high = models.FloatField(_("Upper limit"), null=True)
    coverage = models.FloatField(_("Coverage"), null=True)
    decided_on = models.DateField(null=True)
    earliest_on = models.DateField(null=True)

    objects = GateVerdictQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["review", "kpi"], name="review_judges_a_kpi_once"
            ),
            models.UniqueConstraint(
                fields=["review", "number"], name="verdict_is_numbered_once"
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=GateOutcome.values),
                name="verdict_outcome_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.review.code} {self.kpi}"


class GateSignature(models.Model):
    """One person's step in deciding a gate review. Appended, never edited."""

    review = models.ForeignKey(GateReview, models.PROTECT, related_name="signatures")
    step = models.CharField(_("Step"), max_length=16, choices=GateStep)
    person = models.ForeignKey(User, models.PROTECT, related_name="+")
    answer = models.CharField(_("Answer"), max_length=8, choices=GateAnswer)
    reason = models.TextField(_("Reason"))
    signed_at = models.DateTimeField(auto_now_add=True)

    objects = GateSignatureQuerySet.as_manager()

    class Meta:
        ordering = ["signed_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["review", "step"], name="gate_step_is_signed_once"
            ),
            models.UniqueConstraint(
                fields=["review", "person"], name="gate_needs_different_people"
            ),
            models.CheckConstraint(
                condition=Q(step__in=GateStep.values), name="gate_step_is_known"
            ),
            models.CheckConstraint(
                condition=Q(answer__in=GateAnswer.values), name="gate_answer_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(reason=""), name="gate_signature_states_its_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.review.code} {self.step} {self.answer}"


class GateOverride(models.Model):
    """Volume in spite of a failed gate: two officials, a reason, published."""

    review = models.OneToOneField(GateReview, models.PROTECT, related_name="override")
    reason = models.TextField(_("Reason"))
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(auto_now_add=True)
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(_("Published"), null=True)

    objects = GateOverrideQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""), name="override_states_its_reason"
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | ~Q(approved_by=F("proposed_by")),
                name="override_needs_two_people",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True, published_at__isnull=True)
                | Q(approved_by__isnull=False, published_at__isnull=False),
                name="override_is_published_with_its_approval",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.review.code} override"
