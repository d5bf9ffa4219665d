"""Integer facts of a robot's minutes, and the carry from one batch to the next.

A state's key is robot, bucket, evidence and software; everything else in it is an
integer, so states add up in any order. Folding batches as they come and computing
everything at once are one and the same plan: a batch begins with the rows that
carry what held and what was last told, and an empty carry is the beginning.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from kpis.engine import spans
from kpis.engine.aggregates import aggregate
from kpis.engine.backends import Backend, Files, Step
from kpis.engine.carry import EVENTS, LIVES, SAMPLES, TURNS, Carry, carried_rows
from kpis.engine.definition import Source
from kpis.engine.parts import FACTS
from kpis.engine.sums import KEY, STATE
from robot_bridge.telemetry import Kind, Window

# Of the key of a state, and so of every row; a check of each would cost a tenth.
NEVER_NULL: Final = ("evidence", "software")
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
    if column.name in NEVER_NULL:
        return name
    if column.name == "seq":
        return f"coalesce({name}, -1) AS {name}"
    if pa.types.is_string(column.type):
        return f"coalesce({name}, '') AS {name}"
    return f"CAST({name} AS BIGINT) AS {name}"


def last_told(backend: Backend, events: pa.Table | Files, kind: Kind) -> dict[int, int]:
    """Return when each robot last told an event of a kind: robot -> µs."""
    rows = spans.fresh.filter(spans.fresh.kind == kind.value)
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
    slot_us = spans.slot_us(_shortest_interval(backend, inputs))
    inputs |= {"samples": engine_rows(samples, SAMPLES), "bounds": pa.table(edge)}
    answers = backend.run(plan(slot_us=slot_us, once=once), inputs)
    return Folded(
        answers["facts"].cast(STATE),
        Carry(answers["lives"].cast(LIVES), answers["last_turns"].cast(TURNS)),
    )


def _shortest_interval(
    backend: Backend, inputs: Mapping[str, pa.Table | Files]
) -> int | None:
    answers = backend.run(_PACE, inputs)
    return answers["pace"]["shortest_s"][0].as_py()


_PACE: Final = (
    Step("told", spans.told()),
    Step("pace", spans.pace(), wanted=True),
)


@cache
def plan(*, slot_us: int, once: bool = False) -> tuple[Step, ...]:
    """Return the steps from rows to facts and carry; names refer to earlier steps."""
    signs = spans.signs(slot_us, once=once)
    sign = _named("signs", signs)
    beats = spans.beats(spans.instants(sign))
    beat = _named("beats", beats)
    turns = spans.turns()
    turn = _named("turns", turns)
    return (
        Step("told", spans.told()),
        Step("signs", signs),
        Step("beats", beats),
        Step("turns", turns),
        Step("facts", _facts(beat, turn, sign), wanted=True),
        Step("lives", _lives(beat), wanted=True),
        Step("last_turns", _last_turns(turn), wanted=True),
    )


def _named(name: str, like: ir.Table) -> ir.Table:
    return ibis.table(like.schema(), name=name)


def _facts(beat: ir.Table, turn: ir.Table, sign: ir.Table) -> ir.Table:
    """Add up each source's parts by minute, and put the sources together."""
    sources = {
        Source.SPANS: spans.spans(beat),
        Source.EDGES: spans.edges(turn),
        Source.SAMPLES: spans.counted(sign, Source.SAMPLES),
        Source.EVENTS: spans.counted(sign, Source.EVENTS),
    }
    together = ibis.union(
        *(_parts_of(source, rows) for source, rows in sources.items()), distinct=False
    )
    return together.group_by(*KEY).agg(
        **{part.key: together[part.key].sum() for part in FACTS}
    )


def _parts_of(source: Source, rows: ir.Table) -> ir.Table:
    own = {part.key: aggregate(part, rows) for part in FACTS if part.over is source}
    added = rows.group_by(*KEY).agg(**own)
    nothing = ibis.literal(0, "int64")
    return added.select(
        *KEY,
        **{
            part.key: added[part.key].cast("int64") if part.key in own else nothing
            for part in FACTS
        },
    )


def _lives(beat: ir.Table) -> ir.Table:
    last = spans.last_rows(beat.filter(beat.next_us.isnull()))
    codes = [
        (last.state == code, name.value) for code, name in enumerate(spans.OP_STATES)
    ]
    return last.select(
        *spans.LINE,
        "software",
        *spans.PLACE,
        op_state=ibis.cases(*codes, else_=""),
        degraded=last.degraded,
        interval_s=last.interval,
    )


def _last_turns(turn: ir.Table) -> ir.Table:
    place = ibis.row_number().over(
        group_by=[turn[name] for name in (*spans.LINE, "kind", "ref")],
        order_by=[turn.carried.asc(), *(turn[name].desc() for name in spans.PLACE)],
    )
    last = turn.mutate(place=place).filter((ibis._.place == 0) & ~ibis._.carried)
    return last.select(TURNS.names)
