"""From rows to every KPI's integers, by robot and operational day.

Spans and changes come from the twins; here each falls into the time the robot was
due, and the parts of the definitions are summed, condition by condition.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pilotgate_offline import twins
from pilotgate_offline.duty import Due, due_time
from pilotgate_offline.errors import UnreadableError
from pilotgate_offline.terms import Definition, Part, Scope
from pilotgate_offline.twins.rows import CLOCK_CORRECTED, CLOCK_REPLACED, LATE

Integers = tuple[int, int, int]  # numerator, denominator, rows
Key = tuple[int, date, str]  # robot, operational day, KPI
# What each source's rows tell, and so what a part may ask.
COLUMNS = {
    "spans": {"op_state", "degraded", "length_us"},
    "edges": {
        "kind",
        "ref",
        "value",
        "was",
        "since_us",
        "number",
        "step",
        "component",
        "is_due",
        "on_time",
    },
    "meters": {"metric", "level", "up", "elapsed_us"},
    "readings": {"metric", "reading"},
    "samples": {"corrected", "late"},
    "events": {"corrected", "late"},
    "ledger": {"expected", "stored"},
    "duty": {"length_us"},
}
SUMMED_ONLY = {"spans", "ledger", "duty"}
RECEIVED = {"samples", "events"}


@dataclass(frozen=True)
class Telemetry:
    """The tables of a bundle that hold rows."""

    carried: pa.Table
    events: pa.Table
    samples: pa.Table
    signs: pa.Table
    ledger: pa.Table

    def of(self, robot: int) -> dict[str, list[dict[str, Any]]]:
        return {
            name: table.filter(pc.equal(table["robot_id"], robot)).to_pylist()
            for name, table in vars(self).items()
        }


@dataclass(frozen=True)
class Counted:
    """Every integer, with what was excluded left out, and with it left in."""

    kept: Mapping[Key, Integers]
    whole: Mapping[Key, Integers]
    due_us: int
    whole_us: int


@dataclass(frozen=True)
class Fact:
    """One derived row: of a stretch of time, or of an instant (end = start)."""

    source: str
    start_us: int
    end_us: int
    row: Mapping[str, Any]


def count(
    telemetry: Telemetry, definitions: Mapping[str, Definition], scope: Scope
) -> Counted:
    """Compute every integer of every robot, day and KPI."""
    for definition in definitions.values():
        for part in definition.parts:
            _refuse_unknown(part)
    kept: dict[Key, Integers] = {}
    whole: dict[Key, Integers] = {}
    due_us = whole_us = 0
    for robot in sorted(scope.robots):
        facts = list(facts_of(telemetry.of(robot), scope.window))
        for exclude, found in ((True, kept), (False, whole)):
            due = due_time(robot, scope.window, scope.duty, exclude=exclude)
            length = sum(each.end_us - each.start_us for each in due)
            due_us += length if exclude else 0
            whole_us += 0 if exclude else length
            for (day, kpi), told in by_day(facts, due, definitions).items():
                found[robot, day, kpi] = told
    return Counted(kept, whole, due_us, whole_us)


def _refuse_unknown(part: Part) -> None:
    known = COLUMNS.get(part.over)
    if known is None:
        raise UnreadableError(f"part {part.key}: no rows are called {part.over}")
    asked = {each.column for each in part.where} | ({part.sums} - {""})
    if strange := sorted(asked - known):
        raise UnreadableError(f"part {part.key}: {part.over} have no {strange[0]}")
    if part.over in SUMMED_ONLY and not part.sums:
        raise UnreadableError(f"part {part.key}: {part.over} cannot be counted")


def facts_of(
    rows: Mapping[str, Sequence[dict[str, Any]]], window: tuple[int, int]
) -> Iterator[Fact]:
    """Yield all that one robot's rows come to inside [start, end)."""
    told, samples = _least_flagged(rows["events"]), _least_flagged(rows["samples"])
    events = [*rows["carried"], *told]
    signs = [{**row, **NOWHERE} for row in rows["signs"]]
    for span in twins.known_spans([*signs, *samples], events):
        start_us = max(span.start_us, window[0])
        end_us = min(span.end_us, window[1])
        if start_us < end_us:
            about = {"op_state": span.op_state, "degraded": int(span.degraded)}
            yield Fact("spans", start_us, end_us, about)
    received = {"samples": samples, "events": told}
    for fact in (
        *(Fact("edges", e.ts_us, e.ts_us, _change(e)) for e in twins.edges(events)),
        *_read(samples, rows["carried"]),
        *(_row(source, row) for source, found in received.items() for row in found),
        *(Fact(row["source"], row["ts_us"], row["ts_us"], row) for row in signs),
    ):
        if window[0] <= fact.start_us < window[1]:
            yield fact
    for row in rows["ledger"]:
        yield Fact("ledger", row["minute_us"], row["minute_us"], row)


# A sign of life stands in no stream; among the rows of its instant it tells nothing.
NOWHERE = {"stream": "", "session": "", "seq": -1, "ordinal": 0, "metric": ""}


def _least_flagged(rows: Iterable[dict[str, Any]]) -> list[twins.Row]:
    """Keep one of each row; of one that was sent twice, the least flags count."""
    return twins.distinct(sorted(rows, key=lambda row: (_late(row), _corrected(row))))


def _corrected(row: twins.Row) -> int:
    return int(row["quality"] & (CLOCK_CORRECTED | CLOCK_REPLACED) != 0)


def _late(row: twins.Row) -> int:
    return int(row["quality"] & LATE != 0)


def _row(source: str, row: twins.Row) -> Fact:
    about = {"rows": 1, "corrected": _corrected(row), "late": _late(row)}
    return Fact(source, row["ts_us"], row["ts_us"], about)


def _read(samples: Sequence[twins.Row], carried: Sequence[twins.Row]) -> Iterator[Fact]:
    """Yield the readings of meters, held against those carried in, and of samples."""
    before = [_as_sample(row) for row in carried if row["kind"] == "meter"]
    for reading in twins.readings([*before, *samples]):
        about = {
            "metric": reading.metric,
            "level": reading.level,
            "up": reading.up,
            "elapsed_us": reading.elapsed_us,
        }
        yield Fact("meters", reading.ts_us, reading.ts_us, about)
    for row in samples:
        about = {"metric": row["metric"], "reading": row["value"]}
        yield Fact("readings", row["ts_us"], row["ts_us"], about)


def _as_sample(row: twins.Row) -> twins.Row:
    """Read a carried reading: its ref is the metric, its value stream and session."""
    stream, _, session = row["value"].partition(" ")
    told = {"metric": row["ref"], "value": row["number"]}
    return {**row, **told, "stream": stream, "session": session}


def _change(edge: twins.Edge) -> dict[str, Any]:
    return {
        "kind": edge.kind,
        "ref": edge.ref,
        "value": edge.value,
        "was": edge.was,
        "since_us": edge.since_us,
        "number": edge.number,
        "step": edge.step,
        "component": twins.component_of(edge.ref) if edge.kind == "fault" else None,
        "is_due": int(edge.number is not None),
        "on_time": int(edge.number is not None and edge.number >= edge.ts_us),
    }


def by_day(
    facts: Iterable[Fact], due: Sequence[Due], definitions: Mapping[str, Definition]
) -> dict[tuple[date, str], Integers]:
    """Sum facts inside the time due; days without any time due are left out."""
    parts: dict[str, dict[Part, None]] = defaultdict(dict)
    for definition in definitions.values():
        for part in definition.parts:
            parts[part.over][part] = None
    sums: dict[date, dict[Part, int]] = {each.day: defaultdict(int) for each in due}
    rows: dict[date, int] = defaultdict(int)
    duty = [Fact("duty", each.start_us, each.end_us, {}) for each in due]
    for fact in (*facts, *duty):
        for day, length_us in _days_of(fact, due):
            row = {**fact.row, "length_us": length_us}
            rows[day] += _rows(fact)
            for part in parts[fact.source]:
                if all(condition.holds(row) for condition in part.where):
                    sums[day][part] += amount(part, row)
    return {
        (day, key): (
            *definition.divide(sums[day]),
            rows[day],
        )
        for day in sums
        for key, definition in definitions.items()
    }


def amount(part: Part, row: Mapping[str, Any]) -> int:
    """Return what a row adds: a column of it, or how many rows it stands for."""
    return int((row[part.sums] or 0) if part.sums else row.get("rows", 1))


def _rows(fact: Fact) -> int:
    return int(fact.row["rows"]) if fact.source in RECEIVED else 0


def _days_of(fact: Fact, due: Sequence[Due]) -> Iterator[tuple[date, int]]:
    """Yield each day a fact falls on, and for how long it does."""
    at = max(bisect_right(due, fact.start_us, key=lambda each: each.start_us) - 1, 0)
    while at < len(due) and due[at].start_us <= max(fact.start_us, fact.end_us - 1):
        start_us = max(fact.start_us, due[at].start_us)
        end_us = min(fact.end_us, due[at].end_us)
        is_instant = fact.start_us == fact.end_us
        if start_us < end_us:
            yield due[at].day, end_us - start_us
        elif is_instant and due[at].start_us <= fact.start_us < due[at].end_us:
            yield due[at].day, 0
        at += 1
