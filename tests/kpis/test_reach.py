from collections import defaultdict

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from kpis.engine import states, sums
from kpis.engine.backends.duck import DuckDb
from kpis.engine.carry import TURNS, Carry, carry_on
from kpis.engine.reach import reach, starts_us
from robot_bridge.telemetry import HOUR_US, Window
from tests.kpis.rows import SECOND, START
from tests.kpis.rows import telemetry as rows
from tests.kpis.test_engine import arrow, carry_set, fold, keyed
from tests.kpis.test_states import event

BACKEND = DuckDb(threads=1)
END_US = 2**63 - 1


def of(told, robot_id, start_us, end_us):
    return [
        [
            row
            for row in part
            if row["robot_id"] == robot_id and start_us <= row["ts_us"] < end_us
        ]
        for part in told
    ]


def mended(kept, carry, told, robot_id, dirty):
    """Repair one robot's dirty range as the service does; returns states and carry."""
    start_us = starts_us(dirty)
    earlier = arrow(*of(told, robot_id, 0, start_us))
    before = states.parts_by_minute(BACKEND, *earlier).carry
    found = reach(
        dirty,
        states.in_order(BACKEND, arrow(*of(told, robot_id, start_us, dirty.end_us))[1]),
        states.in_order(BACKEND, arrow(*of(told, robot_id, dirty.end_us, END_US))[1]),
        {
            row["evidence"]
            for part in of(told, robot_id, dirty.start_us, dirty.end_us)
            for row in part
        },
        {
            turn["evidence"]
            for turn in before.turns.to_pylist()
            if turn["kind"] == "fault" and turn["value"] == "raised"
        },
    )
    window = found.window if found else Window(start_us, END_US)
    anew = states.parts_by_minute(
        BACKEND,
        *arrow(*of(told, robot_id, start_us, min(END_US, window.end_us + 2**40))),
        carry=before,
        window=window,
    )
    rest = [
        row
        for row in kept.to_pylist()
        if row["robot_id"] != robot_id
        or not window.start_us <= row["bucket_us"] < window.end_us
    ]
    kept = sums.merge(pa.Table.from_pylist(rest, schema=sums.STATE), anew.minutes)
    left = carry_on(before, anew.carry)
    if found is None:
        return kept, carry_on(carry, left)
    turns = [
        turn
        for turn in left.turns.to_pylist()
        if (turn["evidence"], turn["kind"], turn["ref"]) in found.things
    ]
    newer = Carry(turns=pa.Table.from_pylist(turns, schema=TURNS))
    return kept, carry_on(carry, newer)


@settings(deadline=None, max_examples=25)
@given(rows(most=30), st.randoms(use_true_random=False), st.data())
def test_repairing_what_late_rows_reach_equals_a_recompute(told, random, data):
    every = [("samples", row) for row in told[0]] + [("events", row) for row in told[1]]
    every.sort(key=lambda each: each[1]["ts_us"])
    held_back = data.draw(st.integers(0, 3))
    late = random.sample(every, min(held_back, len(every)))
    batches = [
        [[row for kind, row in batch if kind == name] for name in ("samples", "events")]
        for batch in ([each for each in every if each not in late], late)
    ]

    kept, carry, rows_late = fold(batches)
    reached = defaultdict(list)
    for row in rows_late:
        reached[row["robot_id"]].append(row["ts_us"])
    for robot_id, times in reached.items():
        dirty = Window(min(times), max(times) + 1)
        kept, carry = mended(kept, carry, told, robot_id, dirty)

    whole = states.parts_by_minute(BACKEND, *arrow(*told))
    assert keyed(kept) == keyed(whole.minutes)
    assert carry_set(carry) == carry_set(whole.carry)


def found(dirty, *told):
    at = [row for row in told if row["ts_us"] < dirty.end_us]
    later = [row for row in told if row["ts_us"] >= dirty.end_us]
    return reach(dirty, arrow([], at)[1], arrow([], later)[1], {"sim"}, set())


def test_a_late_row_reaches_to_the_next_state_told():
    hour_us = START - START % HOUR_US + 3 * HOUR_US
    dirty = Window(hour_us + 1, hour_us + 2)
    told = [event(hour_us + 1, "load", "picked")]
    told += [event(hour_us + n * HOUR_US, "op_state", "idle") for n in (2, 9)]

    reached = found(dirty, *told)

    assert reached.window == Window(hour_us - HOUR_US, hour_us + 3 * HOUR_US)
    assert reached.things == {("sim", "load", "")}


def test_a_turn_reaches_to_the_second_change_after_it():
    hour_us = START - START % HOUR_US + 3 * HOUR_US
    dirty = Window(hour_us + HOUR_US // 2, hour_us + HOUR_US // 2 + 1)
    told = [event(dirty.start_us, "safety", "active", "estop")]
    told += [event(dirty.end_us + SECOND, "op_state", "idle")]
    told += [
        event(hour_us + n * HOUR_US, "safety", value, "estop")
        for n, value in (
            (2, "released"),
            (3, "released"),
            (4, "active"),
            (8, "released"),
        )
    ]

    reached = found(dirty, *told)

    assert reached.window == Window(hour_us, hour_us + 5 * HOUR_US)
    assert not reached.things


def test_a_changed_set_of_faults_reaches_to_the_end():
    dirty = Window(START, START + 1)
    told = [event(START, "faults", '[["E1",2]]')]
    told += [event(START + SECOND, "op_state", "idle")]

    assert found(dirty, *told) is None


def test_a_state_not_told_again_reaches_to_the_end():
    assert found(Window(START, START + 1), event(START, "load", "picked")) is None
