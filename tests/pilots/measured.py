"""Pilots with a month of telemetry that is quick to send: an hour a day."""

from datetime import time, timedelta

from django.utils import timezone

from accounts.enums import Role
from kpis import services as kpis
from pilots.evidence import microseconds
from pilots.models import Deployment, Exclusion, Shift
from robot_bridge.services import ingest, open_spool
from robot_bridge.telemetry import HOUR_US, MINUTE_US
from tests.factories import make_deployment_span, make_robot, make_user
from tests.kpis.messages import told
from tests.pilots.factories import make_pilot, simple_criterion
from tests.robot_bridge.messages import native

DAYS = 30
CRITERIA = [
    simple_criterion("task_success", minimum="0.8", target="0.95"),
    simple_criterion(mandatory=False),
    simple_criterion("mtbf", minimum="0.05", target="1", mandatory=False),
    simple_criterion("completeness", minimum="0.9", mandatory=False),
    simple_criterion(
        "interventions_per_hour",
        minimum="2",
        target="1",
        comparator="at_most",
        mandatory=False,
    ),
    simple_criterion("repairs_within_30_min", minimum="0.5", mandatory=False),
]


def make_measured_pilot(*, good=True, criteria=CRITERIA, **fields):
    """Make a pilot whose first look has closed, with all its telemetry settled."""
    pilot = make_pilot(days_ago=DAYS, criteria=criteria, state="running", **fields)
    spool = open_spool()
    Shift.objects.create(pilot=pilot, starts_at=time(9), ends_at=time(10))
    for _ in range(pilot.contract.robots):
        robot = make_robot(vendor=pilot.contract.vendor)
        span = make_deployment_span(robot=robot, evidence="sim")
        Deployment.objects.create(
            pilot=pilot,
            robot=robot,
            span=span,
            start_at=pilot.midnight(pilot.starts_on),
            deployed_by=pilot.opened_by,
        )
        ingest([hour(pilot, robot, day, good) for day in range(DAYS)], spool=spool)
    while kpis.settle_and_fold(spool):
        continue
    return pilot


def hour(pilot, robot, day, good):
    """Return one message: an hour of a robot, with tasks, and now and then a fault."""
    on = pilot.starts_on + timedelta(days=day)
    start_us = microseconds(pilot.midnight(on)) + 9 * HOUR_US - MINUTE_US

    def at(minute, *what):
        return told(*what) | {"ts": start_us + minute * MINUTE_US}

    events = [at(0, "op_state", "navigating")]
    for task in range(10):
        ref = f"T{day}-{task}"
        events.append(at(2 + 5 * task, "task", "started", ref))
        failed = (day * 7 + task) % (17 if good else 2) == 0
        events.append(at(5 + 5 * task, "task", "failed" if failed else "finished", ref))
    if day % 9 == 4:
        events += [
            at(20, "fault", "raised", "E1", 2),
            at(20, "op_state", "disabled"),
            at(21, "intervention", "started", f"I{day}"),
            at(21, "repair", "started", f"R{day}"),
            at(24, "repair", "finished", f"R{day}"),
            at(24, "intervention", "finished", f"I{day}"),
            at(24, "fault", "cleared", "E1"),
            at(24, "op_state", "navigating"),
        ]
    samples = [
        {"ts": start_us + minute * MINUTE_US, "m": {"soc": 0.5, "speed_mps": 1.0}}
        for minute in range(63)
    ]
    kept = [{k: v for k, v in each.items() if v is not None} for each in events]
    return native(
        robot,
        day,
        at_us=start_us + 63 * MINUTE_US,
        samples=samples,
        events=kept,
        interval_ms=60_000,
    )


def exclude(pilot, day=3, minutes=25):
    """Leave part of one day out, for every robot."""
    on = pilot.midnight(pilot.starts_on + timedelta(days=day))
    official = make_user(Role.OFFICIAL, organisation=pilot.contract.city)
    return Exclusion.objects.create(
        pilot=pilot,
        start_at=on + timedelta(hours=9, minutes=10),
        end_at=on + timedelta(hours=9, minutes=10 + minutes),
        reason="The line stood still.",
        proposed_by=make_user(Role.VENDOR, organisation=pilot.contract.vendor),
        judged_by=official,
        judged_at=timezone.now(),
        approved=True,
    )
