"""The day as the unit: what a run of operational days shows about a ratio.

A day is (numerator, denominator); the ratio is pooled, so days of few tasks weigh
less. Every function takes one run of days, or an array of many runs (runs x days).
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

MINIMUM_DAYS: Final = 28
# Days depend on each other too much to be counted when r may lie above this.
AUTOCORRELATION_MAX: Final = 0.5
# How alike a day's tasks may be in a window without a miss, where it cannot be seen.
STREAK_ICC: Final = 0.2

_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class DaySummary:
    """Floats for one run of days, arrays for many.

    Attributes:
        mean: pooled ratio.
        spread: standard deviation between days of the weighted residual.
        skew: its skewness.
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
    squares = (residual**2).sum(-1)
    safe = np.maximum(squares, _TINY**2)
    skew = (residual**3).mean(-1) / (safe / days) ** 1.5
    lagged = (residual[..., 1:] * residual[..., :-1]).sum(-1) / safe
    autocorrelation = lagged + (1 + 3 * lagged) / days
    held = np.clip(autocorrelation, 0.0, 0.95)
    effective = days * (1 - held) / (1 + held)
    evenness = den.sum(-1) ** 2 / (days * (den**2).sum(-1))
    freedom = np.maximum(effective * evenness - 1, 1.0)
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
    denominators: ArrayLike, edge: float, autocorrelation: Any = 0.0
) -> NDArray[np.float64]:
    """Return ln of the largest chance of a run of days without one miss.

    The largest over every spread of day rates with mean `edge` and an intraclass
    correlation of at most STREAK_ICC: by the upper principal representation it has
    two points, a perfect day and a day of rate edge x (1 - ICC).
    """
    den = np.asarray(denominators, dtype=np.float64)
    room = STREAK_ICC * edge + 1 - edge
    perfect = STREAK_ICC * edge / room
    poor = edge * (1 - STREAK_ICC)
    held = np.clip(autocorrelation, 0.0, 0.95)
    chance = np.log(perfect + (1 - perfect) * poor**den).sum(-1)
    return np.asarray(chance * (1 - held) / (1 + held))
