from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from pilots.enums import MilestoneState, PilotState
from pilots.querysets import (
    DeploymentQuerySet,
    ExclusionQuerySet,
    PilotMilestoneQuerySet,
    PilotQuerySet,
    ReviewerAssignmentQuerySet,
    ShiftQuerySet,
)
from procurement.models import Brief, PocContract, Site
from procurement.models.codes import new_code
from robot_bridge.models import DeploymentSpan, Robot

ANY_DAY = 127


def pilot_code() -> str:
    return new_code("PL")


class Pilot(models.Model):
    """A signed POC contract at work: robots on site, measured against its criteria.

    Its operational days are the site's local days from `starts_on`, `weeks` long.
    """

    code = models.CharField(max_length=32, unique=True, default=pilot_code)
    contract = models.OneToOneField(PocContract, models.PROTECT, related_name="+")
    starts_on = models.DateField(_("Starts on"))
    weeks = models.PositiveSmallIntegerField(_("Weeks"))
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(
        max_length=16, choices=PilotState, default=PilotState.PLANNED, editable=False
    )

    objects = PilotQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=PilotState.values), name="pilot_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(weeks__range=(8, 12)), name="pilot_lasts_8_to_12_weeks"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def brief(self) -> Brief:
        return self.contract.award.brief

    @property
    def title(self) -> str:
        return self.brief.title

    @property
    def city(self) -> Organisation:
        return self.contract.city

    @property
    def vendor(self) -> Organisation:
        return self.contract.vendor

    @property
    def site(self) -> Site:
        site = self.brief.site
        if site is None:
            raise Site.DoesNotExist(f"{self.code}: its brief names no site")
        return site

    @property
    def timezone(self) -> ZoneInfo:
        return ZoneInfo(self.site.timezone)

    @property
    def is_demo(self) -> bool:
        return self.city.is_demo

    @property
    def ends_on(self) -> date:
        """The last operational day."""
        return self.starts_on + timedelta(days=7 * self.weeks - 1)

    def midnight(self, on: date) -> datetime:
        """Return when an operational day begins at the site."""
        return datetime(on.year, on.month, on.day, tzinfo=self.timezone)


class PilotMilestone(models.Model):
    """One stage of the awarded plan, with what was found when it was due."""

    pilot = models.ForeignKey(Pilot, models.PROTECT, related_name="milestones")
    number = models.PositiveSmallIntegerField(_("No."))
    title = models.CharField(_("Milestone"), max_length=200)
    acceptance = models.TextField(_("How it is accepted"), blank=True)
    due_on = models.DateField(_("Due"))
    judged_on = models.DateField(_("Judged"), null=True)
    judged_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    finding = models.TextField(_("Finding"), blank=True)
    state = models.CharField(
        max_length=16, choices=MilestoneState, default=MilestoneState.SCHEDULED
    )

    objects = PilotMilestoneQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["pilot", "number"], name="pilot_milestone_is_numbered_once"
            ),
            models.CheckConstraint(
                condition=Q(state=MilestoneState.SCHEDULED)
                | Q(judged_on__isnull=False, judged_by__isnull=False) & ~Q(finding=""),
                name="judged_milestone_says_by_whom_and_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def code(self) -> str:
        return f"{self.pilot.code}/M{self.number}"

    @property
    def city(self) -> Organisation:
        return self.pilot.city


class ReviewerAssignment(models.Model):
    """A reviewer of an institute asked to follow a pilot and recommend at its gate."""

    pilot = models.ForeignKey(Pilot, models.PROTECT, related_name="assignments")
    reviewer = models.ForeignKey(User, models.PROTECT, related_name="+")
    assigned_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField(auto_now_add=True)

    objects = ReviewerAssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pilot", "reviewer"], name="reviewer_follows_a_pilot_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pilot.code} {self.reviewer}"


class Deployment(models.Model):
    """A robot at work in a pilot, from and until; never in two pilots at a time."""

    pilot = models.ForeignKey(Pilot, models.PROTECT, related_name="deployments")
    robot = models.ForeignKey(Robot, models.PROTECT, related_name="+")
    span = models.ForeignKey(
        DeploymentSpan, models.PROTECT, null=True, related_name="+"
    )
    start_at = models.DateTimeField(_("From"))
    end_at = models.DateTimeField(_("Until"), null=True)
    deployed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    leave_asked_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", editable=False
    )
    leave_asked_at = models.DateTimeField(null=True, editable=False)
    leave_reason = models.TextField(_("Why it is to leave"), blank=True)
    released_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", editable=False
    )

    objects = DeploymentQuerySet.as_manager()

    class Meta:
        ordering = ["start_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(end_at__isnull=True) | Q(end_at__gt=F("start_at")),
                name="deployment_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(
                    leave_asked_by__isnull=True,
                    leave_asked_at__isnull=True,
                    leave_reason="",
                    released_by__isnull=True,
                )
                | Q(leave_asked_by__isnull=False, leave_asked_at__isnull=False)
                & ~Q(leave_reason=""),
                name="robot_is_asked_to_leave_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(released_by__isnull=True)
                | ~Q(released_by=F("leave_asked_by")) & Q(end_at__isnull=False),
                name="robot_is_released_by_another_than_who_asked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.robot} in {self.pilot.code}"


class Shift(models.Model):
    """Hours a day the robots are due, by the site's clock; without any, all day.

    `weekdays` is a bit mask, Monday lowest. A shift that ends at or before its start
    goes on past midnight and belongs to the day it starts.
    """

    pilot = models.ForeignKey(Pilot, models.PROTECT, related_name="shifts")
    starts_at = models.TimeField(_("From"))
    ends_at = models.TimeField(_("Until"))
    weekdays = models.PositiveSmallIntegerField(_("Weekdays"), default=ANY_DAY)

    objects = ShiftQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(weekdays__range=(1, ANY_DAY)), name="shift_has_a_weekday"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%H:%M}-{self.ends_at:%H:%M}"


class Exclusion(models.Model):
    """Time that does not count, with its reason, who proposed and who approved it."""

    pilot = models.ForeignKey(Pilot, models.PROTECT, related_name="exclusions")
    robot = models.ForeignKey(Robot, models.PROTECT, null=True, related_name="+")
    start_at = models.DateTimeField(_("From"))
    end_at = models.DateTimeField(_("Until"))
    reason = models.TextField(_("Reason"))
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(auto_now_add=True)
    judged_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    judged_at = models.DateTimeField(null=True)
    approved = models.BooleanField(_("Approved"), null=True)

    objects = ExclusionQuerySet.as_manager()

    class Meta:
        ordering = ["start_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(end_at__gt=F("start_at")),
                name="exclusion_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=~Q(reason=""), name="exclusion_states_its_reason"
            ),
            models.CheckConstraint(
                condition=Q(approved__isnull=True, judged_by__isnull=True)
                | Q(
                    approved__isnull=False,
                    judged_by__isnull=False,
                    judged_at__isnull=False,
                )
                & ~Q(judged_by=F("proposed_by")),
                name="exclusion_needs_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pilot.code} {self.start_at:%Y-%m-%d %H:%M}"
