"""Deeds on where a robot works, and on what it may send late."""

from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import InvalidInputError
from accounts.models import Organisation, User
from robot_bridge.models import BackfillPermission, DeploymentSpan, Robot
from robot_bridge.services.registry import check_hand

PERMISSION_LASTS: Final = timedelta(days=7)


@transaction.atomic
def deploy(
    *,
    robot: Robot,
    start_at: datetime,
    evidence: str,
    software: str,
    by: User,
    city: Organisation | None = None,
) -> DeploymentSpan:
    """Begin a deployment: from here on the robot's rows are this kind of evidence.

    Raises:
        InvalidInputError: the robot is deployed at that time already.
    """
    try:
        with transaction.atomic():
            span = DeploymentSpan.objects.create(
                robot=robot,
                city=city,
                start_at=start_at,
                evidence=evidence,
                software=software,
            )
    except IntegrityError:
        raise InvalidInputError(
            _("%(robot)s is deployed then already; end that deployment first.")
            % {"robot": robot}
        ) from None
    audit.record(
        robot, "deployed", by=by, city=city, evidence=evidence, software=software
    )
    return span


@transaction.atomic
def end_deployment(*, span: DeploymentSpan, end_at: datetime, by: User) -> None:
    """End a deployment that is still open."""
    if end_at <= span.start_at:
        raise InvalidInputError(_("A deployment ends after it starts."))
    ended = DeploymentSpan.objects.filter(pk=span.pk, end_at=None)
    if not ended.update(end_at=end_at):
        raise InvalidInputError(_("This deployment has ended already."))
    span.refresh_from_db()
    audit.record(span.robot, "deployment ended", by=by, city=span.city)


@transaction.atomic
def update_software(
    *, span: DeploymentSpan, software: str, at: datetime, by: User
) -> DeploymentSpan:
    """Go on in a new span under a new software version, which splits the series."""
    end_deployment(span=span, end_at=at, by=by)
    return deploy(
        robot=span.robot,
        start_at=at,
        evidence=span.evidence,
        software=software,
        by=by,
        city=span.city,
    )


@transaction.atomic
def permit_backfill(
    *,
    robot: Robot,
    from_at: datetime,
    until_at: datetime,
    evidence: str,
    by: User,
    closes_at: datetime | None = None,
) -> BackfillPermission:
    """Let a robot's past in [from_at, until_at) enter, as this kind of evidence.

    Raises:
        InvalidInputError: the span is empty, or not past.
    """
    check_hand(robot.vendor, by)
    now = timezone.now()
    if not from_at < until_at <= now:
        raise InvalidInputError(
            _("A backfill permission covers a span of the past that is not empty.")
        )
    permission = BackfillPermission.objects.create(
        robot=robot,
        from_at=from_at,
        until_at=until_at,
        evidence=evidence,
        opened_by=by,
        opened_at=now,
        closes_at=closes_at or now + PERMISSION_LASTS,
    )
    audit.record(
        robot,
        "backfill permitted",
        by=by,
        from_at=from_at,
        until_at=until_at,
        evidence=evidence,
    )
    return permission


@transaction.atomic
def close_backfill(*, permission: BackfillPermission, by: User) -> None:
    """Close a permission before its time."""
    now = timezone.now()
    permission.closes_at = max(now, permission.opened_at + timedelta(microseconds=1))
    permission.save(update_fields=["closes_at"])
    audit.record(permission.robot, "backfill closed", by=by)
