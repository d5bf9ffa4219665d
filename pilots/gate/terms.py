"""The words of a gate: what was agreed, what was seen, what follows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

from kpis.engine.statistics import Reading


class Law(StrEnum):
    """By which statistical law a KPI may decide."""

    RATE_BY_DAY = "rate_by_day"
    MEAN_BY_DAY = "mean_by_day"
    COUNT_PER_TIME = "count_per_time"
    TIME_PER_COUNT = "time_per_count"
    SHARE_OF_CASES = "share_of_cases"
    SHOWN = "shown"


class Comparator(StrEnum):
    AT_LEAST = "at_least"
    AT_MOST = "at_most"


class Outcome(StrEnum):
    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    NOT_ENOUGH_EVIDENCE = "not_enough_evidence"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One KPI of a contract as frozen at signature.

    A day's value is numerator / denominator x scale, in `unit`; minimum and target
    are in that unit too. `minimum` must be shown, `target` is designed for.
    """

    kpi: str
    law: Law
    comparator: Comparator
    minimum: Fraction
    target: Fraction
    coverage_min: Fraction
    evidence_kind: str
    unit: str = "1"
    scale: Fraction = Fraction(1)
    disagreement_max: Fraction | None = None
    mandatory: bool = True

    @property
    def decides(self) -> bool:
        return self.mandatory and self.law is not Law.SHOWN


@dataclass(frozen=True, slots=True)
class Day:
    """One operational day of the site, in the KPI's own integers.

    `rows` behind them: 0 on a silent day, which may count against but never proves.
    """

    on: date
    num: int
    den: int
    rows: int = 1


@dataclass(frozen=True, slots=True)
class Roll:
    """Which robots were heard on an operational day, of how many due.

    Due: those deployed, and those contracted that were not deployed by then.
    """

    on: date
    due: int
    heard: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """A day on whose close the gate may decide; registered when the pilot opened."""

    number: int
    on: date


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was measured for one KPI. None means not known, and never passes.

    Attributes:
        kind: the evidence kind the integers were gathered under.
        days: by day, excluded time left out.
        due_days: every operational day from the start to the registered end.
        as_of: the last closed operational day that was measured.
        fresh_on: the last operational day from which anything was received.
        coverage: known share of what was expected.
        robots: the same days robot by robot, by robot code.
        robots_due: how many robots the contract puts to work.
        roll: the roll call of each due day; None in evidence kept before there was one.
        dirty: a range still waits for repair.
        disagreement: robots' word against the plant's or an observer's count.
    """

    kind: str
    days: tuple[Day, ...]
    due_days: tuple[date, ...]
    as_of: date
    fresh_on: date | None = None
    coverage: Fraction | None = None
    samples: int = 0
    robots: Mapping[str, tuple[Day, ...]] = field(default_factory=dict)
    robots_due: int = 1
    roll: tuple[Roll, ...] | None = ()
    dirty: bool = False
    disagreement: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, as a code and the facts a sentence needs."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LookReading:
    look: Look
    reading: Reading


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one criterion comes to; floats are in the criterion's unit.

    `look` is the first decisive look, which stands; `earliest_on` the first
    registered day on which days like those seen would decide, or None.
    """

    criterion: Criterion
    outcome: Outcome
    reasons: tuple[Reason, ...]
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    num: int = 0
    den: int = 0
    look: Look | None = None
    readings: tuple[LookReading, ...] = ()
    earliest_on: date | None = None

    @property
    def decides(self) -> bool:
        return self.criterion.decides


@dataclass(frozen=True, slots=True)
class Overall:
    """What all criteria together come to."""

    outcome: Outcome
    reasons: tuple[Reason, ...]
    earliest_on: date | None = None
