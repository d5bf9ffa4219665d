"""The software a robot tells splits the series, whatever the deployment says."""

from itertools import pairwise

import pytest

from kpis import services
from kpis.engine import states
from kpis.engine.backends.duck import DuckDb
from kpis.engine.parts import ESTOPS
from kpis.models import KpiState
from robot_bridge.simulator.world import EPOCH, RobotWorld
from robot_bridge.telemetry import HOUR_US, SECOND_US, Window
from tests.kpis.messages import message, told
from tests.kpis.test_settler import expected, kept
from tests.kpis.test_states import START, arrow, event, sample
from tests.robot_bridge.lives import START as BIRTH
from tests.robot_bridge.messages import now_us

BACKEND = DuckDb(threads=1)
SAMPLES = [sample(START + at * SECOND_US, seq=at) for at in range(0, 100, 10)]


def versions(*events):
    """Return how many samples each version has, minute by minute."""
    folded = states.parts_by_minute(BACKEND, *arrow(SAMPLES, events))
    return {
        (row["software"], (row["bucket_us"] - START) // (60 * SECOND_US)): row[
            "sample_rows"
        ]
        for row in folded.minutes.to_pylist()
    }


def said(at_s, version, **fields):
    return event(START + at_s * SECOND_US, "software", version, **fields)


def test_a_told_version_splits_the_minute_it_is_told_in():
    assert versions(said(30, "2.0")) == {("1.0", 0): 3, ("2.0", 0): 3, ("2.0", 1): 4}


def test_two_versions_in_one_minute_keep_their_rows():
    found = versions(said(10, "2.0"), said(20, "2.0", seq=1), said(50, "3.0"))

    assert found == {
        ("1.0", 0): 1,
        ("2.0", 0): 4,
        ("3.0", 0): 1,
        ("3.0", 1): 4,
    }


def test_the_last_version_of_an_instant_is_the_one():
    found = versions(said(60, "2.0", seq=1), said(60, "3.0", seq=2))

    assert found == {("1.0", 0): 6, ("3.0", 1): 4}


def test_a_component_version_and_an_unknown_one_split_nothing():
    assert versions(said(30, "9", ref="gripper")) == {("1.0", 0): 6, ("1.0", 1): 4}
    assert versions(said(0, "2.0"), said(60, "", seq=1)) == {
        ("2.0", 0): 6,
        ("1.0", 1): 4,
    }


def test_a_version_is_cut_to_what_a_state_keeps():
    assert {software for software, _minute in versions(said(0, "v" * 80))} == {"v" * 64}


@pytest.fixture
def start_us():
    at = now_us() - 24 * HOUR_US
    return at - at % HOUR_US


def updated(robot, start_us, *, at_minute=30):
    """Return an hour of a robot that tells version 2 half-way."""
    events = {
        0: [told("op_state", "idle")],
        10: [told("task", "finished", "T1")],
        3 * at_minute: [told("software", "2")],
        120: [told("task", "finished", "T2"), told("software", "2")],
    }
    return [
        message(robot, seq, start_us + seq * 20 * SECOND_US, *events.get(seq, []))
        for seq in range(180)
    ]


@pytest.mark.django_db(transaction=True)
def test_a_told_version_is_carried_from_batch_to_batch(robot, settled, start_us):
    messages = updated(robot, start_us)

    for first in range(0, len(messages), 25):
        settled(*messages[first : first + 25])

    assert kept(robot) == expected(robot)
    assert {bucket[2] for bucket in kept(robot)} == {"1.0", "2"}
    assert services.recompute(check=True)[0].is_right


@pytest.mark.django_db(transaction=True)
def test_a_version_told_late_relabels_what_came_after_it(robot, settled, start_us):
    messages = updated(robot, start_us)

    settled(*messages[:90], *messages[91:100])
    settled(*messages[100:], messages[90])
    services.repair([robot.pk])

    assert kept(robot) == expected(robot)


@pytest.mark.django_db(transaction=True)
def test_a_version_told_at_the_very_last_instant_is_repaired(robot, settled, start_us):
    at_us = start_us + 20 * SECOND_US
    settled(message(robot, 0, start_us, told("op_state", "idle")))
    settled(message(robot, 1, at_us, told("op_mode", "automatic")))

    settled(message(robot, 2, at_us, told("software", "2")))

    assert services.is_dirty([robot.pk], Window(0, 2**61))
    services.repair([robot.pk])
    assert kept(robot) == expected(robot)


@pytest.mark.django_db(transaction=True)
def test_figures_before_and_after_an_update_stand_side_by_side(
    robot, settled, start_us
):
    settled(*updated(robot, start_us, at_minute=0))
    later_us = start_us + 2 * HOUR_US
    settled(message(robot, 500, later_us, told("software", "3")))
    window = Window(start_us, start_us + 4 * HOUR_US)

    found = services.compute_by_software(
        robots=[robot.pk],
        window=window,
        kpis=["availability", "throughput"],
        evidence="sim",
    )

    assert list(found) == ["2", "3"]
    assert found["2"]["availability"].den == 2 * HOUR_US
    assert found["2"]["throughput"].num == 2
    assert found["3"]["availability"].den == 2 * HOUR_US
    assert services.software_runs(robots=[robot.pk], window=window, evidence="sim") == [
        services.Run(robot.pk, "2", start_us, later_us),
        services.Run(robot.pk, "3", later_us, window.end_us),
    ]
    assert KpiState.objects.filter(robot=robot, software="1.0").count() == 0


@pytest.mark.django_db(transaction=True)
def test_the_last_emergency_stop_is_told_by_its_minute(robot, settled, start_us):
    asked = {"robots": [robot.pk], "part": ESTOPS, "evidence": "sim"}
    settled(message(robot, 0, start_us, told("op_state", "idle")))
    assert services.last_counted(**asked) is None

    at_us = start_us + 100 * SECOND_US
    settled(message(robot, 1, at_us, told("safety", "active", "estop")))
    settled(message(robot, 2, at_us + HOUR_US, told("safety", "released", "estop")))

    assert services.last_counted(**asked) == start_us + 60 * SECOND_US


def test_the_simulated_fleets_update_splits_its_series():
    world = RobotWorld(1, "welding_line_good", "S1", BIRTH)
    first = (BIRTH - EPOCH).days
    days = [world.day(day) for day in range(first, first + 70)]
    before, after = next(
        pair for pair in pairwise(days) if pair[0].software != pair[1].software
    )

    told_ = [
        event(each.ts_us, each.kind, each.value, each.ref, each.number, seq=number)
        for number, each in enumerate([*before.events, *after.events])
    ]
    folded = states.parts_by_minute(BACKEND, *arrow([], told_))

    found = {
        (row["software"], row["bucket_us"] < after.start_us)
        for row in folded.minutes.to_pylist()
    }
    assert found == {(before.software, True), (after.software, False)}
