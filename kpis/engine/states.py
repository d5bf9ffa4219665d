"""Integer facts of a robot's minutes, and the carry from one batch to the next.

A state's key is robot, bucket, evidence and software; everything else in it is an
integer, so states add up in any order. Folding batches as they come and computing
everything at once are one and the same plan: a batch begins with the rows that
carry what held and what was last told, and an empty carry is the beginning.
"""

from dataclasses import dataclass, replace
from functools import cache
from typing import Final

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from kpis.engine import counts, meters, releases, spans, turns
from kpis.engine.aggregates import aggregate
from kpis.engine.backends import Backend, Files, Step
from kpis.engine.carry import EVENTS, LIVES, SAMPLES, TURNS, Carry, carried_rows
from kpis.engine.definition import Source
from kpis.engine.parts import FACTS
from kpis.engine.rows import LINE, PLACE, ROW, events, fresh
from kpis.engine.sums import KEY, STATE
from robot_bridge.telemetry import Kind, Window

# What parts may read of the derived rows.
READ_BY_PARTS: Final = {
    "op_state": "string",
    "degraded": "int64",
    "length_us": "int64",
    "kind": "string",
    "ref": "string",
    "value": "string",
    "was": "string",
    "number": "int64",
    "since_us": "int64",
    "is_due": "int64",
    "on_time": "int64",
    "step": "int64",
    "component": "string",
    "metric": "string",
    "level": "int64",
    "up": "int64",
    "elapsed_us": "int64",
    "corrected": "int64",
    "late": "int64",
}
ALWAYS: Final = Window(-(2**63), 2**63 - 1)


@dataclass(frozen=True, slots=True)
class Folded:
    """Facts by minute, and the carry as these rows left it: changed entries only."""

    minutes: pa.Table  # STATE
    carry: Carry


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
    answers = backend.run(
        plan(once=once),
        {
            "samples": engine_rows(samples, SAMPLES),
            "events": engine_rows(events, EVENTS),
            "carried": carried_rows(carry or Carry()),
            "bounds": pa.table(edge),
        },
    )
    return Folded(
        answers["facts"].cast(STATE),
        Carry(answers["lives"].cast(LIVES), answers["last_turns"].cast(TURNS)),
    )


@cache
def plan(*, once: bool = False) -> tuple[Step, ...]:
    """Return the steps from rows to facts and carry; names refer to earlier steps."""
    instants = spans.instants()
    beats = spans.beats(_named("instants", instants))
    beat = _named("beats", beats)
    changes = turns.turns()
    turn = _named("turns", changes)
    read = meters.read()
    meter = _named("meters", read)
    derived = _derived(beat, turn, reading, once=once)
    return (
        Step("told", spans.told()),
        Step("releases", releases.changes_of_software()),
        Step("heard", releases.heard()),
        Step("instants", instants),
        Step("beats", beats),
        Step("turns", changes),
        Step("meters", read),
        Step("derived", derived),
        Step("facts", _facts(_named("derived", derived)), wanted=True),
        Step("lives", _lives(beat), wanted=True),
        Step("last_turns", _last_turns(turn, reading), wanted=True),
    )


def _named(name: str, like: ir.Table) -> ir.Table:
    return ibis.table(like.schema(), name=name)


def _derived(
    beat: ir.Table, turn: ir.Table, reading: ir.Table, *, once: bool
) -> ir.Table:
    """Put the rows of all sources into one table, each under its source's name."""
    sources = {
        Source.SPANS: spans.spans(beat),
        Source.EDGES: turns.edges(turn),
        Source.METERS: meters.read_by_minute(meter),
        Source.SAMPLES: counts.counted_samples(once=once),
        Source.EVENTS: counts.counted(events.filter(~events.carried), once=once),
    }
    columns = dict.fromkeys(KEY) | {"n": None} | READ_BY_PARTS
    return ibis.union(
        *(
            table.select(
                source=ibis.literal(source.value),
                **{
                    name: table[name] if name in table.columns else ibis.null(kind)
                    for name, kind in columns.items()
                },
            )
            for source, table in sources.items()
        ),
        distinct=False,
    )


def _facts(rows: ir.Table) -> ir.Table:
    return rows.group_by(*KEY).agg(
        **{part.key: aggregate(part, rows) for part in FACTS}
    )


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


def _last_turns(turn: ir.Table, reading: ir.Table) -> ir.Table:
    reading = reading.select(
        *ROW,
        kind=ibis.literal(meters.METER),
        ref=reading.metric,
        value=reading.source,
        number=reading.level,
        carried=reading.carried,
    )
    rows = ibis.union(turn.select(reading.columns), reading, distinct=False)
    place = ibis.row_number().over(
        group_by=[rows[name] for name in (*LINE, "kind", "ref")],
        order_by=[rows.carried.asc(), *(rows[name].desc() for name in PLACE)],
    )
    last = rows.mutate(place=place).filter((ibis._.place == 0) & ~ibis._.carried)
    return last.select(TURNS.names)
