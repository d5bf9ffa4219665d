"""From a criterion's law to one reading of so many days."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from kpis.engine.statistics import (
    Finding,
    Reading,
    read_counts,
    read_days,
    read_share,
)
from pilots.gate.terms import Comparator, Criterion, Day, Law


def with_data(criterion: Criterion, days: Sequence[Day]) -> tuple[Day, ...]:
    """Return the days that say something: tasks due, or time at work."""
    return tuple(sorted((d for d in days if exposure(criterion, d) > 0), key=_by_date))


def exposure(criterion: Criterion, day: Day) -> int:
    return day.num if criterion.law is Law.TIME_PER_COUNT else day.den


def read(criterion: Criterion, days: Sequence[Day], bound: float) -> Reading:
    """Read days with data by the criterion's law, in the criterion's unit."""
    if criterion.law in {Law.COUNT_PER_TIME, Law.TIME_PER_COUNT}:
        return _counts(criterion, days, bound)
    if criterion.law is Law.SHARE_OF_CASES:
        return _exact(criterion, days)
    return _ratio(criterion, days, bound)


def _ratio(criterion: Criterion, days: Sequence[Day], bound: float) -> Reading:
    scale = float(criterion.scale)
    reading = read_days(
        [day.num for day in days],
        [day.den for day in days],
        float(criterion.minimum / criterion.scale),
        bound,
        side=_side(criterion),
        share=criterion.law is Law.RATE_BY_DAY,
    )
    return _in_unit(reading, lambda ratio: ratio * scale)


def _exact(criterion: Criterion, days: Sequence[Day]) -> Reading:
    done, tried = sum(day.num for day in days), sum(day.den for day in days)
    reading = read_share(done, tried, float(criterion.minimum), side=_side(criterion))
    return replace(reading, days=len(days))


def _counts(criterion: Criterion, days: Sequence[Day], bound: float) -> Reading:
    """Judge exposure between events, whichever way up the KPI is written."""
    scale, minimum = criterion.scale, criterion.minimum
    upright = criterion.law is Law.TIME_PER_COUNT
    wants_long_gaps = upright == (criterion.comparator is Comparator.AT_LEAST)
    if not wants_long_gaps or minimum <= 0:
        return Reading(Finding.OPEN, "unsuitable", method="mixture")
    reading = read_counts(
        [day.den if upright else day.num for day in days],
        [float(exposure(criterion, day)) for day in days],
        float(minimum / scale if upright else scale / minimum),
        bound,
    )
    if upright:
        return _in_unit(reading, lambda gap: gap * float(scale))
    turned = _in_unit(reading, lambda gap: _inverse(gap) * float(scale))
    estimate = 0.0 if reading.estimate is None and days else turned.estimate
    return replace(turned, estimate=estimate, low=turned.high, high=turned.low)


def _in_unit(reading: Reading, turn: Any) -> Reading:
    def told(value: float | None) -> float | None:
        return None if value is None else float(turn(value))

    return replace(
        reading,
        estimate=told(reading.estimate),
        low=told(reading.low),
        high=told(reading.high),
    )


def _inverse(gap: float) -> float:
    if math.isinf(gap):
        return 0.0
    return 1 / gap if gap > 0 else math.inf


def _side(criterion: Criterion) -> int:
    return 1 if criterion.comparator is Comparator.AT_LEAST else -1


def _by_date(day: Day) -> Any:
    return day.on
