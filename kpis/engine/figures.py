"""Figures: what the integers of a window say about each KPI, and how well supported."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final, NamedTuple, Self

from kpis.engine.definition import ENGINE_VERSION, Kpi, gettext_noop
from kpis.engine.parts import (
    DUE_US,
    EVENT_ROWS,
    EXPECTED,
    KNOWN_US,
    SAMPLE_ROWS,
    STORED,
)

RobotDay = tuple[int, date]
Totals = Mapping[RobotDay, Mapping[str, int]]


class Absence(StrEnum):
    """Why a figure has no value."""

    NO_TIME_DUE = "no_time_due"
    NO_DATA = "no_data"
    NO_CASES = "no_cases"
    NOT_READ = "not_read"


ABSENCES: Final = {
    Absence.NO_TIME_DUE: gettext_noop("No robot was due in this time."),
    Absence.NO_DATA: gettext_noop("No telemetry was received for this time."),
    Absence.NO_CASES: gettext_noop("Nothing this figure counts has happened yet."),
    Absence.NOT_READ: gettext_noop(
        "No state holds what this figure counts, and the lake was not read for it yet."
    ),
}


class Day(NamedTuple):
    """One operational day's integers; `rows` is 0 on a day without data."""

    day: date
    num: int
    den: int
    rows: int


class RobotTotal(NamedTuple):
    """One robot's integers over the window."""

    robot_id: int
    num: int
    den: int


@dataclass(frozen=True, slots=True)
class Figure:
    """A KPI's value over a window, with all that says how far to trust it.

    Attributes:
        value: num / den x the definition's scale; None with a `reason` (Absence).
        num, den: the integers divided.
        parts: every integer behind them, and `due_us`.
        by_day: operational days in which a robot was due, oldest first.
        by_robot: the same integers robot by robot.
        samples: rows behind the figure (samples and events).
        expected, stored: messages, by the senders' own numbering.
        coverage: known time / time due; None when nothing was due.
        fresh_at_us: when the newest row behind it was received, µs UTC.
        unexcluded: the value had nothing been excluded.
    """

    kpi: str
    value: Fraction | None
    reason: str
    num: int
    den: int
    parts: Mapping[str, int]
    by_day: tuple[Day, ...]
    by_robot: tuple[RobotTotal, ...]
    samples: int
    expected: int
    stored: int
    coverage: Fraction | None
    fresh_at_us: int | None
    unexcluded: Fraction | None
    engine_version: str
    definition_digest: str

    def as_json(self) -> dict[str, Any]:
        """Write the figure for keeping: integers and texts only."""
        told = {name: getattr(self, name) for name in self.__slots__}
        for name in ("value", "coverage", "unexcluded"):
            told[name] = _written(told[name])
        told["parts"] = dict(self.parts)
        told["by_day"] = [[each.day.isoformat(), *each[1:]] for each in self.by_day]
        told["by_robot"] = [list(each) for each in self.by_robot]
        return told

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Self:
        read = dict(told)
        for name in ("value", "coverage", "unexcluded"):
            read[name] = None if told[name] is None else Fraction(*told[name])
        read["by_day"] = tuple(
            Day(date.fromisoformat(day), *rest) for day, *rest in told["by_day"]
        )
        read["by_robot"] = tuple(RobotTotal(*each) for each in told["by_robot"])
        return cls(**read)


def _written(value: Fraction | None) -> list[int] | None:
    return None if value is None else [value.numerator, value.denominator]


def draw(
    kpis: Sequence[Kpi],
    totals: Totals,
    *,
    unexcluded: Totals | None = None,
    fresh_at_us: int | None = None,
) -> dict[str, Figure]:
    """Turn integers by robot and operational day into figures.

    Args:
        kpis: what to draw.
        totals: the integers of every robot and day that was due, by part key.
        unexcluded: the same had nothing been excluded; None: the same integers.
        fresh_at_us: when the newest row was received.
    """
    whole = add(totals.values())
    other = whole if unexcluded is None else add(unexcluded.values())
    days = by_key(totals, 1)
    robots = by_key(totals, 0)
    return {
        kpi.key: Figure(
            kpi=kpi.key,
            value=_value(kpi, whole),
            reason=_absence(kpi, whole),
            num=kpi.divide(whole)[0],
            den=kpi.divide(whole)[1],
            parts={part.key: whole[part.key] for part in kpi.parts}
            | {DUE_US.key: whole[DUE_US.key]},
            by_day=tuple(
                Day(day, *kpi.divide(parts), _rows(parts))
                for day, parts in sorted(days.items())
            ),
            by_robot=tuple(
                RobotTotal(robot_id, *kpi.divide(parts))
                for robot_id, parts in sorted(robots.items())
            ),
            samples=_rows(whole),
            expected=whole[EXPECTED.key],
            stored=whole[STORED.key],
            coverage=_coverage(whole),
            fresh_at_us=fresh_at_us,
            unexcluded=_value(kpi, other),
            engine_version=ENGINE_VERSION,
            definition_digest=kpi.digest,
        )
        for kpi in kpis
    }


def unread(figure: Figure) -> Figure:
    """Return what can be said of a figure whose parts were not read: not its value."""
    return replace(
        figure,
        value=None,
        reason=Absence.NOT_READ,
        num=0,
        den=0,
        parts={},
        by_day=(),
        by_robot=(),
        unexcluded=None,
    )


def add(parts: Iterable[Mapping[str, int]]) -> Mapping[str, int]:
    """Add integers by name; a name never told is 0."""
    whole: dict[str, int] = defaultdict(int)
    for each in parts:
        for name, number in each.items():
            whole[name] += number
    return whole


def by_key(totals: Totals, place: int) -> dict[Any, Mapping[str, int]]:
    """Add up by robot (0) or by day (1)."""
    found: dict[Any, list[Mapping[str, int]]] = defaultdict(list)
    for key, parts in totals.items():
        found[key[place]].append(parts)
    return {key: add(each) for key, each in found.items()}


def _rows(parts: Mapping[str, int]) -> int:
    return parts[SAMPLE_ROWS.key] + parts[EVENT_ROWS.key]


def _coverage(parts: Mapping[str, int]) -> Fraction | None:
    due_us = parts[DUE_US.key]
    return Fraction(parts[KNOWN_US.key], due_us) if due_us else None


def _value(kpi: Kpi, parts: Mapping[str, int]) -> Fraction | None:
    return None if _absence(kpi, parts) else kpi.finish(parts)


def _absence(kpi: Kpi, parts: Mapping[str, int]) -> str:
    if not parts[DUE_US.key]:
        return Absence.NO_TIME_DUE
    if not _rows(parts):
        return Absence.NO_DATA
    return "" if kpi.divide(parts)[1] else Absence.NO_CASES
