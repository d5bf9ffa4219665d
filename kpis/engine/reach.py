"""How far rows that came late, or stopped counting, change what comes after them.

What holds and what was last told are the only ways in which a row acts on later ones.
So a change ends, for each thing told inside it, where the rows after it make it
forgotten: a held value at the next one told; a turn at the second change after it,
since the first row after it sets the value and the next other value sets its age. A
reading of a meter is held against by the next one, at most an hour later.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa

from kpis.engine import meters, spans, turns
from robot_bridge.telemetry import HOUR_US, Kind, Window

FORGOTTEN_WHEN_TOLD: Final = (Kind.DEGRADED, Kind.SESSION, Kind.SOFTWARE)
NO_TURNS: Final = (*spans.HELD, Kind.FAULTS)

Row = Mapping[str, Any]
Thing = tuple[str, str, str]  # evidence, kind, ref


@dataclass(frozen=True, slots=True)
class Reach:
    """Whole hours outside which no fact changed.

    `things`: whose last turn, as the rows up to the window's end leave it, may be
    another than the one carried; of all others the carry is right.
    """

    window: Window
    things: frozenset[Thing]


def starts_us(dirty: Window) -> int:
    """Return the hour from which facts may differ: a row ends the silence before it."""
    first_us = dirty.start_us - spans.MAX_SILENCE_US
    return first_us - first_us % HOUR_US


def reach(
    dirty: Window,
    before: pa.Table,
    after: pa.Table,
    lines: Collection[str],
    raised: Collection[str],
) -> Reach | None:
    """Return how far a change inside `dirty` reaches; None: to the end.

    Args:
        dirty: where rows of one robot were added or stopped counting.
        before: its events from `starts_us` to the end of `dirty`, those that do not
            count any more among them.
        after: its events from there on, in reading order.
        lines: the evidence kinds with any row inside `dirty`.
        raised: the evidence kinds with a fault that stands when `before` begins.
    """
    told = _of(before, lines)
    inside = [row for row in told if row["ts_us"] >= dirty.start_us]
    later = _of(after, lines)
    if not _faults_rest(told, later, raised):
        return None
    ends = [_held_until(line, inside, later) for line in lines]
    things = {}
    for thing in {_thing(row) for row in inside}:
        if thing[1] not in NO_TURNS:
            things[thing] = _second_change([r for r in later if _thing(r) == thing])
    ends += [end_us for end_us, _ in things.values()]
    if None in ends:
        return None
    metered_us = dirty.end_us + meters.LONGEST_STEP_US
    end_us = max([metered_us, *(end for end in ends if end is not None)])
    return Reach(
        Window(starts_us(dirty), end_us - end_us % HOUR_US + HOUR_US),
        frozenset(thing for thing, (_, is_settled) in things.items() if not is_settled),
    )


def _of(events: pa.Table, lines: Collection[str]) -> list[Row]:
    return [row for row in events.to_pylist() if row["evidence"] in lines]


def _thing(row: Row) -> Thing:
    return row["evidence"], row["kind"], row["ref"]


def _held_until(line: str, inside: Iterable[Row], later: Iterable[Row]) -> int | None:
    """Return when all that is held has been told anew; None: never.

    The state last, and always: another silence forgets it.
    """
    # Software with a ref is a component's, which holds nothing.
    told, own = (
        [row for row in rows if row["evidence"] == line and not _of_component(row)]
        for rows in (inside, later)
    )
    kinds = {row["kind"] for row in told} & {*FORGOTTEN_WHEN_TOLD}
    ends = [_next_told(own, kind) for kind in kinds]
    if None in ends:
        return None
    since_us = max((end for end in ends if end is not None), default=0)
    return _next_told([r for r in own if r["ts_us"] >= since_us], Kind.OP_STATE)


def _of_component(row: Row) -> bool:
    return row["kind"] == Kind.SOFTWARE and row["ref"] != ""


def _next_told(later: Iterable[Row], kind: str) -> int | None:
    return next((row["ts_us"] for row in later if row["kind"] == kind), None)


def _second_change(rows: Sequence[Row]) -> tuple[int, bool]:
    """Return where a thing's turns are as they were; False: its last one may differ."""
    if not rows:
        return 0, False
    first = _token(rows[0])
    for row in rows:
        if _token(row) != first:
            return row["ts_us"], True
    return rows[0]["ts_us"], False


def _token(row: Row) -> tuple[str, int | None]:
    return row["value"], row["number"] if row["kind"] in turns.NUMBERED else None


def _faults_rest(
    told: Sequence[Row], later: Sequence[Row], raised: Collection[str]
) -> bool:
    """Say whether no set of faults changed: a set speaks of any fault.

    So it was empty before, is empty throughout, and at the next telling too.
    """
    sets = [row for row in told if row["kind"] == Kind.FAULTS]
    for line in {row["evidence"] for row in sets}:
        following = [r for r in later if _thing(r)[:2] == (line, Kind.FAULTS)][:1]
        singly = any(_thing(r)[:2] == (line, Kind.FAULT) for r in [*told, *later])
        if singly or line in raised:
            return False
        own = [row for row in sets if row["evidence"] == line]
        if any(row["value"] != "[]" for row in [*own, *following]):
            return False
    return True
