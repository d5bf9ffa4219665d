"""A pilot begins, with its gate registered beforehand, and ends."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import InvalidInputError
from accounts.models import User
from accounts.services import clock
from accounts.workflow import advance
from dispatch.enums import NoticeKind
from dispatch.services import post
from pilots.enums import QUANTITY_OF_STAGE, PilotState
from pilots.errors import refusals
from pilots.evidence import registered_days
from pilots.models import (
    Deployment,
    Gate,
    GateLook,
    Pilot,
    PilotMilestone,
    ReviewerAssignment,
)
from pilots.services.hands import check_official
from pilots.services.robots import end_deployment
from pilots.workflow import TRANSITIONS
from procurement.enums import AssignmentState
from procurement.models import Assignment, PocContract


@transaction.atomic
def open_pilot(*, contract: PocContract, starts_on: date, by: User) -> Pilot:
    """Open the pilot of a signed POC contract: register its looks, tell the vendor.

    Raises:
        DomainError: not signed, opened already, or it would begin in the past.
    """
    check_official(contract.city, by)
    with refusals():
        pilot = Pilot.objects.create(
            contract=contract,
            starts_on=starts_on,
            weeks=contract.weeks,
            opened_by=by,
        )
        register_looks(pilot, stage=1, starts_on=starts_on, ends_on=pilot.ends_on)
    _take_over_milestones(pilot)
    _take_over_reviewers(pilot, by)
    audit.record(
        pilot,
        "opened",
        by=by,
        contract=contract.code,
        starts_on=starts_on,
        criteria_digest=contract.criteria_digest,
    )
    post(contract.vendor, NoticeKind.PILOT_OPENED, subject=pilot)
    begin_if_due(pilot)
    return pilot


@transaction.atomic
def register_looks(pilot: Pilot, *, stage: int, starts_on: date, ends_on: date) -> Gate:
    """Register a stage's gate and the days on which it may decide."""
    gate = Gate.objects.create(
        pilot=pilot,
        stage=stage,
        quantity=QUANTITY_OF_STAGE[stage],
        starts_on=starts_on,
        ends_on=ends_on,
    )
    length = (ends_on - starts_on).days + 1
    for number, day in enumerate(registered_days(pilot.contract, length), start=1):
        GateLook.objects.create(
            gate=gate, number=number, on=starts_on + timedelta(days=day - 1)
        )
    return gate


def begin_if_due(pilot: Pilot) -> None:
    """Let a planned pilot run once its first day has come at the site."""
    today = timezone.localdate(timezone=pilot.timezone)
    if pilot.state == PilotState.PLANNED and pilot.starts_on <= today:
        advance(TRANSITIONS, pilot, PilotState.RUNNING, by=clock())


@transaction.atomic
def assign_reviewer(*, pilot: Pilot, reviewer: User, by: User) -> ReviewerAssignment:
    """Ask a reviewer of an institute to follow a pilot and to recommend."""
    check_official(pilot.city, by)
    if reviewer.organisation.is_demo != pilot.is_demo:
        raise InvalidInputError(_("Demo and real organisations stay apart."))
    with refusals():
        assignment = ReviewerAssignment.objects.create(
            pilot=pilot, reviewer=reviewer, assigned_by=by
        )
    audit.record(pilot, "reviewer assigned", by=by, reviewer=reviewer.pk)
    post(reviewer, NoticeKind.REVIEW_ASSIGNED, subject=pilot)
    return assignment


@transaction.atomic
def end_pilot(*, pilot: Pilot, by: User, reason: str) -> None:
    """Close a pilot; its robots are free for others."""
    advance(TRANSITIONS, pilot, PilotState.CLOSED, by=by, reason=reason)
    for deployment in Deployment.objects.open_now().filter(pilot=pilot):
        end_deployment(deployment, by)


def _take_over_milestones(pilot: Pilot) -> None:
    weeks = 0
    for stage in pilot.contract.award.submission.milestones.all():
        weeks += stage.weeks
        PilotMilestone.objects.create(
            pilot=pilot,
            number=stage.number,
            title=stage.title,
            acceptance=stage.acceptance,
            due_on=pilot.starts_on + timedelta(days=7 * weeks - 1),
        )


def _take_over_reviewers(pilot: Pilot, by: User) -> None:
    """Whoever reviewed the winning plan without a conflict follows the pilot."""
    reviewed = Assignment.objects.filter(
        submission=pilot.contract.award.submission,
        state=AssignmentState.FINISHED,
        declaration__has_conflict=False,
    )
    for assignment in reviewed:
        ReviewerAssignment.objects.get_or_create(
            pilot=pilot, reviewer=assignment.reviewer, defaults={"assigned_by": by}
        )
