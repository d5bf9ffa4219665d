"""Robots come to a pilot and leave it."""

import zlib
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.enums import Role
from accounts.errors import DomainError, InvalidInputError, NotAllowedError
from accounts.models import User
from dispatch.enums import NoticeKind
from dispatch.services import post
from pilots.enums import PilotState
from pilots.errors import refusals
from pilots.models import Deployment, Pilot
from pilots.services.hands import check_party
from robot_bridge import services as bridge
from robot_bridge.enums import RobotProtocol
from robot_bridge.models import Robot
from robot_bridge.simulator import credentials
from robot_bridge.simulator.credentials import FleetRobot
from robot_bridge.simulator.profiles import PROFILES

# Where what a robot sends is evidence for or against its vendor.
NEEDS_CONSENT = {PilotState.RUNNING, PilotState.PROMOTED}
TAKES_ROBOTS = {PilotState.PLANNED, PilotState.RUNNING, PilotState.PROMOTED}


@dataclass(frozen=True, slots=True)
class Nameplate:
    """What stands on a robot, and the protocol it speaks."""

    serial: str
    maker: str
    model: str
    protocol: str = RobotProtocol.NATIVE


@transaction.atomic
def enrol_robot(
    *, pilot: Pilot, nameplate: Nameplate, by: User, software: str = "1"
) -> tuple[Deployment, str]:
    """Register a vendor's robot, issue its credential and put it to work.

    Returns the deployment and the robot's secret, shown this once.
    """
    robot = bridge.register_robot(
        vendor=pilot.vendor,
        serial=nameplate.serial,
        maker=nameplate.maker,
        model=nameplate.model,
        protocol=nameplate.protocol,
        by=by,
    )
    _credential, secret = bridge.issue_credential(robot=robot, by=by)
    deployment = deploy_robot(pilot=pilot, robot=robot, by=by, software=software)
    return deployment, secret


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
def withdraw_robot(*, deployment: Deployment, by: User, reason: str = "") -> None:
    """End a robot's work in a pilot; while the pilot runs, ask for it or agree to it.

    Where its rows are evidence, one side asks with a reason, and an official who did
    not ask agrees; until then the robot is due, and its silence counts.

    Raises:
        DomainError: it has left already, or no reason is given.
        NotAllowedError: it was asked for, and only another official may agree.
    """
    pilot = deployment.pilot
    check_party(pilot, by)
    Deployment.objects.select_for_update().get(pk=deployment.pk)
    deployment.refresh_from_db()
    if pilot.state not in NEEDS_CONSENT:
        end_deployment(deployment, by)
    elif deployment.leave_asked_by_id is None:
        _ask_to_leave(deployment, by, reason.strip())
    else:
        _release(deployment, by)


def _ask_to_leave(deployment: Deployment, by: User, reason: str) -> None:
    _refuse_gone(deployment)
    if not reason:
        raise InvalidInputError(_("Say why the robot is to leave the pilot."))
    deployment.leave_asked_by = by
    deployment.leave_asked_at = timezone.now()
    deployment.leave_reason = reason
    with refusals():
        deployment.save(
            update_fields=["leave_asked_by", "leave_asked_at", "leave_reason"]
        )
    pilot, robot = deployment.pilot, deployment.robot
    audit.record(
        pilot, "robot withdrawal asked for", by=by, robot=robot.code, reason=reason
    )
    officials = User.objects.filter(
        organisation=pilot.city, role=Role.OFFICIAL, is_active=True
    )
    post(officials.exclude(pk=by.pk), NoticeKind.ROBOT_TO_RELEASE, subject=pilot)


def _release(deployment: Deployment, by: User) -> None:
    if objection := why_not_released(deployment, by):
        raise NotAllowedError(objection)
    deployment.released_by = by
    end_deployment(deployment, by)


def simulate_robot(
    *, deployment: Deployment, secret: str, profile: str, by: User
) -> Path:
    """Let the simulated fleet play a demo pilot's robot; returns its file.

    Robots of a pilot share a seed and a first day, and with them their site's days.

    Raises:
        NotAllowedError: not a demo organisation.
        InvalidInputError: the fleet has no such profile.
    """
    check_party(deployment.pilot, by)
    if not deployment.pilot.is_demo:
        raise NotAllowedError(_("Only a demo organisation has a simulated fleet."))
    if profile not in PROFILES:
        raise InvalidInputError(
            _("The fleet has no profile %(profile)s; it has: %(known)s.")
            % {"profile": profile, "known": ", ".join(sorted(PROFILES))}
        )
    robot = deployment.robot
    played = FleetRobot(
        vendor_code=robot.vendor.code,
        serial=robot.serial,
        secret=secret,
        protocol=robot.protocol,
        profile=profile,
        seed=zlib.crc32(deployment.pilot.code.encode()),
        starts_at=deployment.start_at,
        first_day=first_day_of(deployment.pilot),
    )
    audit.record(deployment.pilot, "robot simulated", by=by, robot=robot.code)
    return credentials.write(fleet_folder(), played)


def fleet_folder() -> Path:
    """Return where the simulated fleet finds its robots."""
    return Path(settings.PILOTGATE_HOME) / credentials.FOLDER


def fleet_file(robot: Robot) -> Path:
    """Return where the simulated fleet finds this robot, if it plays it."""
    return credentials.file_of(fleet_folder(), robot.vendor.code, robot.serial)


def first_day_of(pilot: Pilot) -> date:
    """Return the day from which the lives of a pilot's simulated robots count.

    The pilot's first, unless a robot of it was told another: a pilot's start may move.
    """
    deployments = pilot.deployments.select_related("robot__vendor")
    files = (fleet_file(each.robot) for each in deployments)
    told = (credentials.read(file).first_day for file in files if file.exists())
    return next((day for day in told if day), pilot.starts_on)


def end_deployment(deployment: Deployment, by: User) -> None:
    _refuse_gone(deployment)
    deployment.end_at = timezone.now()
    with refusals():
        deployment.save(update_fields=["end_at", "released_by"])
    if deployment.span is not None and deployment.span.end_at is None:
        bridge.end_deployment(span=deployment.span, end_at=deployment.end_at, by=by)
    audit.record(
        deployment.pilot, "robot withdrawn", by=by, robot=deployment.robot.code
    )


def _refuse_gone(deployment: Deployment) -> None:
    if deployment.end_at is not None:
        raise DomainError(_("The robot has left the pilot already."))


def why_not_released(deployment: Deployment, by: User) -> str:
    """Say why this person cannot agree to a withdrawal asked for, or ""."""
    if by.role == Role.OFFICIAL and by.pk != deployment.leave_asked_by_id:
        return ""
    return _(
        "An official who did not ask for it must agree; until then the robot is due."
    )


def why_full(pilot: Pilot) -> str:
    """Say in words why a pilot takes no further robot, or "" if it does."""
    if PilotState(pilot.state) not in TAKES_ROBOTS:
        return _("The pilot takes no robots any more.")
    at_work = sum(each.end_at is None for each in pilot.deployments.all())
    ordered = sum(each.quantity for each in pilot.tranches.all())
    if at_work >= pilot.contract.robots + ordered:
        return _("The contract puts %(count)s robots to work, and all of them are.") % {
            "count": pilot.contract.robots + ordered
        }
    return ""


def _check_room(pilot: Pilot, robot: Robot) -> None:
    if PilotState(pilot.state) not in TAKES_ROBOTS:
        raise DomainError(why_full(pilot))
    if robot.vendor_id != pilot.contract.vendor_id:
        raise InvalidInputError(
            _("%(robot)s belongs to another vendor than the contract's.")
            % {"robot": robot}
        )
    Pilot.objects.select_for_update().get(pk=pilot.pk)
    if objection := why_full(pilot):
        raise InvalidInputError(objection)
