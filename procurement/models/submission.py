from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from procurement.enums import Interface, SubmissionState
from procurement.models.brief import Brief
from procurement.models.call import Call
from procurement.models.codes import submission_code
from procurement.querysets import (
    OpeningMinutesQuerySet,
    PlanMilestoneQuerySet,
    SubmissionQuerySet,
    TechnicalPlanQuerySet,
)


class Submission(models.Model):
    """A vendor's answer to a brief. Its content lies in the plan, unread until opened.

    `submitted_at` is stamped by the database under a lock on the call.
    """

    code = models.CharField(max_length=32, unique=True, default=submission_code)
    brief = models.ForeignKey(Brief, models.PROTECT, related_name="submissions")
    vendor = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    saved_at = models.DateTimeField(auto_now=True)
    submitted_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", null=True, editable=False
    )
    submitted_at = models.DateTimeField(null=True, editable=False)
    opened_at = models.DateTimeField(null=True, editable=False)
    content_digest = models.CharField(max_length=64, blank=True, editable=False)
    invalid_rule = models.CharField(max_length=64, blank=True, editable=False)
    invalid_reason = models.TextField(blank=True, editable=False)
    state = models.CharField(
        max_length=16,
        choices=SubmissionState,
        default=SubmissionState.DRAFT,
        editable=False,
    )

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=SubmissionState.values),
                name="submission_state_is_known",
            ),
            models.UniqueConstraint(
                fields=["brief", "vendor"],
                condition=Q(state=SubmissionState.DRAFT),
                name="vendor_has_one_draft_a_brief",
            ),
            models.UniqueConstraint(
                fields=["brief", "vendor"],
                condition=~Q(
                    state__in=[SubmissionState.DRAFT, SubmissionState.WITHDRAWN]
                ),
                name="vendor_has_one_submission_a_brief",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[SubmissionState.DRAFT, SubmissionState.WITHDRAWN]
                )
                | (
                    Q(submitted_at__isnull=False, submitted_by__isnull=False)
                    & ~Q(content_digest="")
                ),
                name="submitted_means_signed_stamped_and_hashed",
            ),
            models.CheckConstraint(
                condition=~Q(state=SubmissionState.INVALID)
                | ~Q(invalid_rule="") & ~Q(invalid_reason=""),
                name="invalid_names_its_rule",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def city(self) -> Organisation | None:
        """The city, once it may know of this submission; its audit log reads this."""
        if self.opened_at is None:
            return None
        return self.brief.city


class TechnicalPlan(models.Model):
    """The content of a submission; frozen when it is submitted."""

    submission = models.OneToOneField(Submission, models.CASCADE, related_name="plan")
    summary = models.TextField(_("Summary"), blank=True)
    scenario_fit = models.TextField(_("How the scenario is met"), blank=True)
    approach = models.TextField(_("Technical approach"), blank=True)
    robot_maker = models.CharField(_("Maker"), max_length=120, blank=True)
    robot_model = models.CharField(_("Model"), max_length=120, blank=True)
    robots = models.PositiveSmallIntegerField(
        _("Robots in the POC"), null=True, blank=True
    )
    interfaces = ArrayField(
        models.CharField(max_length=16, choices=Interface),
        default=list,
        blank=True,
        verbose_name=_("Interfaces"),
    )
    data_needed = models.TextField(_("Data needed from the site"), blank=True)
    site_needs = models.TextField(_("Demands on the site"), blank=True)
    safety_concept = models.TextField(_("Safety concept"), blank=True)
    service_concept = models.TextField(_("Service and spare parts"), blank=True)
    software_policy = models.TextField(_("Software updates"), blank=True)
    poc_price_cny = models.DecimalField(
        _("Price of the POC, CNY"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
    )
    unit_price_cny = models.DecimalField(
        _("Unit price at volume, CNY"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
    )

    objects = TechnicalPlanQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(poc_price_cny__isnull=True) | Q(poc_price_cny__gte=0),
                name="poc_price_is_not_negative",
                violation_error_message=_("The price of the POC is not negative."),
            ),
            models.CheckConstraint(
                condition=Q(unit_price_cny__isnull=True)
                | Q(unit_price_cny__gt=Decimal(0)),
                name="unit_price_is_positive",
                violation_error_message=_("The unit price is above zero."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission.code} plan"


class PlanMilestone(models.Model):
    """One stage of a plan. The stages of a submitted plan last 8 to 12 weeks."""

    submission = models.ForeignKey(
        Submission, models.CASCADE, related_name="milestones"
    )
    number = models.PositiveSmallIntegerField(_("No."))
    title = models.CharField(_("Milestone"), max_length=200)
    weeks = models.PositiveSmallIntegerField(_("Weeks"))
    deliverable = models.TextField(_("Deliverable"), blank=True)
    acceptance = models.TextField(_("How it is accepted"), blank=True)

    objects = PlanMilestoneQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "number"],
                name="milestone_is_numbered_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=Q(weeks__range=(1, 12)), name="milestone_lasts_1_to_12_weeks"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class OpeningMinutes(models.Model):
    """What was opened, when, by whom, with each content's hash. Never edited."""

    call = models.OneToOneField(Call, models.PROTECT, related_name="minutes")
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    received = models.PositiveIntegerField()
    entries = models.JSONField()
    digest = models.CharField(max_length=64)

    objects = OpeningMinutesQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.call.code} opening"
