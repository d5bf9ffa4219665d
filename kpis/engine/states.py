"""Integer facts of a robot's minutes, and the carry from one batch to the next.

A state's key is robot, bucket, evidence and software; everything else in it is an
integer, so states add up in any order. Folding batches as they come and computing
everything at once are one and the same plan: a batch begins with the rows that
carry what held and what was last told, and an empty carry is the beginning.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kpis.engine import spans
from kpis.engine.aggregates import aggregate
from kpis.engine.backends import Backend, Files, Step
from kpis.engine.carry import EVENTS, LIVES, SAMPLES, TURNS, Carry, carried_rows
from kpis.engine.definition import Source
from kpis.engine.errors import StateOverflowError
from kpis.engine.parts import FACT_KEYS, FACTS
from robot_bridge.telemetry import Kind, Window

KEY: Final = ("robot_id", "evidence", "software", "bucket_us")
STATE: Final = pa.schema(
    [
        ("robot_id", pa.int64()),
        ("evidence", pa.string()),
        ("software", pa.string()),
        ("bucket_us", pa.int64()),
        *((key, pa.int64()) for key in FACT_KEYS),
    ]
)
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
    rows = spans.fresh.filter(spans.fresh.kind == kind.value)
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
    turns = spans.turns()
    turn = _named("turns", turns)
    derived = _derived(beat, turn, once=once)
    return (
        Step("told", spans.told()),
        Step("instants", instants),
        Step("beats", beats),
        Step("turns", turns),
        Step("derived", derived),
        Step("facts", _facts(_named("derived", derived)), wanted=True),
        Step("lives", _lives(beat), wanted=True),
        Step("last_turns", _last_turns(turn), wanted=True),
    )


def _named(name: str, like: ir.Table) -> ir.Table:
    return ibis.table(like.schema(), name=name)


def _derived(beat: ir.Table, turn: ir.Table, *, once: bool) -> ir.Table:
    """Put the rows of all sources into one table, each under its source's name."""
    sources = {
        Source.SPANS: spans.spans(beat),
        Source.EDGES: spans.edges(turn),
        Source.SAMPLES: spans.counted(spans.samples, once=once),
        Source.EVENTS: spans.counted(spans.fresh, once=once),
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


def add_up(tables: Sequence[pa.Table], *, bucket_us: int = 1) -> pa.Table:
    """Add tables of states key by key, in buckets of `bucket_us`; sorted by key.

    Raises:
        StateOverflowError: a sum left int64.
    """
    together = pa.concat_tables([table.cast(STATE) for table in tables])
    starts = together["bucket_us"].to_numpy()
    together = together.set_column(
        STATE.get_field_index("bucket_us"),
        "bucket_us",
        pa.array(starts - starts % bucket_us),
    ).sort_by([(name, "ascending") for name in KEY])
    groups = together.group_by(list(KEY), use_threads=False)
    added = groups.aggregate([(key, "sum") for key in FACT_KEYS])
    _refuse_overflow(together, added)
    names = {f"{key}_sum": key for key in FACT_KEYS}
    return (
        added.rename_columns([names.get(name, name) for name in added.column_names])
        .select(STATE.names)
        .cast(STATE)
    )


def _refuse_overflow(rows: pa.Table, added: pa.Table) -> None:
    """Arrow's sum wraps in silence; a float sum is near enough to see that it did."""
    for key in FACT_KEYS:
        reach = np.abs(rows[key].to_numpy().astype(np.float64)).sum()
        if reach < 2.0**62:
            continue
        wide = rows.select(KEY).append_column(key, rows[key].cast(pa.decimal128(38, 0)))
        exact = wide.group_by(list(KEY), use_threads=False).aggregate([(key, "sum")])
        if exact[f"{key}_sum"].cast(pa.decimal128(38, 0)).to_pylist() != [
            int(number) for number in added[f"{key}_sum"].to_pylist()
        ]:
            raise StateOverflowError(f"The sum of {key} left int64.")


def merge(left: pa.Table, right: pa.Table) -> pa.Table:
    """Add two tables of states; the order of arguments and of rows never matters."""
    return add_up([left, right])
