"""Recordings over a real broker and the bridge: the truths known of them."""

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import groupby

import pytest
from django.db.models import Sum

from accounts.enums import Role
from kpis import services as kpis
from kpis.enums import Tier
from kpis.services.states import read_states
from robot_bridge import recordings, services
from robot_bridge.models import MinuteLedger, SetAsideMessage
from robot_bridge.recordings import RecordedMessage, RecordingError
from robot_bridge.recordings.playback import Playback, play
from robot_bridge.simulator.client import Broker
from robot_bridge.telemetry import MINUTE_US, SECOND_US, Window
from tests.factories import make_deployment_span, make_user
from tests.robot_bridge.conftest import turned
from tests.robot_bridge.recorded import UR3, VDA5050_CAPTURE, recording

pytestmark = pytest.mark.django_db(transaction=True)
UR3_FROM = datetime(2022, 10, 26, 8, tzinfo=UTC)
UR3_UNTIL = datetime(2022, 10, 26, 16, tzinfo=UTC)
UR3_FIRST_US = 1_666_772_241_847_000
UR3_END_US = 1_666_798_566_580_000 + 1  # its last row, which nothing follows
EVER = Window(0, 4_000_000_000 * SECOND_US)
GAPS_US = 9_039_000 + 31_150_000 + 18_814_125_000
GAP_FROM_US, GAP_UNTIL_US = 1_666_775_179_201_000, 1_666_793_993_326_000
CAPTURED_AT = datetime(2026, 11, 21, 5, 5, 48, tzinfo=UTC)


@pytest.fixture
def robot():
    return make_deployment_span().robot


@pytest.fixture
def replay(robot, broker, make_bridge, spool):
    """Return a function that plays a recording and settles what arrived."""
    official = make_user(Role.CLOCK)
    _credential, secret = services.issue_credential(robot=robot, by=official)
    bridge = make_bridge(spool)
    broker.published.write_bytes(services.publish_passwords().read_bytes())
    broker.tend()

    def replay(name, format_name, start, end):
        services.permit_backfill(
            robot=robot, from_at=start, until_at=end, evidence="recorded", by=official
        )
        messages = list(
            recordings.read(
                recording(name),
                format_name,
                vendor_code=robot.vendor.code,
                serial=robot.serial,
            )
        )
        playback = Playback(messages, username=robot.wire_name, secret=secret)
        playing = threading.Thread(
            target=play, args=[playback, Broker("127.0.0.1", broker.port, tls=False)]
        )
        playing.start()
        turned(bridge, lambda: not playing.is_alive())
        turned(bridge, lambda: arrived(spool, messages))
        while kpis.settle_and_fold(spool):
            pass

    return replay


def arrived(spool, messages):
    spool.seal()
    kept = sum(len(segment.envelopes()) for segment in spool.segments())
    return kept >= len(messages)


def every_state(robot):
    return [
        read_states(robot.pk, tier, 0, 2**62).to_pylist()
        for tier in (Tier.MINUTE, Tier.HOUR)
    ]


def figures(robot, keys, start_us, end_us):
    measurement = kpis.measure(
        robots=[robot.pk],
        window=Window(start_us, end_us),
        kpis=keys,
        evidence="recorded",
    )
    return {key: measurement.figure(key) for key in keys}


def parts(figure):
    return sum(day.num for day in figure.by_day), sum(day.den for day in figure.by_day)


def lake_values(robot, kind, **filters):
    return services.lake_rows(
        "events", [robot.pk], EVER, kind=kind, **filters
    ).to_pylist()


def test_ur3_replay_has_the_truths_of_the_recording(replay, robot):
    replay(UR3, "ur3_cobotops", UR3_FROM, UR3_UNTIL)

    found = figures(
        robot,
        ["coverage", "availability", "task_success", "protective_stops_per_100h"],
        UR3_FIRST_US,
        UR3_END_US,
    )
    known_us, due_us = parts(found["coverage"])
    up_us, _ = parts(found["availability"])
    assert due_us == UR3_END_US - UR3_FIRST_US
    assert due_us - known_us == GAPS_US + 1
    assert 0 < up_us < known_us
    assert parts(found["task_success"]) == (240, 240)
    assert parts(found["protective_stops_per_100h"])[0] == 108
    assert not SetAsideMessage.objects.exists()
    grips = lake_values(robot, "fault", value="raised")
    assert len({row["seq"] for row in grips}) == 77


def test_ur3_replay_keeps_rows_with_nan_in_part(replay, robot):
    replay(UR3, "ur3_cobotops", UR3_FROM, UR3_UNTIL)

    rows = services.samples_of(robot, EVER)
    by_seq = Counter(rows["seq"].to_pylist())
    told = {row["seq"] for row in lake_values(robot, "task")}
    assert Counter(by_seq.values()) == {19: 7_409 - 54, 1: 8}
    assert len(told) == 7_409


def test_ur3_gap_is_unknown_and_never_uptime(replay, robot):
    replay(UR3, "ur3_cobotops", UR3_FROM, UR3_UNTIL)

    found = figures(robot, ["coverage", "availability"], GAP_FROM_US, GAP_UNTIL_US)

    assert parts(found["coverage"]) == (0, GAP_UNTIL_US - GAP_FROM_US)
    assert parts(found["availability"])[0] == 0


def test_replay_twice_changes_no_integer(replay, robot):
    replay(UR3, "ur3_cobotops", UR3_FROM, UR3_UNTIL)
    before = every_state(robot)
    stored = MinuteLedger.objects.aggregate(Sum("stored"))

    replay(UR3, "ur3_cobotops", UR3_FROM, UR3_UNTIL)

    assert before[0] or before[1]
    assert every_state(robot) == before
    assert MinuteLedger.objects.aggregate(Sum("stored")) == stored
    assert MinuteLedger.objects.aggregate(n=Sum("duplicate"))["n"] == 7_409


def test_capture_replay_is_one_order_picked_and_dropped(replay, robot):
    start = CAPTURED_AT - timedelta(minutes=1)
    replay(VDA5050_CAPTURE, "vda5050_capture", start, start + timedelta(minutes=3))

    first_us = 1_795_237_548_000_000
    found = figures(robot, ["task_success"], first_us, first_us + MINUTE_US)
    orders = {row["ref"] for row in lake_values(robot, "task")}
    loads = [row["value"] for row in lake_values(robot, "load")]
    assert len(orders) == 1
    assert [value for value, _ in groupby(loads)] == ["picked", "dropped"]
    assert parts(found["task_success"]) == (1, 1)
    assert not SetAsideMessage.objects.exists()


def test_capture_replay_twice_changes_no_integer(replay, robot):
    start = CAPTURED_AT - timedelta(minutes=1)
    replay(VDA5050_CAPTURE, "vda5050_capture", start, start + timedelta(minutes=3))
    before = every_state(robot)

    replay(VDA5050_CAPTURE, "vda5050_capture", start, start + timedelta(minutes=3))

    assert before[0] or before[1]
    assert every_state(robot) == before


def test_play_gives_up_on_a_bridge_that_is_not_there(robot, broker):
    message = RecordedMessage(
        f"pilotgate/v1/{robot.wire_name}/telemetry", b'{"session":"s","seq":0}', 0
    )
    playback = Playback([message], username=robot.wire_name, secret="")

    with pytest.raises(RecordingError, match="not taken"):
        play(playback, Broker("127.0.0.1", broker.port, tls=False), patience_s=0.3)


def test_playback_keeps_the_pace_of_the_recording():
    messages = [
        RecordedMessage("pilotgate/v1/a/b/telemetry", payload, second * SECOND_US)
        for second, payload in (
            (10, b'{"session":"s","seq":0}'),
            (20, b'{"session":"s","seq":1}'),
        )
    ]
    playback = Playback(messages, username="a/b", secret="", speed=10)
    playback.connected(5 * SECOND_US)

    now = list(playback.due(5 * SECOND_US))
    playback.receipt(b'{"session":"s","ranges":[[0,0]]}')

    assert [message.payload for message in now] == [messages[0].payload]
    assert playback.is_ahead(5 * SECOND_US)
    assert len(list(playback.due(6 * SECOND_US))) == 1
