import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import orjson
import pytest

from robot_bridge.simulator.credentials import FleetRobot
from robot_bridge.simulator.history import covered, history_messages, world_of
from robot_bridge.simulator.slots import HOURS, METRICS, TENS, chance

START = datetime(2026, 10, 1, tzinfo=UTC)
END = START + timedelta(days=9)


def make_robot(serial="A-1", profile="welding_line", **kw):
    return FleetRobot("acme", serial, "secret", "native", profile, 7, START, **kw)


def told(robot, start=START, end=END, sent_us=1):
    messages = history_messages(robot, start, end, sent_us=sent_us)
    return [(topic, orjson.loads(payload)) for topic, payload in messages]


def test_history_is_the_same_to_the_byte():
    one, two = (
        list(history_messages(make_robot(), START, END, sent_us=5)) for _ in range(2)
    )

    assert one == two


def test_history_of_a_part_repeats_the_same_messages():
    """A restart anywhere resends duplicates, never a second truth."""
    whole = {
        payload for _, payload in history_messages(make_robot(), START, END, sent_us=5)
    }

    start = START + timedelta(days=2, hours=5, minutes=13)
    part = [
        payload
        for _, payload in history_messages(
            make_robot(), start, END - timedelta(hours=30), sent_us=5
        )
    ]

    hours = {payload for payload in part if payload in whole}
    assert len(hours) > 100
    edges = [orjson.loads(payload) for payload in part if payload not in whole]
    assert {len(each["samples"]) for each in edges} == {10}


def test_history_goes_to_the_robots_own_topic():
    assert {topic for topic, _ in told(make_robot())} == {
        "pilotgate/v1/acme/A-1/telemetry"
    }


def test_history_sequences_run_without_gaps_but_for_lost_messages():
    robot = make_robot(profile="welding_line_bad")
    world = world_of(robot)
    seen = {}
    for _, message in told(robot):
        seen.setdefault(message["session"], set()).add(message["seq"])
    first, after = (edge.timestamp() for edge in covered(robot, START, END))

    missing = sum(max(seqs) - min(seqs) + 1 - len(seqs) for seqs in seen.values())

    lost = sum(
        chance(world, grid, at) == "lost"
        for grid in (HOURS, TENS)
        for at in range(int(first * 1e6), int(after * 1e6), TENS.slot_us)
    )
    assert lost > 0
    assert missing <= lost


def test_history_messages_stay_small_and_begin_with_the_state():
    for _, message in told(make_robot()):
        assert sum(len(row["m"]) for row in message["samples"]) <= 150
        assert len(orjson.dumps(message)) < 256 * 1024
        assert message["events"][0]["kind"] == "op_state"


def test_history_samples_the_battery_each_minute_and_all_metrics_each_ten():
    robot = make_robot("A-2")
    told_by_day = {}
    for _, message in told(robot):
        for row in message["samples"]:
            told_by_day.setdefault(row["ts"] // 60_000_000, set()).update(row["m"])

    minutes = sorted(told_by_day)
    whole = [minute for minute in minutes if len(told_by_day[minute]) == len(METRICS)]
    assert all("soc" in metrics for metrics in told_by_day.values())
    assert 0.95 < len(minutes) / (9 * 24 * 60) <= 1
    assert len(whole) == pytest.approx(len(minutes) / 10, rel=0.01)
    assert all(len(each) in {1, len(METRICS)} for each in told_by_day.values())


def test_history_says_nothing_of_hours_out_of_reach():
    robot = make_robot(profile="welding_line_bad", serial="A-3")
    world = world_of(robot)
    silences = [
        span
        for timeline in world.days(
            int(START.timestamp() * 1e6), int(END.timestamp() * 1e6)
        )
        for span in timeline.silences
    ]
    times = [
        datetime.fromisoformat(event["ts"]).timestamp() * 1e6
        for _, message in told(robot)
        for event in message["events"]
    ]

    assert silences
    assert not [
        ts for ts in times for start, end in silences if start + 1 < ts < end - 1
    ]


def test_history_has_duplicates_and_late_messages():
    streams = [
        [(message["session"], message["seq"]) for _, message in told(make_robot(name))]
        for name in ("A-1", "A-2", "A-3", "A-4", "A-5")
    ]

    assert any(len(set(keys)) < len(keys) for keys in streams)
    assert any(
        session == later and seq > after
        for keys in streams
        for (session, seq), (later, after) in pairwise(keys)
    )


def test_covered_is_ten_minutes_whole_that_join_without_a_seam():
    robot = make_robot()
    middle = START + timedelta(days=3, minutes=17)

    _, left = covered(robot, START, middle)
    right, _ = covered(robot, left, END)

    assert middle - timedelta(minutes=10) < left <= middle
    assert right == left


def test_covered_of_less_than_ten_minutes_is_empty():
    first, after = covered(make_robot(), START, START + timedelta(minutes=5))

    assert first == after


@pytest.mark.parametrize("days", [50])
def test_history_of_seven_weeks_takes_little_time(days):
    began = time.process_time()

    count = sum(
        1
        for _ in history_messages(
            make_robot(), START, START + timedelta(days=days), sent_us=1
        )
    )

    assert count > 1150
    assert time.process_time() - began < 5


def test_history_of_whole_local_days_leaves_nothing_out():
    midnight = datetime(2026, 10, 1, 16, tzinfo=UTC)
    end = midnight + timedelta(days=3)

    assert covered(make_robot(), midnight, end) == (midnight, end)
