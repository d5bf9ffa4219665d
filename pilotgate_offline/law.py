"""The law by which days decide, written out: the operational day is the unit.

Shares and means are pooled ratios; a day is (numerator, denominator). The statistic
is Hall's skewness-corrected one, held against Student's t at looks registered
beforehand, with alpha spent as Lan and DeMets do (O'Brien-Fleming type).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import inf, log, pi, sqrt

import numpy as np
from scipy import stats

ALPHA = 0.04  # over all looks, one-sided
MINIMUM_DAYS = 28
AUTOCORRELATION_MAX = 0.5
ALIKE = 0.2  # how alike a day's tasks may be where it cannot be seen
HIDDEN_DEPENDENCE = 1.2
BOUNDARY = 1e-9  # a statistic this close to its boundary decides nothing
TINY = 1e-12

SHOWN, REFUTED, OPEN = "shown", "refuted", "open"


@dataclass(frozen=True)
class Reading:
    """One look at one criterion."""

    finding: str
    reason: str
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    statistic: float | None = None
    critical: float | None = None
    autocorrelation: float | None = None
    days: int = 0
    method: str = ""


@dataclass(frozen=True)
class Summary:
    """What a run of days comes to."""

    mean: float
    spread: float
    skewness: float
    autocorrelation: float
    days: int
    effective: float
    freedom: float

    @property
    def has_no_spread(self) -> bool:
        return self.spread <= TINY * max(1.0, abs(self.mean))

    @property
    def worth(self) -> float:
        """How much of a day each day is worth."""
        return 1.0 if self.has_no_spread else self.effective / self.days


def summary(numerators: Sequence[float], denominators: Sequence[float]) -> Summary:
    """Summarise three days or more whose denominators are all above zero."""
    t = len(numerators)
    total = sum(denominators)
    mean = sum(numerators) / total
    e = [
        (k - mean * d) / (total / t)
        for k, d in zip(numerators, denominators, strict=True)
    ]
    squares = sum(x * x for x in e)
    safe = max(squares, TINY**2)
    fourth = sum(float(d) ** 4 for d in denominators)
    even = sum(float(d) ** 2 for d in denominators) ** 2 / fourth
    v = max(even, 3.0)
    skewness = (sum(x**3 for x in e) / t) / (safe / t) ** 1.5
    skewness *= sqrt(v * (v - 1)) / (v - 2)
    lag = sum(e[i] * e[i + 1] for i in range(t - 1)) / safe
    r = lag + (1 + 3 * lag) / t
    held = min(max(HIDDEN_DEPENDENCE * r, 0.0), 0.95)
    effective = t * (1 - held) / (1 + held)
    freedom = max(effective * even / t - 1, 1.0)
    return Summary(mean, sqrt(squares / (t - 1)), skewness, r, t, effective, freedom)


def hall(days: Summary, edge: float, side: int) -> float:
    """Return Hall's statistic: how far the ratio lies beyond the edge, side 1 or -1."""
    w = side * (days.mean - edge) / max(days.spread, TINY)
    g = side * days.skewness
    n = days.effective
    return sqrt(n) * (w + g * w**2 / 3 + g**2 * w**3 / 27 + g / (6 * n))


def log_luck(denominators: Sequence[float], edge: float, worth: float) -> float:
    """Return ln of the largest chance that a run of days has no miss at all.

    Over every spread of day rates of mean `edge` whose tasks are alike up to ALIKE,
    a perfect day and a day of rate edge x (1 - ALIKE) give the largest.
    """
    perfect = ALIKE * edge / (ALIKE * edge + 1 - edge)
    poor = edge * (1 - ALIKE)
    return worth * sum(log(perfect + (1 - perfect) * poor**d) for d in denominators)


def constant_limits(
    mean: float, denominators: Sequence[float], level: float
) -> tuple[float, float]:
    """Return the exact bounds of a share below one that no day leaves."""
    worth = sum(d / (1 + (d - 1) * ALIKE) for d in denominators)
    done, missed = mean * worth, (1 - mean) * worth
    low = float(stats.beta.ppf(level, done, missed + 1))
    return low, float(stats.beta.ppf(1 - level, done + 1, missed))


def read_days(
    numerators: Sequence[float],
    denominators: Sequence[float],
    edge: float,
    bound: float,
    *,
    side: int,
    share: bool,
) -> Reading:
    """Read days at one look; `bound` is the look's standard normal boundary."""
    t = len(numerators)
    if t < MINIMUM_DAYS:
        total = sum(denominators)
        estimate = sum(numerators) / total if total else None
        reason = "too_few_days" if total else "nothing_seen"
        return Reading(OPEN, reason, estimate, days=t, method="days")
    days = summary(numerators, denominators)
    level = float(stats.norm.sf(bound))
    critical = float(stats.t.isf(level, days.freedom))
    is_constant = share and days.has_no_spread and 0 < days.mean < 1
    if is_constant:
        low, high = constant_limits(days.mean, denominators, level)
        gaps = (low - edge, edge - high)[::side]
    else:
        low, high = limits(days, denominators, critical, level, share=share)
        gaps = (
            gap(days, denominators, edge, (critical, level), side, share=share),
            gap(days, denominators, edge, (critical, level), -side, share=share),
        )
    finding, reason = decide(*gaps)
    if objection := _objection(days, share=share):
        finding, reason = OPEN, objection
    return Reading(
        finding,
        reason,
        days.mean,
        low,
        high,
        hall(days, edge, side),
        critical,
        days.autocorrelation,
        days.days,
        "days",
    )


def gap(
    days: Summary,
    denominators: Sequence[float],
    edge: float,
    critical_and_level: tuple[float, float],
    way: int,
    *,
    share: bool,
) -> float:
    """Return by how much one way is shown; a share also answers for its luck."""
    critical, level = critical_and_level
    found = hall(days, edge, way) - critical
    if not share:
        return found
    wanted = edge if way == 1 else 1 - edge
    return min(found, log(level) - log_luck(denominators, wanted, days.worth))


def _objection(days: Summary, *, share: bool) -> str:
    if days.has_no_spread:
        return "" if share else "no_spread"
    high = days.autocorrelation + 1 / sqrt(days.days)
    return "days_depend" if high > AUTOCORRELATION_MAX else ""


def decide(shown: float, refuted: float) -> tuple[str, str]:
    if shown > BOUNDARY:
        return SHOWN, ""
    if refuted > BOUNDARY:
        return REFUTED, ""
    close = min(abs(shown), abs(refuted)) <= BOUNDARY
    return OPEN, "on_the_boundary" if close else "undecided"


def limits(
    days: Summary,
    denominators: Sequence[float],
    critical: float,
    level: float,
    *,
    share: bool,
) -> tuple[float, float]:
    """Return the ratios at which the statistic just reaches its critical value."""
    low = days.mean - days.spread * _distance(days, critical, 1)
    high = days.mean + days.spread * _distance(days, critical, -1)
    if not share:
        return low, high

    def luck(edge: float) -> float:
        return log_luck(denominators, edge, days.worth) - log(level)

    streak = root(luck, 1e-9, 1 - 1e-9)
    return max(0.0, min(low, streak)), min(1.0, max(high, 1 - streak))


def _distance(days: Summary, critical: float, side: int) -> float:
    """Solve Hall's cubic: (1 + g w / 3)^3 = 1 + g (T / sqrt n - g / 6n)."""
    g = side * days.skewness
    wanted = critical / sqrt(days.effective) - g / (6 * days.effective)
    if abs(g) < 1e-6:  # noqa: PLR2004 - no skewness, no cubic
        return wanted
    return 3 / g * (float(np.cbrt(1 + g * wanted)) - 1)


def root(rising: Callable[[float], float], low: float, high: float) -> float:
    """Return where a rising function reaches zero, kept within [low, high]."""
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (low, middle) if rising(middle) > 0 else (middle, high)
        if high - low <= 1e-12 * max(1.0, high):
            break
    return (low + high) / 2


FLOOR = -9.0
POINTS = 601
LEAST = 1e-15


@lru_cache(maxsize=512)
def spending_bounds(looks: tuple[tuple[int, float], ...]) -> tuple[float, ...]:
    """Return the standard normal boundary of each look (days so far, share spent).

    The walk's density is carried from look to look on POINTS points from FLOOR to
    the boundary by the trapezoid rule; these are part of the law.
    """
    grid, mass, days_before, spent = np.zeros(1), np.ones(1), 0, 0.0
    bounds = []
    for days, share in looks:
        allowed = 2 * stats.norm.sf(stats.norm.isf(ALPHA / 2) / sqrt(share))
        keep = sqrt(days_before / days)
        width = sqrt(1 - days_before / days)
        bound = _boundary(keep * grid, mass, width, max(allowed - spent, LEAST))
        grid, mass = _walk_on(keep * grid, mass, width, bound)
        days_before, spent = days, max(spent, allowed)
        bounds.append(bound)
    return tuple(bounds)


def _boundary(
    centre: np.ndarray, mass: np.ndarray, width: float, chance: float
) -> float:
    """Return the boundary that is crossed with just this chance."""
    low, high = -1.0, -FLOOR
    for _ in range(60):
        middle = (low + high) / 2
        crossed = float(np.sum(mass * stats.norm.cdf((centre - middle) / width)))
        low, high = (middle, high) if crossed > chance else (low, middle)
    return high


def _walk_on(
    centre: np.ndarray, mass: np.ndarray, width: float, bound: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the density of the walk that has crossed no boundary so far."""
    grid = np.linspace(FLOOR, bound, POINTS)
    step = grid[1] - grid[0]
    after = []
    for number, point in enumerate(grid):
        density = np.exp(-(((point - centre) / width) ** 2) / 2) @ mass
        half = 0.5 if number in {0, POINTS - 1} else 1.0
        after.append(half * step * density / (width * sqrt(2 * pi)))
    return grid, np.array(after)


def single_bound() -> float:
    """Return the boundary of a question that is asked once."""
    return float(stats.norm.isf(ALPHA))


def inverse(value: float) -> float:
    return 1 / value if value > 0 else inf
