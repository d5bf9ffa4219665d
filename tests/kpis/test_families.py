"""The newer facts, counted by hand; the random rows of test_engine judge them all."""

from fractions import Fraction

import pytest

from kpis.engine import states
from kpis.engine.aggregates import rules_of
from kpis.engine.definition import (
    CATALOGUE,
    Law,
    Part,
    Source,
    among,
    definition_as_json,
    definition_from_json,
)
from kpis.engine.parts import FACT_KEYS
from kpis.engine.turns import COMPONENTS
from pilotgate_offline import twins
from robot_bridge.telemetry import HOUR_US, MINUTE_US, SECOND_US, Quality
from tests.kpis.test_states import BACKEND, START, arrow, event, facts, row


def reading(at_us, metric, value, **fields):
    return row(START + at_us, metric=metric, value=value, **fields)


def total(samples, events=(), **more):
    folded = states.parts_by_minute(BACKEND, *arrow(samples, events), **more)
    sums = {key: sum(folded.minutes[key].to_pylist()) for key in FACT_KEYS}
    return {key: number for key, number in sums.items() if number}


def test_a_meter_counts_what_it_rose_by_within_a_session():
    read = [
        reading(0, "distance_m", 1_000),
        reading(MINUTE_US, "distance_m", 1_250, seq=1),
        reading(2 * MINUTE_US, "distance_m", 1_400, seq=2),
        reading(3 * MINUTE_US, "distance_m", 9_000, seq=3, session="another"),
    ]

    found = total(read)

    assert found["distance_mm"] == 400
    assert found["distance_us"] == 2 * MINUTE_US


def test_a_meter_that_falls_begins_anew():
    read = [
        reading(at * SECOND_US, "energy_wh", value, seq=at)
        for at, value in enumerate([500, 700, 3, 10])
    ]

    found = total(read)

    assert (found["energy_mwh"], found["energy_us"]) == (207, 2 * SECOND_US)


@pytest.mark.parametrize(("waited_us", "rise"), [(HOUR_US, 5), (HOUR_US + 1, 0)])
def test_a_reading_more_than_an_hour_old_is_not_bridged(waited_us, rise):
    read = [
        reading(0, "distance_m", 10),
        reading(waited_us, "distance_m", 15, seq=1),
    ]

    assert total(read).get("distance_mm", 0) == rise


def test_a_meter_at_the_edge_of_int64_is_left_out():
    read = [
        reading(at * SECOND_US, "energy_wh", value, seq=at)
        for at, value in enumerate([0, 2**63 - 1, -(2**63), 2**53, 2**53 + 1])
    ]

    assert total(read)["energy_mwh"] == 2**53


def test_readings_are_carried_from_batch_to_batch():
    first = states.parts_by_minute(BACKEND, *arrow([reading(0, "soh", 9)], []))
    before = states.parts_by_minute(
        BACKEND, *arrow([reading(1, "distance_m", 100)], []), carry=first.carry
    )
    after = total([reading(9, "distance_m", 130, seq=1)], carry=before.carry)

    assert after["distance_mm"] == 30


@pytest.mark.parametrize(
    ("code", "component"),
    [
        ("Joint3.overload", "joint"),
        ("BATTERY_LOW", "battery"),
        ("wheel_slip", "drive"),
        ("lidar_lost", "sensor"),
        ("camera_driver_crash", "sensor"),
        ("lift_jammed", "unclassed"),
        ("", "unclassed"),
    ],
)
def test_a_faults_component_is_read_off_its_code(code, component):
    told = [event(START, "fault", "raised", code, 2)]

    assert total([], told)[f"faults_{component}"] == 1
    assert twins.component_of(code) == component


def test_every_component_has_a_fact():
    assert {f"faults_{name}" for name in [*COMPONENTS, "unclassed"]} <= set(FACT_KEYS)


def test_a_warning_is_no_components_failure():
    assert facts([], [event(START, "fault", "raised", "lidar", 1)]) == [
        {"event_rows": 1}
    ]


def test_a_plants_counter_counts_its_rises():
    told = [
        event(START + at, "plant_count", "", "tasks", number, seq=at)
        for at, number in enumerate([10, 12, 12, 15, 2, 3])
    ]
    told.append(event(START, "plant_count", "", "pallets", 99, seq=9))

    assert total([], told)["counted_tasks"] == 6


def test_an_observer_judges_what_the_robot_said():
    pairs = [("flagged", "defective"), ("passed", "defective"), ("flagged", "sound")]
    told = [
        event(START + number * 2 + step, "inspection", value, f"V{number}", seq=number)
        for number, pair in enumerate(pairs)
        for step, value in enumerate(pair)
    ]
    told.append(event(START, "inspection", "defective", "never seen", seq=8))

    found = total([], told)

    names = ("defects_caught", "defects_missed", "false_alarms", "rightly_passed")
    assert [found.get(name, 0) for name in names] == [1, 1, 1, 0]


def test_stop_tests_and_support_are_timed_from_their_request():
    told = [
        event(START, "stop_test", "requested", "S1"),
        event(START + 90_000, "stop_test", "stopped", "S1", seq=1),
        event(START + 91_000, "stop_test", "failed", "S2", seq=2),
        event(START, "assistance", "requested", "A1", seq=3),
        event(START + MINUTE_US, "assistance", "started", "A1", seq=4),
        event(START + MINUTE_US, "assistance", "started", "A2", seq=5),
    ]

    found = total([], told)

    assert (found["stops_tested"], found["stops_failed"], found["stop_us"]) == (
        1,
        1,
        90_000,
    )
    assert (found["assistances"], found["assistances_asked"]) == (2, 1)
    assert found["response_us"] == MINUTE_US


def test_flags_of_quality_are_counted_once_however_often_a_row_came():
    corrected = int(Quality.CLOCK_CORRECTED)
    rows = [
        reading(0, "soc", 1, quality=corrected),
        reading(0, "soc", 1, quality=corrected | int(Quality.LATE)),
        reading(1, "soc", 1, quality=int(Quality.LATE)),
    ]

    found = total(rows)

    assert (found["sample_rows"], found["samples_corrected"]) == (2, 1)
    assert found["samples_late"] == 1


def test_a_product_divides_once_and_has_no_value_where_a_factor_has_none():
    oee = CATALOGUE["oee"]
    parts = {
        "up_us": 9,
        "due_us": 10,
        "tasks_on_time": 3,
        "tasks_due": 4,
        "tasks_finished": 8,
        "tasks_failed": 2,
    }

    assert oee.divide(parts) == (9 * 3 * 8, 10 * 4 * 10)
    assert oee.finish(parts) == Fraction(9, 10) * Fraction(3, 4) * Fraction(8, 10)
    assert oee.finish(parts | {"tasks_due": 0}) is None


def test_energy_per_task_does_not_shrink_where_the_meter_was_read_seldom():
    """A tenth of the time metered at 60 W, four tasks an hour: 15 Wh a task."""
    parts = {
        "energy_mwh": 6_000,
        "energy_us": HOUR_US // 10,
        "known_us": HOUR_US,
        "tasks_finished": 4,
    }

    assert CATALOGUE["energy_per_task"].finish(parts) == 15
    assert CATALOGUE["energy_per_task"].finish(parts | {"energy_us": 0}) is None


def test_a_product_is_never_gated():
    told = definition_as_json(CATALOGUE["oee"])

    assert definition_from_json(told) == CATALOGUE["oee"]
    with pytest.raises(ValueError, match="no law judges a product"):
        definition_from_json(told | {"law": Law.RATE_BY_DAY.value})


def test_a_factor_changes_the_digest():
    oee = CATALOGUE["oee"]
    other = definition_from_json(
        definition_as_json(oee) | {"times": [], "law": Law.SHOWN.value}
    )

    assert other.digest != oee.digest
    assert other.times == ()


def test_a_part_that_no_rule_can_tell_is_refused():
    with pytest.raises(ValueError, match="odd asks of colour"):
        rules_of([Part("odd", Source.EDGES, "", (among("colour", "red"),))])
