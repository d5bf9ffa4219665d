"""The carry in PostgreSQL: a line's watermark and its last turns."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection

from kpis.engine.carry import LIVES, TURNS, Carry
from kpis.models import CarriedTurn, Watermark

_LIVES: Final = """
SELECT robot_id, evidence, software, ts_us, stream, session, seq, ordinal, op_state,
    degraded::int, interval_s
FROM kpis_watermark WHERE robot_id = ANY(%s)
"""
_TURNS: Final = """
SELECT held.robot_id, held.evidence, held.kind, held.ref, held.value, held.number,
    held.ts_us
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[])
    AS asked (robot_id, evidence, kind, ref)
JOIN kpis_carriedturn held ON held.robot_id = asked.robot_id
    AND held.evidence = asked.evidence AND held.kind = asked.kind
    AND md5(held.ref) = md5(asked.ref)
UNION
SELECT robot_id, evidence, kind, ref, value, number, ts_us
FROM kpis_carriedturn WHERE robot_id = ANY(%s) AND kind = 'fault'
UNION
SELECT robot_id, evidence, kind, ref, value, number, ts_us
FROM kpis_carriedturn WHERE robot_id = ANY(%s)
    AND (kind = 'meter' OR kind = 'software' AND ref = '')
"""
_KEEP_LIVES: Final = """
INSERT INTO kpis_watermark (robot_id, evidence, software, ts_us, stream, session, seq,
    ordinal, op_state, degraded, interval_s, received_us)
SELECT robot_id, evidence, software, ts_us, stream, session, seq, ordinal, op_state,
    degraded::bool, interval_s, 0
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::bigint[], %s::text[],
    %s::text[], %s::bigint[], %s::int[], %s::text[], %s::int[], %s::int[])
    AS told (robot_id, evidence, software, ts_us, stream, session, seq, ordinal,
        op_state, degraded, interval_s)
ON CONFLICT (robot_id, evidence) DO UPDATE SET software = EXCLUDED.software,
    ts_us = EXCLUDED.ts_us, stream = EXCLUDED.stream, session = EXCLUDED.session,
    seq = EXCLUDED.seq, ordinal = EXCLUDED.ordinal, op_state = EXCLUDED.op_state,
    degraded = EXCLUDED.degraded, interval_s = EXCLUDED.interval_s
"""
_KEEP_TURNS: Final = """
INSERT INTO kpis_carriedturn (robot_id, evidence, kind, ref, value, number, ts_us)
SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[],
    %s::bigint[], %s::bigint[])
ON CONFLICT (robot_id, evidence, kind, md5(ref)) DO UPDATE SET
    value = EXCLUDED.value, number = EXCLUDED.number, ts_us = EXCLUDED.ts_us
"""
_RECEIVED: Final = """
UPDATE kpis_watermark held SET received_us = told.received_us
FROM unnest(%s::bigint[], %s::text[], %s::bigint[])
    AS told (robot_id, evidence, received_us)
WHERE held.robot_id = told.robot_id AND held.evidence = told.evidence
    AND held.received_us < told.received_us
"""


def lives_of(robot_ids: Iterable[int]) -> pa.Table:
    """Return what holds at the robots' watermarks (LIVES)."""
    return _table(_LIVES, [list(robot_ids)], LIVES)


def turns_before(events: pa.Table, robot_ids: Iterable[int]) -> pa.Table:
    """Return the last turns that these robots' rows are held against (TURNS).

    A snapshot of faults may speak of any fault of its robot, so these all come along;
    so do the version that each robot last told and the readings of its meters.
    """
    asked = events.select(["robot_id", "evidence", "kind", "ref"])
    asked = asked.group_by(asked.column_names).aggregate([])
    snapshots = events.filter(pc.equal(events["kind"], "faults"))["robot_id"]
    values = [
        *asked.to_pydict().values(),
        pc.unique(snapshots).to_pylist(),
        list(robot_ids),
    ]
    return _table(_TURNS, values, TURNS)


def keep_carry(carry: Carry) -> None:
    """Write changed entries over those that stand."""
    with connection.cursor() as cursor:
        if carry.lives.num_rows:
            cursor.execute(_KEEP_LIVES, _columns(carry.lives))
        if carry.turns.num_rows:
            cursor.execute(_KEEP_TURNS, _columns(carry.turns))


def keep_received(tables: Sequence[pa.Table]) -> None:
    """Note when the newest row of each line came."""
    lines = pa.concat_tables(
        [table.select(["robot_id", "evidence", "recv_us"]) for table in tables]
    )
    newest = lines.group_by(["robot_id", "evidence"]).aggregate([("recv_us", "max")])
    if newest.num_rows:
        with connection.cursor() as cursor:
            cursor.execute(
                _RECEIVED,
                _columns(newest.select(["robot_id", "evidence", "recv_us_max"])),
            )


def replace_carry(robot_id: int, carry: Carry) -> None:
    """Put a recomputed carry in the place of all that stands for a robot."""
    CarriedTurn.objects.filter(robot_id=robot_id).delete()
    kept = [life["evidence"] for life in carry.lives.to_pylist()]
    Watermark.objects.filter(robot_id=robot_id).exclude(evidence__in=kept).delete()
    keep_carry(carry)


def replace_turns(
    robot_id: int, things: Iterable[tuple[str, str, str]], carry: Carry
) -> None:
    """Replace the last turns of some things: (evidence, kind, ref)."""
    wanted = set(things)
    held = CarriedTurn.objects.filter(robot_id=robot_id)
    for evidence, kind, ref in wanted:
        held.filter(evidence=evidence, kind=kind, ref=ref).delete()
    turns = [
        turn
        for turn in carry.turns.to_pylist()
        if (turn["evidence"], turn["kind"], turn["ref"]) in wanted
    ]
    keep_carry(Carry(turns=pa.Table.from_pylist(turns, schema=TURNS)))


def _columns(table: pa.Table) -> list[list[Any]]:
    return [column.to_pylist() for column in table.columns]


def _table(query: str, values: list[Any], schema: pa.Schema) -> pa.Table:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        rows = cursor.fetchall()
    columns = [list(column) for column in zip(*rows, strict=True)]
    return pa.table(columns, schema=schema) if rows else schema.empty_table()
