"""Time that does not count: one party proposes, an official of the city judges."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import DomainError
from accounts.models import User
from pilots.errors import refusals
from pilots.models import Exclusion, Pilot
from pilots.services.hands import check_official, check_party
from robot_bridge.models import Robot


@transaction.atomic
def propose_exclusion(
    *,
    pilot: Pilot,
    span: tuple[datetime, datetime],
    reason: str,
    by: User,
    robot: Robot | None = None,
) -> Exclusion:
    """Propose that a span of time, of one robot or all, does not count."""
    check_party(pilot, by)
    with refusals():
        exclusion = Exclusion.objects.create(
            pilot=pilot,
            robot=robot,
            start_at=span[0],
            end_at=span[1],
            reason=reason.strip(),
            proposed_by=by,
        )
    audit.record(pilot, "exclusion proposed", by=by, span=span, reason=reason)
    return exclusion


@transaction.atomic
def judge_exclusion(*, exclusion: Exclusion, approved: bool, by: User) -> None:
    """Approve or reject an exclusion, once, as an official who did not propose it."""
    check_official(exclusion.pilot.city, by)
    with refusals():
        changed = Exclusion.objects.filter(pk=exclusion.pk, approved=None).update(
            approved=approved, judged_by=by, judged_at=timezone.now()
        )
    if not changed:
        raise DomainError(_("The exclusion was judged already."))
    exclusion.refresh_from_db()
    audit.record(
        exclusion.pilot,
        "exclusion judged",
        by=by,
        exclusion=exclusion.pk,
        approved=approved,
    )
