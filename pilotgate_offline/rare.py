"""The laws for what is rare: counts over time, and a share of few cases."""

from collections.abc import Sequence
from math import fsum, inf, lgamma, log

from scipy import special, stats

from pilotgate_offline.law import (
    MINIMUM_DAYS,
    OPEN,
    Reading,
    decide,
    inverse,
    read_days,
    root,
)

ALPHA = 0.05
BURSTS = 0.05  # a p-value of "one by one" below this: they come in bursts
WANTED = -log(ALPHA)


def read_share(done: int, tried: int, edge: float, *, side: int) -> Reading:
    """Read a share by Clopper and Pearson's bounds; only at the registered end."""
    if tried == 0:
        return Reading(OPEN, "nothing_seen", method="exact")
    low = float(stats.beta.ppf(ALPHA, done, tried - done + 1)) if done else 0.0
    high = 1.0
    if done < tried:
        high = float(stats.beta.ppf(1 - ALPHA, done + 1, tried - done))
    finding, reason = decide(*(low - edge, edge - high)[::side])
    return Reading(finding, reason, done / tried, low, high, method="exact")


def log_e(failures: int, time: float, theta: float, *, above: bool) -> float:
    """Return ln E of the gamma mixture against a mean time theta, a = 1, b = theta.

    ln of Gamma(a+N) P(a+N, (b+T) l) b^a / (Gamma(a) P(a, b l) (b+T)^(a+N)) l^-N e^(lT)
    with l = 1 / theta. `above`: that the true mean time is longer; else shorter, with
    Q, the upper part, in place of P.
    """
    part = special.gammainc if above else special.gammaincc
    seen = float(part(1 + failures, (theta + time) / theta))
    if seen <= 0:
        return -inf
    return (
        lgamma(1 + failures)
        + log(seen)
        + log(theta)
        - log(float(part(1, 1.0)))
        - (1 + failures) * log(theta + time)
        + failures * log(theta)
        + time / theta
    )


def chance_of_one_by_one(counts: Sequence[int], times: Sequence[float]) -> float:
    """Return Pearson's p-value that counts do not come in bursts; 1 if unknowable."""
    total, time = sum(counts), fsum(times)
    if not total or time <= 0:
        return 1.0
    expected = [
        (count, each * total / time)
        for count, each in zip(counts, times, strict=True)
        if each > 0
    ]
    if len(expected) < 2:  # noqa: PLR2004 - nothing to compare
        return 1.0
    index = fsum((count - mean) ** 2 / mean for count, mean in expected)
    return float(stats.chi2.sf(index, len(expected) - 1))


def read_counts(
    counts: Sequence[int], times: Sequence[float], edge: float, bound: float
) -> Reading:
    """Read events over time; estimate and limits are the time between two events."""
    if len(counts) < MINIMUM_DAYS:
        total = sum(counts)
        estimate = fsum(times) / total if total else None
        reason = "too_few_days" if counts else "nothing_seen"
        return Reading(OPEN, reason, estimate, days=len(counts), method="mixture")
    if chance_of_one_by_one(counts, times) < BURSTS:
        return _read_bursts(counts, times, edge, bound)
    failures, time = sum(counts), fsum(times)
    above = log_e(failures, time, edge, above=True)
    below = log_e(failures, time, edge, above=False)
    finding, reason = decide(above - WANTED, below - WANTED)
    least, most = time * 1e-3, 1e3 * (time + edge)
    low = root(
        lambda theta: WANTED - log_e(failures, time, theta, above=True), least, most
    )
    high = inf
    if failures:
        high = root(
            lambda theta: log_e(failures, time, theta, above=False) - WANTED,
            least,
            most,
        )
    return Reading(
        finding,
        reason,
        time / failures if failures else None,
        low,
        high,
        above,
        WANTED,
        days=len(counts),
        method="mixture",
    )


def _read_bursts(
    counts: Sequence[int], times: Sequence[float], edge: float, bound: float
) -> Reading:
    """Judge events per time by the day, and turn the answer back."""
    rate = read_days(counts, times, 1 / edge, bound, side=-1, share=False)
    return Reading(
        rate.finding,
        rate.reason,
        None if rate.estimate is None else inverse(rate.estimate),
        None if rate.high is None else inverse(rate.high),
        None if rate.low is None else inverse(rate.low),
        rate.statistic,
        rate.critical,
        rate.autocorrelation,
        rate.days,
        "days",
    )
