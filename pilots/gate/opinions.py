"""Second opinions: other laws on the same days. Shown, never deciding."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kpis.engine.statistics import (
    MINIMUM_DAYS,
    clopper_pearson,
    intraclass_correlation,
    log_e_mtbf_above,
    log_e_share_above,
    mtbf_span,
    summarise,
)
from pilots.gate.laws import exposure, with_data
from pilots.gate.terms import Comparator, Criterion, Day, Law

ALPHA: Final = 0.05
# From here on a page warns that one day's rate tells much of the next one's.
WARN_AUTOCORRELATION: Final = 0.3

_SECOND_US: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Opinion:
    """What taking every task or failure for independent of the others would say.

    Attributes:
        method: tasks | failures.
        log_e: ln of the e-value against "the minimum is missed"; 3.0 would show it.
        low, high: exact one-sided 95 % bounds, in the criterion's unit.
    """

    method: str
    log_e: float
    low: float
    high: float

    @property
    def shows(self) -> bool:
        return self.log_e > -math.log(ALPHA)


@dataclass(frozen=True, slots=True)
class Dependence:
    """How alike tasks of a day are, and one day's rate and the next."""

    icc: float
    autocorrelation: float

    @property
    def is_large(self) -> bool:
        return self.autocorrelation > WARN_AUTOCORRELATION


def second_opinion(criterion: Criterion, days: Sequence[Day]) -> Opinion | None:
    """Judge by counts alone, read any day; None where no such law applies."""
    told = [day for day in with_data(criterion, days) if day.rows > 0]
    if not told or not criterion.minimum > 0:
        return None
    if criterion.law in {Law.RATE_BY_DAY, Law.SHARE_OF_CASES}:
        return _by_tasks(criterion, told)
    if criterion.law in {Law.TIME_PER_COUNT, Law.COUNT_PER_TIME}:
        return _by_failures(criterion, told)
    return None


def dependence(criterion: Criterion, days: Sequence[Day]) -> Dependence | None:
    """Say how the days of a share depend; None before 28 days with data."""
    told = [day for day in with_data(criterion, days) if day.rows > 0]
    if criterion.law is not Law.RATE_BY_DAY or len(told) < MINIMUM_DAYS:
        return None
    num, den = [day.num for day in told], [day.den for day in told]
    found = float(summarise(num, den).autocorrelation)
    return Dependence(intraclass_correlation(num, den), min(found, 1.0))


def _by_tasks(criterion: Criterion, days: Sequence[Day]) -> Opinion | None:
    if criterion.unit != "1" or criterion.minimum >= 1 or _is_time(days):
        return None
    done, tried = sum(day.num for day in days), sum(day.den for day in days)
    low, high = clopper_pearson(done, tried, ALPHA)
    minimum = float(criterion.minimum)
    if criterion.comparator is Comparator.AT_LEAST:
        return Opinion("tasks", log_e_share_above(done, tried, minimum), low, high)
    log_e = log_e_share_above(tried - done, tried, 1 - minimum)
    return Opinion("tasks", log_e, low, high)


def _by_failures(criterion: Criterion, days: Sequence[Day]) -> Opinion | None:
    upright = criterion.law is Law.TIME_PER_COUNT
    if upright != (criterion.comparator is Comparator.AT_LEAST):
        return None
    failures = sum(day.den if upright else day.num for day in days)
    time = float(sum(exposure(criterion, day) for day in days))
    scale = float(criterion.scale)
    minimum = float(criterion.minimum)
    gap = minimum / scale if upright else scale / minimum
    log_e = log_e_mtbf_above(failures, time, gap)
    low, high = mtbf_span(time, failures, ALPHA)
    if upright:
        return Opinion("failures", log_e, low * scale, high * scale)
    return Opinion("failures", log_e, scale / high, scale / low)


def _is_time(days: Sequence[Day]) -> bool:
    """Say whether a share is one of microseconds, of which none is independent."""
    return max(day.den for day in days) >= _SECOND_US
