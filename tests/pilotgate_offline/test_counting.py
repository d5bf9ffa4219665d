"""Random telemetry: the engine's integers and the verifier's, from exported rows."""

import json

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from kpis.engine import states
from kpis.engine.backends.duck import DuckDb
from kpis.engine.carry import Carry, carried_rows
from kpis.engine.definition import CATALOGUE, Law, Source, definition_as_json
from kpis.engine.duty import Duty, Exclusion, due_spans
from kpis.services.export import LEDGER, Wanted, told_rows
from kpis.services.measurement import facts_by_day
from pilotgate_offline.counting import Telemetry, count
from pilotgate_offline.terms import definitions_from, scope_from
from robot_bridge import telemetry as canonical
from robot_bridge.telemetry import MINUTE_US, Window
from tests.kpis.rows import START
from tests.kpis.rows import telemetry as rows

BACKEND = DuckDb(threads=1)
TOLD_BY_ROWS = [
    kpi
    for kpi in CATALOGUE.values()
    if not any(part.over is Source.LEDGER for part in kpi.parts)
]
ROBOTS = [1, 2]


def arrow(samples, events):
    return (
        pa.Table.from_pylist(samples, schema=canonical.SAMPLES),
        pa.Table.from_pylist(events, schema=canonical.EVENTS),
    )


def split(told, at_us):
    """Return the rows before an instant, and those from it on."""
    return [
        [[row for row in part if (row["ts_us"] < at_us) is before] for part in told]
        for before in (True, False)
    ]


def of_kind(told, evidence):
    return [[row for row in part if row["evidence"] == evidence] for part in told]


@settings(max_examples=40)
@given(
    rows(),
    st.integers(0, 40),
    st.integers(0, 60),
    st.lists(st.tuples(st.sampled_from([None, 1, 2]), st.integers(0, 90)), max_size=2),
    st.sets(st.sampled_from(TOLD_BY_ROWS), min_size=1, max_size=4),
)
def test_integers_equal_the_engines(told, from_minute, length, excluded, kpis):
    samples, events = of_kind(told, "sim")
    told = [[*samples, *(row | {"metric": "x_m"} for row in samples)], events]
    kpis = sorted(kpis, key=lambda kpi: kpi.key)
    start_us = START + from_minute * MINUTE_US
    window = Window(start_us, start_us + length * MINUTE_US)
    before, after = split(told, start_us)
    duty = Duty(
        "Europe/Berlin",
        exclusions=tuple(
            Exclusion(robot, START + at * MINUTE_US, START + (at + 9) * MINUTE_US + 1)
            for robot, at in excluded
        ),
    )
    carry = states.parts_by_minute(BACKEND, *arrow(*before)).carry
    engine = states.parts_by_minute(
        BACKEND, *arrow(*after), carry=carry, window=window
    ).minutes

    found = count(
        exported(after, carry, kpis),
        definitions_from(json.loads(json.dumps([*map(definition_as_json, kpis)]))),
        scope(window, duty),
    )

    for exclude, own in ((True, found.kept), (False, found.whole)):
        due = due_spans(ROBOTS, window, duty, exclude=exclude)
        totals = facts_by_day(engine, due, window)
        assert own == {
            (robot, day, kpi.key): (
                *kpi.divide(parts),
                parts["sample_rows"] + parts["event_rows"],
            )
            for (robot, day), parts in totals.items()
            for kpi in kpis
        }


def exported(told, carry, kpis):
    samples, events = arrow(*told)
    tables = told_rows(BACKEND, samples, events, Wanted.by(kpis))
    return Telemetry(
        carried=carried_rows(carry or Carry()),
        ledger=LEDGER.empty_table(),
        **tables,
    )


def scope(window, duty):
    return scope_from(
        {
            "pilot": "PL",
            "starts_on": "2025-10-09",
            "ends_on": "2025-10-10",
            "look": [1, "2025-10-10"],
            "looks": [],
            "window": [window.start_us, window.end_us],
            "evidence": "sim",
            "robots": [[robot, f"R-{robot}"] for robot in ROBOTS],
            "duty": json.loads(json.dumps(duty.as_json())),
            "exclusions_cap": "1/20",
            "contracted": 2,
            "arrived": [],
        }
    )


def test_every_kpi_that_may_be_gated_can_be_counted():
    gated = [kpi for kpi in CATALOGUE.values() if kpi.law is not Law.SHOWN]
    told = definitions_from([definition_as_json(kpi) for kpi in gated])
    empty = Telemetry(
        carried=carried_rows(Carry()),
        ledger=LEDGER.empty_table(),
        **told_rows(BACKEND, *arrow([], []), Wanted.by(gated)),
    )

    found = count(empty, told, scope(Window(START, START + MINUTE_US), Duty()))

    assert {key for _robot, _day, key in found.kept} == {kpi.key for kpi in gated}
