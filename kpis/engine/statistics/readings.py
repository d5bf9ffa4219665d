"""What a look shows: the edge is shown, refuted, or the question stays open.

"Shown" always means: shown to lie on the side the criterion wants.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

import numpy as np
import scipy
from numpy.typing import ArrayLike

from kpis.engine.statistics.bounds import clopper_pearson
from kpis.engine.statistics.days import (
    AUTOCORRELATION_MAX,
    MINIMUM_DAYS,
    DaySummary,
    confidence_limits,
    constant_share_limits,
    hall,
    streak_log_chance,
    summarise,
)
from kpis.engine.statistics.mixtures import (
    burst_size,
    log_e_mtbf_above,
    log_e_mtbf_below,
    overdispersion,
)

# A statistic this close to its boundary decides nothing.
BOUNDARY: Final = 1e-9
EXACT_ALPHA: Final = 0.05
# Counts whose p-value of "one by one" lies below this come in bursts.
BURSTS: Final = 0.05


class Finding(StrEnum):
    SHOWN = "shown"
    REFUTED = "refuted"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Reading:
    """One look at one criterion; `reason` says why an open question is open.

    Reasons: "" | undecided | too_few_days | days_depend | no_spread |
    on_the_boundary | nothing_seen.
    """

    finding: Finding
    reason: str
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    statistic: float | None = None
    critical: float | None = None
    autocorrelation: float | None = None
    days: int = 0
    method: str = ""


def read_days(
    numerators: Sequence[int],
    denominators: Sequence[float],
    edge: float,
    bound: float,
    *,
    side: int = 1,
    share: bool = True,
) -> Reading:
    """Read days by Hall's law.

    One pair a day, every denominator above zero. `edge` is the minimum (side 1) or
    the maximum (side -1) that must be shown, `bound` the look's standard normal
    boundary. A `share` lies in 0..1; a window without a miss is then judged by its
    longest believable luck, and one with misses never more kindly.
    """
    if len(numerators) < MINIMUM_DAYS:
        return _too_few(numerators, denominators)
    days = summarise(numerators, denominators)
    critical, nominal = _critical(days, bound)
    low, high = _limits(days, denominators, float(critical), nominal, share=share)
    gaps = day_gaps(days, denominators, edge, bound, side=side, share=share)
    reason = _objection(days, share=share)
    finding, why = (Finding.OPEN, reason) if reason else _decide(*gaps)
    return Reading(
        finding,
        why,
        estimate=float(days.mean),
        low=low,
        high=high,
        statistic=float(hall(days, edge, side)),
        critical=float(critical),
        autocorrelation=float(days.autocorrelation),
        days=days.days,
        method="days",
    )


def day_gaps(
    days: DaySummary,
    denominators: ArrayLike,
    edge: float,
    bound: float,
    *,
    side: int,
    share: bool,
) -> tuple[Any, Any]:
    """Return by how much "shown" and "refuted" are reached; one run or many.

    Both may be negative; above BOUNDARY it is reached.
    """
    critical, nominal = _critical(days, bound)
    gaps = []
    for way in (side, -side):
        gap = hall(days, edge, way) - critical
        if share:
            luck = streak_log_chance(
                denominators, edge if way == 1 else 1 - edge, _worth(days)
            )
            gap = np.minimum(gap, math.log(nominal) - luck)
        gaps.append(gap)
    if share and np.any(days.spreadless):
        exact = _constant_gaps(days, denominators, edge, nominal)[::side]
        constant = _constant(days)
        gaps = [np.where(constant, *two) for two in zip(exact, gaps, strict=True)]
    return gaps[0], gaps[1]


def _constant_gaps(
    days: DaySummary, denominators: ArrayLike, edge: float, nominal: float
) -> tuple[Any, Any]:
    """Return by how far the exact bounds lie above and below the edge."""
    mean = np.where(_constant(days), days.mean, 0.5)
    low, high = constant_share_limits(mean, denominators, nominal)
    return low - edge, edge - high


def _constant(days: DaySummary) -> Any:
    """Say where no day differs and not every task went one way."""
    return days.spreadless & (days.mean > 0) & (days.mean < 1)


def _critical(days: DaySummary, bound: float) -> tuple[Any, float]:
    """Return Student's critical value of a look, and the look's one-sided level."""
    nominal = float(scipy.special.ndtr(-bound))
    return -scipy.special.stdtrit(days.freedom, nominal), nominal


def _worth(days: DaySummary) -> Any:
    """Return what a day is worth, one where no day differs."""
    return np.where(days.spreadless, 1.0, days.effective / days.days)


def _objection(days: DaySummary, *, share: bool) -> str:
    if bool(days.spreadless):
        return "" if share else "no_spread"
    if float(days.autocorrelation_high) > AUTOCORRELATION_MAX:
        return "days_depend"
    return ""


def _decide(shown: float, refuted: float) -> tuple[Finding, str]:
    if shown > BOUNDARY:
        return Finding.SHOWN, ""
    if refuted > BOUNDARY:
        return Finding.REFUTED, ""
    close = min(abs(shown), abs(refuted)) <= BOUNDARY
    return Finding.OPEN, "on_the_boundary" if close else "undecided"


def _limits(
    days: DaySummary,
    denominators: Sequence[float],
    critical: float,
    nominal: float,
    *,
    share: bool,
) -> tuple[float, float]:
    if share and bool(_constant(days)):
        low, high = constant_share_limits(days.mean, denominators, nominal)
        return float(low), float(high)
    low, high = confidence_limits(days, critical)
    if not share:
        return low, high
    worth = _worth(days)

    def luck(edge: float) -> float:
        return float(streak_log_chance(denominators, edge, worth)) - math.log(nominal)

    streak = _root(luck, 1e-9, 1 - 1e-9)
    return max(0.0, min(low, streak)), min(1.0, max(high, 1 - streak))


def _too_few(numerators: Sequence[int], denominators: Sequence[float]) -> Reading:
    total = sum(denominators)
    estimate = sum(numerators) / total if total else None
    return Reading(
        Finding.OPEN,
        "too_few_days" if total else "nothing_seen",
        estimate=estimate,
        days=len(numerators),
        method="days",
    )


def read_share(done: int, tried: int, edge: float, *, side: int = 1) -> Reading:
    """Read a share by its exact bound; only at the registered end."""
    if tried == 0:
        return Reading(Finding.OPEN, "nothing_seen", method="exact")
    low, high = clopper_pearson(done, tried, EXACT_ALPHA)
    finding, why = _decide(*(low - edge, edge - high)[::side])
    return Reading(
        finding, why, estimate=done / tried, low=low, high=high, method="exact"
    )


def read_counts(
    counts: Sequence[int],
    hours: Sequence[float],
    edge: float,
    bound: float,
) -> Reading:
    """Read failures over time by the gamma mixture, and by days too if they burst.

    One pair a day, every day's hours (or kilometres) above zero; `edge` is the MTBF
    in that unit that must be shown, `bound` serves when the counts come in bursts.
    Failures and hours enter the mixture divided by the size of a burst. Where they
    surely burst, days as the unit must agree, and the wider limit is told.
    Estimate and limits are hours between events; estimate None and high inf where
    none was seen.
    """
    if len(counts) < MINIMUM_DAYS:
        total = sum(counts)
        seen = math.fsum(hours) / total if total else None
        why = "too_few_days" if counts else "nothing_seen"
        return Reading(Finding.OPEN, why, seen, days=len(counts), method="mixture")
    mixture = _read_mixture(counts, hours, edge)
    if overdispersion(counts, hours) >= BURSTS:
        return mixture
    daily = _read_bursts(counts, hours, edge, bound)
    told = daily
    if daily.finding not in {mixture.finding, Finding.OPEN}:
        why = mixture.reason or "undecided"
        told = replace(mixture, finding=Finding.OPEN, reason=why)
    return replace(
        told,
        estimate=mixture.estimate,
        low=min(_known(mixture.low), _known(daily.low)),
        high=max(_known(mixture.high), _known(daily.high)),
        method="days",
    )


def _read_mixture(
    counts: Sequence[int], hours: Sequence[float], edge: float
) -> Reading:
    size = burst_size(counts, hours)
    failures, time = sum(counts) / size, math.fsum(hours) / size
    wanted = -math.log(EXACT_ALPHA)
    above = log_e_mtbf_above(failures, time, edge)
    below = log_e_mtbf_below(failures, time, edge)
    finding, why = _decide(above - wanted, below - wanted)
    ceiling = 1e3 * (time + edge)
    low = _root(
        lambda mtbf: wanted - log_e_mtbf_above(failures, time, mtbf),
        time * 1e-3,
        ceiling,
    )
    high = math.inf
    if failures:
        high = _root(
            lambda mtbf: log_e_mtbf_below(failures, time, mtbf) - wanted,
            time * 1e-3,
            ceiling,
        )
    return Reading(
        finding,
        why,
        estimate=time / failures if failures else None,
        low=low,
        high=high,
        statistic=above,
        critical=wanted,
        days=len(counts),
        method="mixture",
    )


def _read_bursts(
    counts: Sequence[int], hours: Sequence[float], edge: float, bound: float
) -> Reading:
    """Judge events an hour by the day; turn the answer back to hours an event."""
    rate = read_days(counts, hours, 1 / edge, bound, side=-1, share=False)
    low, high = _known(rate.high), _known(rate.low)
    return replace(rate, low=_between(low), high=_between(high))


def _known(value: float | None) -> float:
    """Return a limit that a reading of enough days always has."""
    if value is None:
        raise ValueError("a reading of enough days has both limits")
    return value


def _between(rate: float) -> float:
    return 1 / rate if rate > 0 else math.inf


def _root(rising: Callable[[float], float], low: float, high: float) -> float:
    """Return where a rising function reaches zero, kept within [low, high]."""
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (low, middle) if rising(middle) > 0 else (middle, high)
        if high - low <= 1e-12 * max(1.0, high):
            break
    return (low + high) / 2
