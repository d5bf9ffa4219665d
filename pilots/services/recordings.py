"""A recording comes to a pilot as a robot of its own, whose rows no gate accepts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from pilots.errors import refusals
from pilots.models import Deployment, Pilot
from robot_bridge import services as bridge
from robot_bridge.enums import RobotProtocol
from robot_bridge.models import Robot
from robot_bridge.telemetry import Evidence

SOFTWARE: Final = "recorded"


@dataclass(frozen=True, slots=True)
class RecordedFile:
    """A file to replay: its sha256, its format, and the time it covers."""

    digest: str
    format_name: str
    protocol: RobotProtocol
    start_at: datetime
    end_at: datetime

    @property
    def serial(self) -> str:
        return f"REC-{self.digest[:12]}"


@transaction.atomic
def admit_recording(*, pilot: Pilot, file: RecordedFile, by: User) -> tuple[Robot, str]:
    """Let a recording be sent as a robot of the pilot; returns it and its secret.

    The robot was at work in the pilot only while the recording ran. What was admitted
    before is found again, so that a second replay repeats the first.
    """
    robot = Robot.objects.filter(vendor=pilot.vendor, serial=file.serial).first()
    if robot is None:
        robot = _enter(pilot, file, by)
    _credential, secret = bridge.issue_credential(robot=robot, by=by)
    bridge.permit_backfill(
        robot=robot,
        from_at=file.start_at,
        until_at=min(file.end_at, timezone.now()),
        evidence=Evidence.RECORDED,
        by=by,
    )
    audit.record(pilot, "recording admitted", by=by, sha256=file.digest)
    return robot, secret


def _enter(pilot: Pilot, file: RecordedFile, by: User) -> Robot:
    robot = bridge.register_robot(
        vendor=pilot.vendor,
        serial=file.serial,
        maker=file.format_name,
        model=SOFTWARE,
        protocol=file.protocol,
        by=by,
    )
    span = bridge.deploy(
        robot=robot,
        start_at=file.start_at,
        evidence=Evidence.RECORDED,
        software=SOFTWARE,
        by=by,
        city=pilot.city,
    )
    bridge.end_deployment(span=span, end_at=file.end_at, by=by)
    with refusals():
        Deployment.objects.create(
            pilot=pilot,
            robot=robot,
            span=span,
            start_at=file.start_at,
            end_at=file.end_at,
            deployed_by=by,
        )
    return robot
