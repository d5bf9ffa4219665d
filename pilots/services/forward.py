"""A demo pilot's past is sent in an afternoon: looks move back, the fleet tells it."""

import time
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import DomainError, InvalidInputError, NotAllowedError
from accounts.models import User
from dispatch.enums import JobKind
from dispatch.models import Job
from dispatch.services import enqueue, running, start_job
from pilots.enums import MilestoneState, PilotState
from pilots.errors import refusals
from pilots.models import Deployment, Gate, Pilot
from pilots.services.gates import current_gate
from pilots.services.hands import check_party
from pilots.services.opening import begin_if_due
from pilots.services.robots import first_day_of, fleet_file
from robot_bridge import services as bridge
from robot_bridge.models import Robot
from robot_bridge.simulator import credentials
from robot_bridge.simulator.credentials import FleetRobot
from robot_bridge.simulator.history import history_messages
from robot_bridge.simulator.profiles import PROFILES
from robot_bridge.telemetry import Envelope, Evidence

PROFILE: Final = "welding_line_good"
BATCH: Final = 100


@transaction.atomic
def fast_forward(
    *, pilot: Pilot, by: User, days: int | None = None, profile: str | None = None
) -> Job:
    """Move a demo pilot back by days, else so that its last look was yesterday.

    The robots' past weeks are then sent through the bridge by a job, under a backfill
    permission of kind sim, and the closed looks are assessed. `profile` is what every
    robot is like from its first day on; None leaves each as its own file says.

    Raises:
        NotAllowedError: not a demo organisation.
        DomainError: no robot, or the gate was judged or has ended already.
    """
    check_party(pilot, by)
    if not pilot.is_demo:
        raise NotAllowedError(_("Only a demo organisation can fast-forward."))
    if profile is not None and profile not in PROFILES:
        raise InvalidInputError(
            _("There is no profile %(profile)s; there are: %(known)s.")
            % {"profile": profile, "known": ", ".join(sorted(PROFILES))}
        )
    Pilot.objects.select_for_update().get(pk=pilot.pk)
    if objection := why_not_forward(pilot):
        raise DomainError(objection)
    gate = current_gate(pilot)
    deployments = list(pilot.deployments.all().open_now().select_related("robot"))
    to_the_end = (gate.ends_on - _yesterday(pilot)).days
    days = to_the_end if days is None else min(days, to_the_end)
    sent_from = [(each, each.start_at) for each in deployments]
    _move_back(pilot, gate, timedelta(days=days))
    begins_at = pilot.midnight(pilot.starts_on)
    for deployment in deployments:
        _reach_back(deployment, begins_at, by)
    job = start_job(
        JobKind.FAST_FORWARD, by=by, subject=pilot, total=_hours(begins_at, sent_from)
    )
    enqueue(
        "pilots.send_past",
        job_id=job.pk,
        pilot_id=pilot.pk,
        robots=[[each.robot_id, until.isoformat()] for each, until in sent_from],
        profile=profile,
    )
    audit.record(pilot, "fast-forwarded", by=by, days=days, job=job.code)
    begin_if_due(pilot)
    return job


def send_past(
    *,
    job: Job,
    pilot: Pilot,
    robots: list[tuple[int, datetime]],
    profile: str | None = None,
) -> None:
    """Send the past of a pilot's robots through the bridge, as a job that may stop."""
    begins_at = pilot.midnight(pilot.starts_on)
    first_day = first_day_of(pilot)
    spool = bridge.open_spool()
    done = 0
    with running(job) as progress:
        for robot_id, until in robots:
            robot = Robot.objects.select_related("vendor").get(pk=robot_id)
            told = fleet_robot(robot, first_day, profile)
            for batch in _batches(told, robot, (begins_at, until)):
                bridge.ingest(batch, spool=spool)
                done += len(batch)
                progress(min(done, job.total))
        spool.seal()
        enqueue("pilots.assess_gate", pilot_id=pilot.pk)


def fleet_robot(
    robot: Robot, first_day: date, profile: str | None = None
) -> FleetRobot:
    """Return how the simulator plays a robot: by the profile chosen, else its file's.

    A file is brought up to date with what was chosen, and with the first day where
    it tells none, so that the robot goes on live in the life its past was told of.
    """
    path = fleet_file(robot)
    if path.exists():
        played = credentials.read(path)
        told = replace(
            played,
            profile=profile or played.profile,
            first_day=played.first_day or first_day,
        )
        if told != played:
            credentials.write(path.parent, told)
        return told
    return FleetRobot(
        vendor_code=robot.vendor.code,
        serial=robot.serial,
        secret="",
        protocol=robot.protocol,
        profile=profile or PROFILE,
        seed=zlib.crc32(robot.vendor.code.encode()),
        starts_at=timezone.now(),
        first_day=first_day,
    )


def why_not_forward(pilot: Pilot) -> str:
    """Say in words why a pilot cannot be moved back in time, or "" if it can."""
    gate = current_gate(pilot)
    takes_time = {PilotState.PLANNED, PilotState.RUNNING}
    if gate.stage != 1 or pilot.state not in takes_time or gate.reviews.exists():
        return _("The gate was assessed already; its days can no longer move.")
    if gate.ends_on <= _yesterday(pilot):
        return _("The gate's days are over already.")
    if not pilot.deployments.open_now().exists():
        return _("No robot is deployed in the pilot; deploy one first.")
    return ""


def _yesterday(pilot: Pilot) -> date:
    return timezone.localdate(timezone=pilot.timezone) - timedelta(days=1)


def _move_back(pilot: Pilot, gate: Gate, by_days: timedelta) -> None:
    pilot.starts_on -= by_days
    pilot.save(update_fields=["starts_on"])
    gate.starts_on -= by_days
    gate.ends_on -= by_days
    gate.save(update_fields=["starts_on", "ends_on"])
    for look in gate.looks.order_by("number"):
        look.on -= by_days
        look.save(update_fields=["on"])
    for milestone in pilot.milestones.filter(state=MilestoneState.SCHEDULED):
        milestone.due_on -= by_days
        milestone.save(update_fields=["due_on"])


def _reach_back(deployment: Deployment, begins_at: datetime, by: User) -> None:
    """Let a robot have been at work from the first day, and permit its past."""
    until = deployment.start_at
    if until <= begins_at:
        return
    deployment.start_at = begins_at
    with refusals():
        deployment.save(update_fields=["start_at"])
    bridge.permit_backfill(
        robot=deployment.robot,
        from_at=begins_at,
        until_at=min(until, timezone.now()),
        evidence=Evidence.SIM,
        by=by,
    )


def _hours(begins_at: datetime, sent_from: list[tuple[Deployment, datetime]]) -> int:
    hour = timedelta(hours=1)
    return sum(max(0, (until - begins_at) // hour) for _each, until in sent_from)


def _batches(
    told: FleetRobot, robot: Robot, span: tuple[datetime, datetime]
) -> Iterator[list[Envelope]]:
    """Yield a robot's past as envelopes, as the bridge would have received them."""
    begins_at, until = span
    messages = history_messages(told, begins_at.astimezone(UTC), until.astimezone(UTC))
    while batch := list(islice(messages, BATCH)):
        recv_us = time.time_ns() // 1000
        yield [
            Envelope(topic, payload, robot.wire_name, recv_us)
            for topic, payload in batch
        ]
