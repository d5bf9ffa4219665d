from collections import defaultdict
from itertools import pairwise

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpis.engine import states, sums
from kpis.engine.backends.duck import DuckDb
from kpis.engine.errors import StateOverflowError
from kpis.engine.parts import FACT_KEYS
from robot_bridge import telemetry as canonical
from robot_bridge.telemetry import MINUTE_US, Window
from tests.kpis.rows import SECOND, START
from tests.kpis.rows import telemetry as rows

BACKEND = DuckDb(threads=1)


def arrow(samples, events):
    return (
        pa.Table.from_pylist(samples, schema=canonical.SAMPLES),
        pa.Table.from_pylist(events, schema=canonical.EVENTS),
    )


def row(ts_us, **fields):
    given_ = {
        "robot_id": 1,
        "stream": "telemetry",
        "session": "s",
        "seq": 0,
        "ordinal": 0,
        "ts_us": ts_us,
        "recv_us": ts_us,
        "ts_src": 0,
        "quality": 0,
        "evidence": "sim",
        "software": "1.0",
    }
    return given_ | fields


def sample(ts_us, **fields):
    return row(ts_us, metric="soc", value=1, **fields)


def event(ts_us, kind, value, ref="", number=None, **fields):
    return row(ts_us, kind=kind, value=value, ref=ref, number=number, **fields)


def facts(samples, events, **more):
    """Return the facts that are not zero, minute by minute."""
    folded = states.parts_by_minute(BACKEND, *arrow(samples, events), **more)
    return [
        {key: each[key] for key in FACT_KEYS if each[key]}
        for each in sorted(folded.minutes.to_pylist(), key=lambda r: r["bucket_us"])
    ]


@settings(deadline=None, max_examples=25)
@given(rows(), st.integers(0, 2_000), st.integers(0, 2_000))
def test_spans_never_overlap_nor_leave_the_window(told, from_s, length_s):
    window = Window(START + from_s * SECOND, START + (from_s + length_s) * SECOND)

    folded = states.parts_by_minute(BACKEND, *arrow(*told), window=window)

    known = defaultdict(int)
    for each in folded.minutes.to_pylist():
        known[each["robot_id"], each["evidence"], each["bucket_us"]] += each["known_us"]
        assert each["up_us"] + each["waiting_us"] <= each["known_us"]
    for (_robot, _evidence, bucket_us), length_us in known.items():
        start_us = max(bucket_us, window.start_us)
        end_us = min(bucket_us + MINUTE_US, window.end_us)
        assert length_us <= end_us - start_us


@settings(deadline=None, max_examples=25)
@given(rows())
def test_silence_is_never_known(told):
    folded = states.parts_by_minute(BACKEND, *arrow(*told))

    instants = defaultdict(set)
    for each in [*told[0], *told[1]]:
        instants[each["robot_id"], each["evidence"]].add(each["ts_us"])
    longest_us = 2 * 300 * SECOND
    for line, times in instants.items():
        heard = [b - a for a, b in pairwise(sorted(times)) if b - a <= longest_us]
        known = sum(
            each["known_us"]
            for each in folded.minutes.to_pylist()
            if (each["robot_id"], each["evidence"]) == line
        )
        assert known <= sum(heard)


def test_facts_of_nothing_are_none():
    assert facts([], []) == []


def test_facts_of_a_single_sample_know_no_time():
    assert facts([sample(START)], []) == [{"sample_rows": 1}]


def test_facts_of_a_robot_without_events_know_no_state():
    told = [sample(START + second * SECOND) for second in range(60)]

    assert facts(told, []) == [{"sample_rows": 60}]


def test_facts_outside_an_empty_window_are_none():
    told = [event(START, "op_state", "idle"), event(START + SECOND, "op_state", "idle")]

    assert facts([], told, window=Window(START, START)) == []


def test_state_is_unknown_after_a_silence_until_it_is_told_again():
    told = [
        event(START, "op_state", "idle"),
        event(START + 61 * SECOND, "load", "picked"),
        event(START + 70 * SECOND, "op_state", "idle"),
        event(START + 130 * SECOND, "load", "dropped"),
    ]

    lengths = [each.get("up_us", 0) for each in facts([], told)]

    assert lengths == [0, 50 * SECOND, 10 * SECOND]


def test_a_session_declares_how_long_silence_may_last():
    told = [
        event(START, "session", "started", number=100 * SECOND),
        event(START, "op_state", "idle", ordinal=1),
        event(START + 200 * SECOND, "session", "started", number=SECOND),
        event(START + 203 * SECOND, "op_state", "idle"),
    ]

    assert sum(each.get("known_us", 0) for each in facts([], told)) == 200 * SECOND


def test_a_fault_set_is_taken_apart_by_code():
    snapshots = ["[]", '[["A",2]]', '[["A",2],["B",1]]', '[["B",2]]', "[]", '[["A",2]]']
    told = [
        event(START + number * SECOND, "faults", value, seq=number)
        for number, value in enumerate(snapshots)
    ]

    assert facts([], told) == [{"event_rows": 6, "stopping_faults": 3}]


def test_a_million_events_in_one_second_are_counted():
    count = 1_000_000
    numbers = pa.array(range(count), pa.int64())
    columns = {
        "seq": numbers,
        "ts_us": pa.compute.add(numbers, START),
        "ref": numbers.cast(pa.string()),
    }
    constant = event(START, "task", "finished")
    table = pa.table(
        [
            columns[field.name].cast(field.type)
            if field.name in columns
            else pa.repeat(pa.scalar(constant[field.name], field.type), count)
            for field in canonical.EVENTS
        ],
        schema=canonical.EVENTS,
    )

    folded = states.parts_by_minute(
        BACKEND, canonical.SAMPLES.empty_table(), table
    ).minutes

    assert folded.num_rows == 1
    assert folded["tasks_finished"].to_pylist() == [count]


@pytest.mark.parametrize("ts_us", [2**63 - 1, -(2**63)])
def test_an_instant_at_the_edge_of_int64_is_a_typed_error(ts_us):
    told = [event(ts_us, "op_state", "idle"), event(START, "op_state", "idle")]

    with pytest.raises(StateOverflowError):
        facts([], told)


STATES = st.lists(
    st.tuples(st.integers(1, 2), st.sampled_from(["a", "b"]), st.integers(0, 2**40)),
    max_size=6,
)


def table(told):
    return pa.Table.from_pylist(
        [
            dict.fromkeys(FACT_KEYS, number)
            | {
                "robot_id": robot_id,
                "evidence": "sim",
                "software": software,
                "bucket_us": START,
            }
            for robot_id, software, number in told
        ],
        schema=sums.STATE,
    )


@given(STATES, STATES, STATES)
def test_merge_is_addition_in_any_order(one, two, three):
    one, two, three = table(one), table(two), table(three)

    left = sums.merge(sums.merge(one, two), three)

    assert left == sums.merge(three, sums.merge(two, one))
    assert left == sums.add_up([one, two, three])


def test_merge_that_leaves_int64_is_a_typed_error():
    with pytest.raises(StateOverflowError, match="left int64"):
        sums.merge(table([(1, "a", 2**62)]), table([(1, "a", 2**62)]))


def test_every_step_compiles_for_spark_too():
    for step in states.plan(slot_us=SECOND):
        assert "SELECT" in ibis.to_sql(step.table, dialect="pyspark")
