"""What the simulator sends, as the bridge takes it in."""

import json
import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.db.models import Sum

from robot_bridge import services
from robot_bridge.adapters import parse, read_topic
from robot_bridge.models import MinuteLedger, SetAsideMessage
from robot_bridge.simulator.credentials import FleetRobot
from robot_bridge.simulator.history import history_messages, microseconds, world_of
from robot_bridge.simulator.legs import Plan
from robot_bridge.simulator.line import Line
from robot_bridge.simulator.slots import HOURS, chance
from robot_bridge.spool import Spool
from robot_bridge.telemetry import DAY_US, SECOND_US, Envelope, Kind
from tests.factories import make_deployment_span, make_user

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)
NOW_US = microseconds(NOW)


@pytest.fixture
def robot():
    return make_deployment_span().robot


def simulated(robot, profile="welding_line", **kw):
    given = {"protocol": "native", "starts_at": NOW - timedelta(days=12), "seed": 7}
    return FleetRobot(
        vendor_code=robot.vendor.code,
        serial=robot.serial,
        secret="",
        profile=profile,
        **given | kw,
    )


def bring(home, robot, messages, recv_us=None):
    """Carry messages through spool and ledger; return what was accepted."""
    spool = Spool(home / "spool", reserve_bytes=0)
    now_us = time.time_ns() // 1000 if recv_us is None else recv_us
    envelopes = [
        Envelope(topic, payload, robot.wire_name, now_us) for topic, payload in messages
    ]
    services.ingest(envelopes, spool=spool)
    (segment,) = spool.segments()
    with transaction.atomic():
        accepted = services.settle(segment)
    services.append_to_lake([accepted])
    spool.remove(segment)
    return accepted


def permit(robot, start, end):
    services.permit_backfill(
        robot=robot,
        from_at=start - timedelta(hours=1),
        until_at=end,
        evidence="sim",
        by=make_user(),
    )


def totals():
    names = ("received", "stored", "duplicate", "set_aside", "expected")
    return MinuteLedger.objects.aggregate(**{name: Sum(name) for name in names})


def test_history_enters_under_a_permission_and_twice_changes_nothing(home, robot):
    start, end = NOW - timedelta(days=12), NOW - timedelta(hours=1)
    permit(robot, start, end)
    messages = list(history_messages(simulated(robot), start, end))

    first = bring(home, robot, messages)
    again = bring(home, robot, messages)

    assert not SetAsideMessage.objects.exists()
    assert first.samples.num_rows > 25_000
    assert set(first.samples["evidence"].to_pylist()) == {"sim"}
    assert again.samples.num_rows == again.events.num_rows == 0


def hours_lost(fleet_robot, start, end):
    world = world_of(fleet_robot)
    hours = [
        day.start_us + hour * HOURS.slot_us
        for day in world.days(microseconds(start), microseconds(end))
        for hour in range(24)
    ]
    return [hour for hour in hours if chance(world, HOURS, hour) == "lost"]


def gaps(messages):
    """Count what is missing between the first and the last message of each session."""
    told = defaultdict(set)
    for _topic, payload in messages:
        message = json.loads(payload)
        told[message["session"]].add(message["seq"])
    return sum(max(seqs) - min(seqs) + 1 - len(seqs) for seqs in told.values())


def test_history_misses_only_what_was_lost_on_the_way(home, robot):
    start, end = NOW - timedelta(days=12), NOW - timedelta(hours=1)
    permit(robot, start, end)
    worlds = (simulated(robot, "welding_line_bad", seed=seed) for seed in range(100))
    inside = start + timedelta(days=2), end - timedelta(days=2)
    lives = (each for each in worlds if hours_lost(each, *inside))
    told = ((each, list(history_messages(each, start, end))) for each in lives)
    # An hour may be lost in which the robot says nothing.
    unlucky, messages = next(each for each in told if gaps(each[1]))

    bring(home, robot, messages)

    told = totals()
    distinct = len({payload for _, payload in messages})
    assert told["stored"] == distinct
    assert told["duplicate"] == len(messages) - distinct
    assert told["expected"] - told["stored"] == gaps(messages)
    assert gaps(messages) <= len(hours_lost(unlucky, start, end))


def test_live_stream_of_a_skewed_robot_is_corrected(home, robot):
    fleet_robot = simulated(robot, starts_at=NOW)
    line = Line(fleet_robot, Plan())
    line.begin(NOW_US)
    line.world.skew_us = 40 * SECOND_US
    later_us = NOW_US + 20 * SECOND_US
    messages = [(m.topic, m.payload) for m in line.due(later_us)]

    accepted = bring(home, robot, messages, recv_us=later_us)

    times = accepted.samples["ts_us"].to_pylist()
    assert len(times) >= 8 * 8
    assert NOW_US <= min(times) <= max(times) <= later_us
    assert not SetAsideMessage.objects.exists()


def test_vda5050_stream_of_a_day_tells_the_same_tasks_as_native(home, robot):
    starts_at = NOW - timedelta(days=2)
    fleet_robot = simulated(robot, protocol="vda5050", starts_at=starts_at)
    line = Line(fleet_robot, Plan())
    start_us = line.world.day_start(line.world.day_of(NOW_US))
    line.begin(start_us)
    sent = list(line.connected(start_us))
    for now_us in range(start_us, start_us + DAY_US // 8, 30 * SECOND_US):
        sent += line.due(now_us)

    parsed = [parse(read_topic(m.topic), m.payload) for m in sent]

    tasks = {
        (event.ref, event.value)
        for each in parsed
        for event in each.events
        if event.kind is Kind.TASK and event.value != "started"
    }
    lived = {
        (event.ref, event.value)
        for event in line.world.day(line.world.day_of(start_us)).events_in(
            start_us, start_us + DAY_US // 8 - 60 * SECOND_US
        )
        if event.kind is Kind.TASK and event.value in {"finished", "failed"}
    }
    assert lived
    assert lived <= tasks
    assert not [each.header.warnings for each in parsed if each.header.warnings]
