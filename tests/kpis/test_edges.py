"""What lies at the edge gives a value, no value with a reason, or a typed error."""

from collections import defaultdict
from datetime import date
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpis.engine import states
from kpis.engine.definition import CATALOGUE
from kpis.engine.errors import StateOverflowError
from kpis.engine.figures import Absence, draw
from kpis.engine.parts import DUE_US, FACT_KEYS
from robot_bridge import telemetry as canonical
from robot_bridge.telemetry import HOUR_US, SECOND_US, Window
from tests.kpis.rows import telemetry as rows
from tests.kpis.test_states import BACKEND, START, arrow, event, facts, row, sample

KPIS = tuple(CATALOGUE.values())
TODAY = date(2026, 3, 2)
MILLION = 1_000_000


def figures_of(parts):
    """Draw every KPI over one robot's day of these facts."""
    return draw(KPIS, {(1, TODAY): defaultdict(int, parts)})


@settings(deadline=None, max_examples=10)
@given(rows(most=10))
def test_an_empty_window_counts_nothing(told):
    window = Window(START + SECOND_US, START + SECOND_US)

    folded = states.parts_by_minute(BACKEND, *arrow(*told), window=window)

    assert folded.minutes.num_rows == 0
    assert all(
        (figure.value, figure.reason) == (None, Absence.NO_TIME_DUE)
        for figure in draw(KPIS, {}).values()
    )


def test_a_single_sample_is_a_row_and_no_time():
    assert facts([sample(START)], []) == [{"sample_rows": 1}]


def test_a_robot_without_events_is_due_and_never_up():
    found = facts([sample(START + at * SECOND_US, seq=at) for at in range(60)], [])
    figures = figures_of(found[0] | {DUE_US.key: HOUR_US})

    assert found == [{"sample_rows": 60}]
    assert figures["availability"].value == 0
    assert figures["availability_known"].reason == Absence.NO_CASES
    assert figures["mtbf"].reason == Absence.NO_CASES
    assert figures["energy_per_task"].value is None


def test_nothing_received_gives_no_value_anywhere():
    figures = figures_of({DUE_US.key: HOUR_US})

    assert {figure.reason for figure in figures.values()} == {Absence.NO_DATA}
    assert {figure.value for figure in figures.values()} == {None}


@settings(max_examples=50)
@given(st.dictionaries(st.sampled_from(FACT_KEYS), st.integers(0, 2**63 - 1)))
def test_a_value_is_exact_or_has_a_reason(parts):
    for figure in figures_of(parts | {DUE_US.key: 2**63 - 1}).values():
        assert (figure.value is None) == bool(figure.reason)
        assert figure.value is None or isinstance(figure.value, Fraction)


def test_a_million_events_in_one_second_are_all_counted():
    each = row(START, kind="task", ref="T", value="started", number=None)
    columns = {name: [value] * MILLION for name, value in each.items()}
    columns["seq"] = np.arange(MILLION)
    columns["ts_us"] = START + np.arange(MILLION)
    columns["value"] = ["started", "finished"] * (MILLION // 2)
    told = pa.table(columns).cast(canonical.EVENTS)
    none = canonical.SAMPLES.empty_table()

    folded = states.parts_by_minute(BACKEND, none, told, once=True)

    (found,) = folded.minutes.to_pylist()
    assert found["event_rows"] == MILLION
    assert found["tasks_finished"] == found["tasks_timed"] == MILLION // 2
    assert found["cycle_us"] == MILLION // 2


@pytest.mark.parametrize("number", [2**63 - 1, -(2**63)])
def test_a_number_at_the_edge_of_int64_is_taken_as_it_is(number):
    told = [event(START, "task", "finished", "T1", number)]

    (found,) = facts([], told)

    assert found["tasks_due"] == 1
    assert found.get("tasks_on_time", 0) == (number > 0)


@pytest.mark.parametrize("ts_us", [2**63 - 1, -(2**63)])
def test_an_instant_at_the_edge_of_int64_is_a_typed_error(ts_us):
    with pytest.raises(StateOverflowError):
        facts([], [event(ts_us, "op_state", "idle")])


def test_a_sum_that_leaves_int64_is_a_typed_error():
    read = [
        row(START + at, metric="soh", value=2**53, seq=at, ordinal=at)
        for at in range(1024)
    ]

    with pytest.raises(StateOverflowError):
        facts(read, [])
