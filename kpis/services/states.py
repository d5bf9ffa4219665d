"""States in PostgreSQL: added to, replaced, and summed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection
from psycopg.errors import NumericValueOutOfRange

from kpis.engine import sums
from kpis.engine.duty import DueSpan
from kpis.engine.errors import StateOverflowError
from kpis.engine.figures import RobotDay
from kpis.engine.parts import DENSE_FACTS, DUE_US, EXPECTED, FACT_KEYS, STORED
from kpis.enums import Tier
from robot_bridge.telemetry import DAY_US, HOUR_US, MINUTE_US

# PostgreSQL keeps this many days' minutes; hours are kept for ever.
MINUTES_KEPT_US: Final = 7 * DAY_US
BUCKET_US: Final = {Tier.MINUTE: MINUTE_US, Tier.HOUR: HOUR_US}

_ADD: Final = """
INSERT INTO kpis_kpistate AS held
    (robot_id, tier, bucket_start_us, evidence, software, facts)
SELECT added.robot_id, %s, added.bucket_us, added.evidence, added.software,
    ARRAY[{columns}]
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::bigint[], {arrays})
    AS added (robot_id, evidence, software, bucket_us, {names})
ON CONFLICT (robot_id, tier, bucket_start_us, evidence, software)
DO UPDATE SET facts = ARRAY[{sums}] || held.facts[{width} + 1:]
"""
_DROP: Final = """
DELETE FROM kpis_kpistate
WHERE robot_id = %s AND tier = %s AND bucket_start_us >= %s AND bucket_start_us < %s
"""
_PRUNE: Final = "DELETE FROM kpis_kpistate WHERE tier = %s AND bucket_start_us < %s"
_READ: Final = """
SELECT robot_id, evidence, software, bucket_start_us, facts FROM kpis_kpistate
WHERE robot_id = %s AND tier = %s AND bucket_start_us >= %s AND bucket_start_us < %s
"""
_PIECES: Final = """
FROM unnest(%s::bigint[], %s::date[], %s::text[], %s::bigint[], %s::bigint[])
    AS due (robot_id, day, tier, start_us, end_us)
"""


def add_states(minutes: pa.Table, *, now_us: int) -> None:
    """Add facts by minute to both tiers; minutes no longer kept go to hours alone.

    Raises:
        StateOverflowError: a sum left int64.
    """
    hours = sums.add_up([minutes], bucket_us=HOUR_US)
    _insert(Tier.HOUR, hours)
    _insert(Tier.MINUTE, _kept(minutes, now_us))


def replace_states(
    robot_id: int, minutes: pa.Table, hours: Iterable[tuple[int, int]], *, now_us: int
) -> None:
    """Put one robot's recomputed minutes in the place of all its facts of the hours.

    `hours`: half-open spans of whole hours, in µs.
    """
    with connection.cursor() as cursor:
        for start_us, end_us in hours:
            for tier in Tier:
                cursor.execute(_DROP, [robot_id, tier, start_us, end_us])
    add_states(minutes, now_us=now_us)


def read_states(robot_id: int, tier: Tier, start_us: int, end_us: int) -> pa.Table:
    """Return one robot's states as a sums.STATE table."""
    with connection.cursor() as cursor:
        cursor.execute(_READ, [robot_id, tier, start_us, end_us])
        rows = [
            dict(zip(sums.KEY, key, strict=True))
            | dict.fromkeys(FACT_KEYS, 0)
            | dict(zip(FACT_KEYS, facts, strict=False))
            for *key, facts in cursor
        ]
    return pa.Table.from_pylist(rows, schema=sums.STATE)


def prune_minutes(*, now_us: int) -> int:
    """Delete the minutes that are no longer kept; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(_PRUNE, [Tier.MINUTE, now_us - MINUTES_KEPT_US])
        return cursor.rowcount


@cache
def _add(width: int) -> str:
    """Write the statement that adds so many facts; a longer state keeps its others."""
    places = range(width)
    return _ADD.format(
        columns=", ".join(f"added.f{place}" for place in places),
        arrays=", ".join("%s::bigint[]" for _ in places),
        names=", ".join(f"f{place}" for place in places),
        sums=", ".join(
            f"coalesce(held.facts[{place + 1}], 0) + EXCLUDED.facts[{place + 1}]"
            for place in places
        ),
        width=width,
    )


def _insert(tier: Tier, rows: pa.Table) -> None:
    """Add states, the few that hold a rare fact apart from the many that hold none."""
    rare = np.zeros(rows.num_rows, dtype=bool)
    for key in FACT_KEYS[DENSE_FACTS:]:
        rare |= rows[key].to_numpy() != 0
    _insert_facts(tier, rows.filter(pa.array(~rare)))
    _insert_facts(tier, rows.filter(pa.array(rare)))


def _insert_facts(tier: Tier, rows: pa.Table) -> None:
    """Add states, leaving out the facts at the end that are 0 in all of them."""
    if not rows.num_rows:
        return
    told = [
        place for place, key in enumerate(FACT_KEYS, 1) if rows[key].to_numpy().any()
    ]
    width = max(told, default=1)
    names = [*sums.KEY, *FACT_KEYS[:width]]
    try:
        with connection.cursor() as cursor:
            values = [_array(rows[name]) for name in names]
            cursor.execute(_add(width), [tier, *values])
    except Exception as error:
        if isinstance(error.__cause__, NumericValueOutOfRange):
            raise StateOverflowError(f"A sum of states left int64: {error}") from error
        raise


def _array(column: pa.ChunkedArray) -> list[str] | str:
    """Write integers as PostgreSQL reads an array; the driver takes ten times longer.

    Words are left to the driver, which quotes them.
    """
    values = column.to_pylist()
    if not pa.types.is_integer(column.type):
        return values
    return f"{{{','.join(map(str, values))}}}"


def _kept(minutes: pa.Table, now_us: int) -> pa.Table:
    return minutes.filter(
        pc.greater_equal(minutes["bucket_us"], now_us - MINUTES_KEPT_US)
    )


Piece = tuple[int, date, Tier, int, int]


def pieces_of(due: Iterable[DueSpan], *, now_us: int) -> list[Piece]:
    """Cut time due into whole hours and the minutes beside them.

    Minutes that are no longer kept are left out; who asks for such a time gets whole
    hours, and the time due counts the same hours.
    """
    pieces: list[Piece] = []
    for span in due:
        first = -(-span.start_us // HOUR_US) * HOUR_US
        last = span.end_us // HOUR_US * HOUR_US
        cuts = [
            (Tier.MINUTE, span.start_us, min(first, span.end_us)),
            (Tier.HOUR, first, last),
            (Tier.MINUTE, max(last, first), span.end_us),
        ]
        pieces += [
            (span.robot_id, span.day, tier, start_us, end_us)
            for tier, start_us, end_us in cuts
            if start_us < end_us
            and (tier is Tier.HOUR or start_us >= now_us - MINUTES_KEPT_US)
        ]
    return pieces


def minute_pieces(due: Iterable[DueSpan]) -> list[Piece]:
    """Return time due as whole minutes; one that the window cuts is in."""
    return [
        (
            span.robot_id,
            span.day,
            Tier.MINUTE,
            span.start_us - span.start_us % MINUTE_US,
            span.end_us,
        )
        for span in due
    ]


def sum_states(
    pieces: Sequence[Piece], keys: Sequence[str], *, evidence: str, software: str = ""
) -> dict[RobotDay, dict[str, int]]:
    """Sum named facts and the time due over the pieces, by robot and day.

    `software` "": every version.
    """
    totals: dict[RobotDay, dict[str, int]] = {}
    for robot_id, day, _tier, start_us, end_us in pieces:
        parts = totals.setdefault((robot_id, day), {DUE_US.key: 0})
        parts[DUE_US.key] += end_us - start_us
    sums = ", ".join(f"sum(held.facts[{FACT_KEYS.index(key) + 1}])" for key in keys)
    query = f"""
SELECT due.robot_id, due.day, {sums} {_PIECES}
JOIN kpis_kpistate held ON held.robot_id = due.robot_id AND held.tier = due.tier
    AND held.bucket_start_us >= due.start_us AND held.bucket_start_us < due.end_us
WHERE held.evidence = %s AND (%s = '' OR held.software = %s)
GROUP BY due.robot_id, due.day
"""
    rows = _ask(query, [*_columns(pieces), evidence, software, software])
    for robot_id, day, *numbers in rows:
        found = {key: int(sum_ or 0) for key, sum_ in zip(keys, numbers, strict=True)}
        totals[robot_id, day] |= found
    return totals


def sum_ledger(pieces: Sequence[Piece]) -> dict[RobotDay, dict[str, int]]:
    """Sum messages expected and stored over the pieces, by robot and day."""
    query = f"""
SELECT due.robot_id, due.day, sum(held.expected), sum(held.stored) {_PIECES}
JOIN robot_bridge_minuteledger held ON held.robot_id = due.robot_id
    AND held.minute_us >= due.start_us AND held.minute_us < due.end_us
GROUP BY due.robot_id, due.day
"""
    return {
        (robot_id, day): {EXPECTED.key: int(expected), STORED.key: int(stored)}
        for robot_id, day, expected, stored in _ask(query, _columns(pieces))
    }


def _columns(pieces: Sequence[Piece]) -> list[list[Any]]:
    return [list(column) for column in zip(*pieces, strict=True)] or [[]] * 5


def _ask(query: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


def joined(
    totals: Mapping[RobotDay, Mapping[str, int]],
    more: Mapping[RobotDay, Mapping[str, int]],
) -> dict[RobotDay, Mapping[str, int]]:
    """Put two tables of integers side by side."""
    return {key: {**parts, **more.get(key, {})} for key, parts in totals.items()}
