"""Robots come to a pilot and leave it."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import DomainError, InvalidInputError
from accounts.models import User
from pilots.enums import PilotState
from pilots.errors import refusals
from pilots.models import Deployment, Pilot
from pilots.services.hands import check_party
from robot_bridge import services as bridge
from robot_bridge.models import Robot

TAKES_ROBOTS = {PilotState.PLANNED, PilotState.RUNNING, PilotState.PROMOTED}


@transaction.atomic
def deploy_robot(
    *,
    pilot: Pilot,
    robot: Robot,
    by: User,
    software: str = "1",
    start_at: datetime | None = None,
) -> Deployment:
    """Put a robot to work in a pilot; from here on its rows are the pilot's evidence.

    Raises:
        DomainError: another vendor's robot, one too many, at work elsewhere, or the
            pilot takes none any more.
    """
    check_party(pilot, by)
    _check_room(pilot, robot)
    start = start_at or timezone.now()
    with refusals():
        deployment = Deployment.objects.create(
            pilot=pilot, robot=robot, start_at=start, deployed_by=by
        )
    deployment.span = bridge.deploy(
        robot=robot,
        start_at=start,
        evidence=pilot.contract.evidence_kind,
        software=software,
        by=by,
        city=pilot.city,
    )
    deployment.save(update_fields=["span"])
    audit.record(pilot, "robot deployed", by=by, robot=robot.code, software=software)
    return deployment


@transaction.atomic
def withdraw_robot(*, deployment: Deployment, by: User) -> None:
    """End a robot's work in a pilot, now."""
    check_party(deployment.pilot, by)
    end_deployment(deployment, by)


def end_deployment(deployment: Deployment, by: User) -> None:
    if deployment.end_at is not None:
        raise DomainError(_("The robot has left the pilot already."))
    deployment.end_at = timezone.now()
    deployment.save(update_fields=["end_at"])
    if deployment.span is not None and deployment.span.end_at is None:
        bridge.end_deployment(span=deployment.span, end_at=deployment.end_at, by=by)
    audit.record(
        deployment.pilot, "robot withdrawn", by=by, robot=deployment.robot.code
    )


def _check_room(pilot: Pilot, robot: Robot) -> None:
    if PilotState(pilot.state) not in TAKES_ROBOTS:
        raise DomainError(_("The pilot takes no robots any more."))
    if robot.vendor_id != pilot.contract.vendor_id:
        raise InvalidInputError(
            _("%(robot)s belongs to another vendor than the contract's.")
            % {"robot": robot}
        )
    Pilot.objects.select_for_update().get(pk=pilot.pk)
    at_work = pilot.deployments.open_now().count()
    ordered = sum(pilot.tranches.values_list("quantity", flat=True))
    if at_work >= pilot.contract.robots + ordered:
        raise InvalidInputError(
            _("The contract puts %(count)s robots to work, and all of them are.")
            % {"count": pilot.contract.robots + ordered}
        )
