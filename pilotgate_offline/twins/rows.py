"""Rows as they are read: plain dicts, each once, line by line, in one order."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Row = Mapping[str, Any]
Line = tuple[int, str]  # robot, evidence
SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
HOUR_US = 60 * MINUTE_US
VERSION_SIGNS = 64  # of a version told; the rest is cut
# Numbers beyond this are not reckoned with.
HIGHEST = 2**53
# Flags of a row's quality.
CLOCK_CORRECTED, CLOCK_REPLACED, LATE = 1, 2, 4


def place(row: Row) -> tuple[int, str, str, int, int]:
    """Say where a row stands in the reading order of its line."""
    seq = -1 if row["seq"] is None else row["seq"]
    return (row["ts_us"], row["stream"], row["session"], seq, row["ordinal"])


def distinct(rows: Iterable[Row]) -> list[Row]:
    """Keep one of each row, however often it was sent."""
    kept: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        names = ("metric",) if "metric" in row else ("kind", "ref", "value")
        told = tuple(row[name] for name in names)
        key = (row["robot_id"], row["evidence"], row["software"], *place(row), *told)
        kept.setdefault(key, row)
    return list(kept.values())


def lines(rows: Iterable[Row]) -> dict[Line, list[Row]]:
    """Sort rows into lines, each in reading order."""
    found: dict[Line, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["robot_id"], row["evidence"]].append(row)
    return {line: sorted(told, key=place) for line, told in found.items()}


def under_told_software(
    samples: Iterable[Row], events: Iterable[Row]
) -> tuple[list[Row], list[Row]]:
    """Put each row under the version its robot last told, where it told one.

    A version counts from its instant on, for every row of that instant; "" says that
    the robot does not know, and the row's own version, the deployment's, stands.
    """
    events = list(events)
    told: dict[Line, dict[int, str]] = {}
    for line, rows in lines(events).items():
        told[line] = {
            row["ts_us"]: row["value"][:VERSION_SIGNS]
            for row in rows
            if row["kind"] == "software" and row["ref"] == ""
        }
    return (
        [_under(told, row) for row in samples],
        [_under(told, row) for row in events],
    )


def _under(told: Mapping[Line, Mapping[int, str]], row: Row) -> Row:
    versions = told.get((row["robot_id"], row["evidence"]), {})
    at_us = max((ts_us for ts_us in versions if ts_us <= row["ts_us"]), default=None)
    version = "" if at_us is None else versions[at_us]
    return {**row, "software": version} if version else row


def minute_of(ts_us: int) -> int:
    return ts_us - ts_us % MINUTE_US


def facts_of_row(row: Row) -> Iterator[tuple[str, int]]:
    what = "sample" if "metric" in row else "event"
    yield f"{what}_rows", 1
    if row["quality"] & (CLOCK_CORRECTED | CLOCK_REPLACED):
        yield f"{what}s_corrected", 1
    if row["quality"] & LATE:
        yield f"{what}s_late", 1
