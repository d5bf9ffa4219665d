"""The day as the unit: what a run of operational days shows about a ratio.

A day is (numerator, denominator); the ratio is pooled, so days of few tasks weigh
less. Every function takes one run of days, or an array of many runs (runs x days).

In full, over days i = 1..t of numerator k and denominator d, sums over i:

- mean m = sum k / sum d; residual e = (k - m d) / (sum d / t); S2 = sum e^2
- spread s = sqrt(S2 / (t - 1))
- even days u = (sum d^2)^2 / sum d^4: t for equal days, fewer for unequal ones
- skewness g = (sum e^3 / t) / (S2 / t)^1.5 x sqrt(v (v - 1)) / (v - 2), v = max(u, 3)
- lag one c = sum over i < t of e_i e_(i+1) / S2; autocorrelation r = c + (1 + 3c) / t
- held h = 1.2 r, kept within 0..0.95; effective days n = t (1 - h) / (1 + h)
- degrees of freedom f = max(n u / t - 1, 1)

Where S2 < 1e-24 it is taken as 1e-24.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

MINIMUM_DAYS: Final = 28
# Days depend on each other too much to be counted when r may lie above this.
AUTOCORRELATION_MAX: Final = 0.5
# How alike a day's tasks may be in a window without a miss, where it cannot be seen.
STREAK_ICC: Final = 0.2

# The tasks of a day are a sample: their noise hides part of how days depend.
HIDDEN_DEPENDENCE: Final = 1.2

_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class DaySummary:
    """Floats for one run of days, arrays for many.

    Attributes:
        mean: pooled ratio.
        spread: standard deviation between days of the weighted residual.
        skew: its skewness, corrected for few and unequal days.
        autocorrelation: from one day to the next, bias-corrected, may be negative.
        days: days with data.
        effective: days they are worth, given the autocorrelation.
        freedom: degrees of freedom, given unequal days too.
    """

    mean: Any
    spread: Any
    skew: Any
    autocorrelation: Any
    days: int
    effective: Any
    freedom: Any

    @property
    def autocorrelation_high(self) -> Any:
        return self.autocorrelation + 1 / np.sqrt(self.days)

    @property
    def spreadless(self) -> Any:
        return self.spread <= _TINY * np.maximum(1.0, np.abs(self.mean))


def summarise(numerators: ArrayLike, denominators: ArrayLike) -> DaySummary:
    """Summarise days whose denominators are all above zero; at least three."""
    num = np.asarray(numerators, dtype=np.float64)
    den = np.asarray(denominators, dtype=np.float64)
    days = int(num.shape[-1])
    mean = num.sum(-1) / den.sum(-1)
    residual = (num - mean[..., None] * den) / den.mean(-1, keepdims=True)
    square = residual * residual
    squares = square.sum(-1)
    safe = np.maximum(squares, _TINY**2)
    weight = den * den
    even = weight.sum(-1) ** 2 / (weight * weight).sum(-1)
    few = np.maximum(even, 3.0)
    skew = (square * residual).mean(-1) / (safe / days) ** 1.5
    skew *= np.sqrt(few * (few - 1)) / (few - 2)
    lagged = (residual[..., 1:] * residual[..., :-1]).sum(-1) / safe
    autocorrelation = lagged + (1 + 3 * lagged) / days
    held = np.clip(HIDDEN_DEPENDENCE * autocorrelation, 0.0, 0.95)
    effective = days * (1 - held) / (1 + held)
    freedom = np.maximum(effective * even / days - 1, 1.0)
    spread = np.sqrt(squares / (days - 1))
    return DaySummary(mean, spread, skew, autocorrelation, days, effective, freedom)


def hall(days: DaySummary, edge: float, side: int = 1) -> Any:
    """Return Hall's skewness-transformed statistic; large: beyond the edge.

    Side 1 asks whether the ratio lies above the edge, side -1 whether below.

    Source: P. Hall (1992), On the removal of skewness by transformation.
    """
    spread = np.maximum(days.spread, _TINY)
    distance = side * (days.mean - edge) / spread
    skew = side * days.skew
    return np.sqrt(days.effective) * (
        distance
        + skew * distance**2 / 3
        + skew**2 * distance**3 / 27
        + skew / (6 * days.effective)
    )


def confidence_limits(days: DaySummary, critical: float) -> tuple[float, float]:
    """Return the ratios at which Hall's statistic just reaches the critical value."""
    low = days.mean - days.spread * _distance(days, critical, 1)
    high = days.mean + days.spread * _distance(days, critical, -1)
    return float(low), float(high)


def _distance(days: DaySummary, critical: float, side: int) -> float:
    skew = float(side * days.skew)
    wanted = critical / np.sqrt(days.effective) - skew / (6 * days.effective)
    if abs(skew) < 1e-6:  # noqa: PLR2004
        return float(wanted)
    return float(3 / skew * (np.cbrt(1 + skew * wanted) - 1))


def streak_log_chance(
    denominators: ArrayLike, edge: float, worth: Any = 1.0
) -> NDArray[np.float64]:
    """Return ln of the largest chance of a run of days without one miss.

    The largest over every spread of day rates with mean `edge` and an intraclass
    correlation c = STREAK_ICC at most: by the upper principal representation it has
    two points, a perfect day, of chance c edge / (c edge + 1 - edge), and a day of
    rate edge x (1 - c). `worth` is effective days over days.
    """
    den = np.asarray(denominators, dtype=np.float64)
    perfect = STREAK_ICC * edge / (STREAK_ICC * edge + 1 - edge)
    poor = edge * (1 - STREAK_ICC)
    chance = np.log(perfect + (1 - perfect) * poor**den).sum(-1)
    return np.asarray(chance * worth)


def constant_share_limits(
    mean: Any, denominators: ArrayLike, alpha: float
) -> tuple[Any, Any]:
    """Return exact one-sided bounds of a share below one that no day leaves.

    Clopper-Pearson over the tasks the days are worth when those of a day are alike:
    the sum of d / (1 + (d - 1) STREAK_ICC).
    """
    den = np.asarray(denominators, dtype=np.float64)
    worth = (den / (1 + (den - 1) * STREAK_ICC)).sum(-1)
    done, missed = mean * worth, (1 - mean) * worth
    low = scipy.special.betaincinv(done, missed + 1, alpha)
    return low, scipy.special.betaincinv(done + 1, missed, 1 - alpha)


def intraclass_correlation(numerators: ArrayLike, denominators: ArrayLike) -> float:
    """Return how alike the tasks of one day are, 0 (independent) to 1; for display.

    The analysis-of-variance estimate, at least 0; 0 where nothing can be told.

    Source: M. Ridout et al. (1999), Estimating intraclass correlation for binary data.
    """
    num = np.asarray(numerators, dtype=np.float64)
    den = np.asarray(denominators, dtype=np.float64)
    days, total = len(den), float(den.sum())
    if days < 2 or total <= days:  # noqa: PLR2004
        return 0.0
    rate = num / den
    mean = float(num.sum()) / total
    between = float((den * (rate - mean) ** 2).sum()) / (days - 1)
    within = float((den * rate * (1 - rate)).sum()) / (total - days)
    size = (total - float((den**2).sum()) / total) / (days - 1)
    whole = between + (size - 1) * within
    return max(0.0, (between - within) / whole) if whole > 0 else 0.0
