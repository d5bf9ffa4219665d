"""E-processes: evidence that may be read any day, and the test for bursts.

ln E above ln(1 / alpha) refutes the null hypothesis whenever it happens.
"""

import math
from collections.abc import Sequence

import scipy


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


def log_e_mtbf_above(failures: int, hours: float, minimum: float) -> float:
    """Return ln E against "the MTBF is at most the minimum"; gamma(1) mixture."""
    rate = 1 / minimum
    return _log_gamma_mixture(
        failures,
        hours,
        minimum,
        seen=float(scipy.special.gammainc(1 + failures, (minimum + hours) * rate)),
        prior=float(scipy.special.gammainc(1, minimum * rate)),
    )


def log_e_mtbf_below(failures: int, hours: float, minimum: float) -> float:
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
    failures: int, hours: float, minimum: float, *, seen: float, prior: float
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
    total, exposure = sum(counts), math.fsum(exposures)
    if total == 0 or exposure <= 0:
        return 1.0
    rate = total / exposure
    pairs = [(n, rate * e) for n, e in zip(counts, exposures, strict=True) if e > 0]
    if len(pairs) < 2:  # noqa: PLR2004
        return 1.0
    index = math.fsum((n - mean) ** 2 / mean for n, mean in pairs)
    return float(scipy.special.chdtrc(len(pairs) - 1, index))
