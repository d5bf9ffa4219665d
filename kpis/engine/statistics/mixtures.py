"""E-processes: evidence that may be read any day, and the test for bursts.

ln E above ln(1 / alpha) refutes the null hypothesis whenever it happens.
"""

import math
from collections.abc import Sequence
from typing import Final

import scipy

# So many events must be seen before half of what bursts may hide is believed away.
UNSEEN: Final = 4


def log_e_share_above(done: int, tried: int, minimum: float) -> float:
    """Return ln E against "the share is at most the minimum"; uniform mixture."""
    fails = tried - done
    weight = float(scipy.special.betaincc(1 + done, 1 + fails, minimum))
    if weight <= 0:
        return -math.inf
    return (
        float(scipy.special.betaln(1 + done, 1 + fails))
        + math.log(weight)
        - math.log1p(-minimum)
        - done * math.log(minimum)
        - fails * math.log1p(-minimum)
    )


def log_e_share_below(done: int, tried: int, minimum: float) -> float:
    """Return ln E against "the share is at least the minimum"."""
    fails = tried - done
    weight = float(scipy.special.betainc(1 + done, 1 + fails, minimum))
    if weight <= 0:
        return -math.inf
    return (
        float(scipy.special.betaln(1 + done, 1 + fails))
        + math.log(weight)
        - math.log(minimum)
        - done * math.log(minimum)
        - fails * math.log1p(-minimum)
    )


def log_e_mtbf_above(failures: float, hours: float, minimum: float) -> float:
    """Return ln E against "the MTBF is at most the minimum"; gamma(1) mixture.

    Failures need not be whole: bursts are told as failures and hours over their size.
    """
    rate = 1 / minimum
    return _log_gamma_mixture(
        failures,
        hours,
        minimum,
        seen=float(scipy.special.gammainc(1 + failures, (minimum + hours) * rate)),
        prior=float(scipy.special.gammainc(1, minimum * rate)),
    )


def log_e_mtbf_below(failures: float, hours: float, minimum: float) -> float:
    """Return ln E against "the MTBF is at least the minimum"."""
    rate = 1 / minimum
    return _log_gamma_mixture(
        failures,
        hours,
        minimum,
        seen=float(scipy.special.gammaincc(1 + failures, (minimum + hours) * rate)),
        prior=float(scipy.special.gammaincc(1, minimum * rate)),
    )


def _log_gamma_mixture(
    failures: float, hours: float, minimum: float, *, seen: float, prior: float
) -> float:
    if seen <= 0:
        return -math.inf
    return (
        math.lgamma(1 + failures)
        + math.log(seen)
        + math.log(minimum)
        - math.log(prior)
        - (1 + failures) * math.log(minimum + hours)
        + failures * math.log(minimum)
        + hours / minimum
    )


def overdispersion(counts: Sequence[int], exposures: Sequence[float]) -> float:
    """Return the p-value of "counts come one by one", small when in bursts.

    Pearson's index over days of unequal exposure; 1.0 where nothing can be said.
    """
    index, freedom = _pearson(counts, exposures)
    return float(scipy.special.chdtrc(freedom, index)) if freedom else 1.0


def burst_size(counts: Sequence[int], exposures: Sequence[float]) -> float:
    """Return how many events are to be taken for one; more than one, always.

    Pearson's index a day, yet at least 1 + 1 / (1 + events / UNSEEN): few events
    cannot show that they do not come in bursts.
    """
    index, freedom = _pearson(counts, exposures)
    least = 1 + 1 / (1 + sum(counts) / UNSEEN)
    return max(index / freedom if freedom else 1.0, least)


def _pearson(counts: Sequence[int], exposures: Sequence[float]) -> tuple[float, int]:
    """Return sum (n - mean)^2 / mean over days, and its degrees of freedom or 0."""
    total, exposure = sum(counts), math.fsum(exposures)
    if total == 0 or exposure <= 0:
        return 0.0, 0
    rate = total / exposure
    pairs = [(n, rate * e) for n, e in zip(counts, exposures, strict=True) if e > 0]
    return math.fsum((n - mean) ** 2 / mean for n, mean in pairs), len(pairs) - 1
