"""Integer facts of a robot's minutes, and the carry from one batch to the next.

A state's key is robot, bucket, evidence and software; everything else in it is an
integer, so states add up in any order. Folding batches as they come and computing
everything at once are one and the same plan: a batch begins with the rows that
carry what held and what was last told, and an empty carry is the beginning.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache, reduce
from operator import and_
from typing import Final

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from kpis.engine import counts, meters, releases, spans, turns
from kpis.engine.aggregates import holds, rules_of, summed, widened
from kpis.engine.backends import Backend, Files, Step
from kpis.engine.carry import EVENTS, LIVES, SAMPLES, TURNS, Carry, carried_rows
from kpis.engine.definition import Source
from kpis.engine.parts import FACT_KEYS, FACTS, TASKS_TIMED
from kpis.engine.rows import LINE, PLACE, ROW, fresh
from kpis.engine.sums import KEY, STATE
from robot_bridge.telemetry import Kind, Window

CASES: Final = pa.schema(
    [*(STATE.field(name) for name in KEY), ("since_us", pa.int64())]
)
ALWAYS: Final = Window(-(2**63), 2**63 - 1)


@dataclass(frozen=True, slots=True)
class Folded:
    """Facts by minute, and the carry as these rows left it: changed entries only.

    `cases`: how long each task took that was seen to start and to finish.
    """

    minutes: pa.Table  # STATE
    carry: Carry
    cases: pa.Table = field(default_factory=CASES.empty_table)


def engine_rows(rows: pa.Table | Files, schema: pa.Schema) -> pa.Table | Files:
    """Narrow canonical rows to the columns the engine reads; nulls become neutral."""
    if isinstance(rows, Files):
        return replace(rows, columns=tuple(_neutral_sql(column) for column in schema))
    return pa.table([_neutral(rows, column) for column in schema], schema=schema)


def _neutral(rows: pa.Table, column: pa.Field) -> pa.ChunkedArray:
    values = rows[column.name].cast(column.type)
    if column.name == "seq":
        return pc.fill_null(values, -1)
    return pc.fill_null(values, "") if pa.types.is_string(column.type) else values


def _neutral_sql(column: pa.Field) -> str:
    name = f'"{column.name}"'
    if column.name == "seq":
        return f"coalesce({name}, -1) AS {name}"
    if pa.types.is_string(column.type):
        return f"coalesce({name}, '') AS {name}"
    return f"CAST({name} AS BIGINT) AS {name}"


def last_told(backend: Backend, events: pa.Table | Files, kind: Kind) -> dict[int, int]:
    """Return when each robot last told an event of a kind: robot -> µs."""
    rows = fresh.filter(fresh.kind == kind.value)
    last = rows.group_by("robot_id").agg(ts_us=rows.ts_us.max())
    answers = backend.run(
        [Step("last", last, wanted=True)], {"events": engine_rows(events, EVENTS)}
    )
    return {row["robot_id"]: row["ts_us"] for row in answers["last"].to_pylist()}


def in_order(backend: Backend, events: pa.Table | Files) -> pa.Table:
    """Return events (carry.EVENTS) in reading order."""
    rows = spans.fresh.order_by(["robot_id", *spans.PLACE])
    answers = backend.run(
        [Step("found", rows, wanted=True)], {"events": engine_rows(events, EVENTS)}
    )
    return answers["found"]


def lines_told(backend: Backend, samples: pa.Table | Files) -> set[str]:
    """Return the evidence kinds of these rows."""
    rows = spans.samples.select("evidence").distinct()
    answers = backend.run(
        [Step("found", rows, wanted=True)], {"samples": engine_rows(samples, SAMPLES)}
    )
    return set(answers["found"]["evidence"].to_pylist())


def parts_by_minute(
    backend: Backend,
    samples: pa.Table | Files,
    events: pa.Table | Files,
    *,
    carry: Carry | None = None,
    window: Window = ALWAYS,
    once: bool = False,
) -> Folded:
    """Turn canonical rows into facts by minute.

    Args:
        backend: where the plan runs.
        samples: rows of telemetry.SAMPLES, in any order, perhaps more than once.
        events: rows of telemetry.EVENTS, likewise.
        carry: what the rows before these left; all of these come after them.
        window: only what lies inside is counted; a span is cut at its ends.
        once: no row is there twice, as the ledger promises of a batch it settled.

    Raises:
        StateOverflowError: a sum left int64.
    """
    edge = {"start_us": [window.start_us], "end_us": [window.end_us]}
    inputs: dict[str, pa.Table | Files] = {
        "events": engine_rows(events, EVENTS),
        "carried": carried_rows(carry or Carry()),
    }
    slot_us = spans.slot_us(shortest_interval(backend, inputs))
    inputs |= {
        "samples": engine_rows(samples, SAMPLES),
        "bounds": pa.table(edge),
        "rules": rules_of(FACTS),
    }
    steps = plan(slot_us=slot_us, once=once, metered=_has_meters(samples))
    answers = backend.run(steps, inputs)
    return Folded(
        widened(answers["facts"], FACT_KEYS).cast(STATE),
        Carry(answers["lives"].cast(LIVES), answers["last_turns"].cast(TURNS)),
        answers["cases"].cast(CASES),
    )


def _has_meters(samples: pa.Table | Files) -> bool:
    """Say whether readings of meters may be among the rows; files are not searched."""
    if isinstance(samples, Files):
        return True
    read = pc.is_in(samples["metric"], value_set=pa.array(meters.READ))
    return bool(pc.any(read).as_py())


def shortest_interval(
    backend: Backend, inputs: Mapping[str, pa.Table | Files]
) -> int | None:
    """Return the shortest interval declared in seconds; None: none was."""
    answers = backend.run(_PACE, inputs)
    return answers["pace"]["shortest_s"][0].as_py()


_PACE: Final = (
    Step("told", spans.told()),
    Step("pace", spans.pace(), wanted=True),
)


@cache
def plan(*, slot_us: int, once: bool = False, metered: bool = True) -> tuple[Step, ...]:
    """Return the steps from rows to facts and carry; names refer to earlier steps.

    `once`: no row is there twice. `metered`: there are readings of meters, which
    else nothing is asked about.
    """
    signs = counts.signs(slot_us, once=once)
    sign = _named("signs", signs)
    moved = counts.moved(once=once)
    beats = spans.beats(spans.instants(sign))
    beat = _named("beats", beats)
    changes = turns.turns()
    turn = _named("turns", changes)
    read = meters.read()
    meter = _named("meters", read)
    sources = {
        Source.SPANS: spans.spans(beat),
        Source.EDGES: turns.edges(turn),
    }
    if metered:
        sources[Source.METERS] = meters.read_by_minute(meter)
    counted = counts.counted(sign, _named("moved", moved))
    return (
        Step("told", spans.told()),
        Step("releases", releases.changes_of_software()),
        Step("heard", releases.heard()),
        Step("signs", signs),
        Step("moved", moved),
        Step("beats", beats),
        Step("turns", changes),
        *([Step("meters", read)] if metered else []),
        Step("facts", _facts(sources, counted), wanted=True),
        Step("cases", _cases(sources[Source.EDGES]), wanted=True),
        Step("lives", _lives(beat), wanted=True),
        Step("last_turns", _last_turns(turn, meter if metered else None), wanted=True),
    )


def _named(name: str, like: ir.Table) -> ir.Table:
    return ibis.table(like.schema(), name=name)


def _facts(sources: Mapping[Source, ir.Table], counted: ir.Table) -> ir.Table:
    """Add up what each source gives to its facts by minute; a 0 is left out."""
    together = ibis.union(
        *(
            summed(
                rows.mutate(source=ibis.literal(source.value)),
                [part for part in FACTS if part.over is source],
            )
            for source, rows in sources.items()
        ),
        summed(
            counted,
            [part for part in FACTS if part.over in {Source.SAMPLES, Source.EVENTS}],
        ),
        distinct=False,
    )
    return together.filter(together.total != 0)


def _cases(edges: ir.Table) -> ir.Table:
    """Return the tasks behind TASKS_TIMED, one by one."""
    timed = reduce(and_, (holds(each, edges) for each in TASKS_TIMED.where))
    return edges.filter(timed).select(CASES.names)


def _lives(beat: ir.Table) -> ir.Table:
    last = spans.last_rows(beat.filter(beat.next_us.isnull()))
    codes = [
        (last.state == code, name.value) for code, name in enumerate(spans.OP_STATES)
    ]
    return last.select(
        *LINE,
        "software",
        *PLACE,
        op_state=ibis.cases(*codes, else_=""),
        degraded=last.degraded,
        interval_s=last.interval,
    )


def _last_turns(turn: ir.Table, meter: ir.Table | None) -> ir.Table:
    """Return the last turn of each thing, and the last reading of each meter."""
    columns = (*ROW, "kind", "ref", "value", "number", "carried")
    rows = turn.select(columns)
    if meter is not None:
        read = meter.select(
            *ROW,
            kind=ibis.literal(meters.METER),
            ref=meter.metric,
            value=meter.source,
            number=meter.level,
            carried=meter.carried,
        )
        rows = ibis.union(rows, read, distinct=False)
    place = ibis.row_number().over(
        group_by=[rows[name] for name in (*LINE, "kind", "ref")],
        order_by=[rows.carried.asc(), *(rows[name].desc() for name in PLACE)],
    )
    last = rows.mutate(place=place).filter((ibis._.place == 0) & ~ibis._.carried)
    return last.select(TURNS.names)
