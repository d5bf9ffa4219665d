"""What a batch must know of the rows before it, as rows.

The carry of a line is what holds at its last row and the last turn of each thing it
told of. Written as canonical events and put before the next batch, it makes folding
and computing at once the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from kpis.engine.rows import LINE, fresh, samples
from robot_bridge.telemetry import SECOND_US, Kind

NEVER_US: Final = -(2**63)
_KINDS: Final = {"int64": pa.int64(), "string": pa.string()}


def _columns(table: ir.Table) -> pa.Schema:
    kinds = table.schema().items()
    return pa.schema([(name, _KINDS[str(kind)]) for name, kind in kinds])


SAMPLES: Final = _columns(samples)
EVENTS: Final = _columns(fresh)
# What holds at a line's last row. op_state is "" where it is not known.
LIVES: Final = pa.schema(
    [
        ("robot_id", pa.int64()),
        ("evidence", pa.string()),
        ("software", pa.string()),
        ("ts_us", pa.int64()),
        ("stream", pa.string()),
        ("session", pa.string()),
        ("seq", pa.int64()),
        ("ordinal", pa.int64()),
        ("op_state", pa.string()),
        ("degraded", pa.int64()),
        ("interval_s", pa.int64()),
    ]
)
# The last turn of each (kind, ref) of a line.
TURNS: Final = pa.schema(
    [
        ("robot_id", pa.int64()),
        ("evidence", pa.string()),
        ("kind", pa.string()),
        ("ref", pa.string()),
        ("value", pa.string()),
        ("number", pa.int64()),
        ("ts_us", pa.int64()),
    ]
)


@dataclass(frozen=True, slots=True)
class Carry:
    """What a batch must know of the rows before it."""

    lives: pa.Table = field(default_factory=LIVES.empty_table)
    turns: pa.Table = field(default_factory=TURNS.empty_table)


def carry_on(older: Carry, newer: Carry) -> Carry:
    """Return the older carry with the newer one's entries in place of its own."""
    return Carry(
        _latest(older.lives, newer.lives, LINE),
        _latest(older.turns, newer.turns, (*LINE, "kind", "ref")),
    )


def _latest(older: pa.Table, newer: pa.Table, key: Sequence[str]) -> pa.Table:
    told = {tuple(row[name] for name in key): row for row in older.to_pylist()}
    told |= {tuple(row[name] for name in key): row for row in newer.to_pylist()}
    return pa.Table.from_pylist(list(told.values()), schema=older.schema)


def split_late(rows: pa.Table, lives: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Part rows that come after their line's last row from those that do not.

    A late row cannot be folded: what it changes lies behind the carry. So does a
    version told at the very instant of the last row, which was counted without it.
    """
    ts_us = rows["ts_us"].to_numpy()
    reached_us = _reached(rows, lives)
    late = ts_us < reached_us
    ends = {tuple(life[name] for name in LINE): life for life in lives.to_pylist()}
    for number in np.flatnonzero(ts_us == reached_us):
        row = rows.slice(number, 1).to_pylist()[0]
        end = ends.get((row["robot_id"], row["evidence"]))
        late[number] = end is not None and (
            place(row) <= place(end) or row.get("kind") == Kind.SOFTWARE
        )
    if not late.any():
        return rows, rows.slice(0, 0)
    return rows.filter(pa.array(~late)), rows.filter(pa.array(late))


def _reached(rows: pa.Table, lives: pa.Table) -> npt.NDArray[np.int64]:
    """Return, for each row, the instant its line has reached."""
    robots = rows["robot_id"].combine_chunks().dictionary_encode()
    kinds = rows["evidence"].combine_chunks().dictionary_encode()
    evidence = {kind: at for at, kind in enumerate(kinds.dictionary.to_pylist())}
    number = {robot_id: at for at, robot_id in enumerate(robots.dictionary.to_pylist())}
    reached = np.full((len(number), len(evidence)), NEVER_US, dtype=np.int64)
    for life in lives.to_pylist():
        if life["robot_id"] in number and life["evidence"] in evidence:
            line = number[life["robot_id"]], evidence[life["evidence"]]
            reached[line] = life["ts_us"]
    return reached[robots.indices.to_numpy(), kinds.indices.to_numpy()]


def place(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Say where a row stands in the reading order of its line."""
    seq = -1 if row["seq"] is None else row["seq"]
    return (row["ts_us"], row["stream"], row["session"], seq, row["ordinal"])


def carried_rows(carry: Carry) -> pa.Table:
    """Write a carry as the canonical rows that would leave it."""
    rows = [
        _told(turn, turn["kind"], turn["ref"], turn["value"], turn["number"])
        for turn in carry.turns.to_pylist()
    ]
    for life in carry.lives.to_pylist():
        interval_us = life["interval_s"] * SECOND_US
        rows.append(_told(life, Kind.SESSION, "", "started", interval_us))
        if life["op_state"]:
            rows.append(_told(life, Kind.OP_STATE, "", life["op_state"]))
        if life["degraded"]:
            rows.append(_told(life, Kind.DEGRADED, "", "entered"))
    return pa.Table.from_pylist(rows, schema=EVENTS)


def _told(
    at: Mapping[str, Any], kind: str, ref: str, value: str, number: int | None = None
) -> dict[str, Any]:
    return {
        "robot_id": at["robot_id"],
        "evidence": at["evidence"],
        "software": at.get("software", ""),
        "ts_us": at["ts_us"],
        "stream": at.get("stream", ""),
        "session": at.get("session", ""),
        "seq": at.get("seq", -1),
        "ordinal": at.get("ordinal", 0),
        "quality": 0,
        "kind": str(kind),
        "ref": ref,
        "value": value,
        "number": number,
    }
