"""The laws for what is rare: counts over time, and a share of few cases."""

from collections.abc import Sequence
from dataclasses import replace
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
UNSEEN = 4  # so many events, and half of what bursts may hide is believed away
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


def log_e(failures: float, time: float, theta: float, *, above: bool) -> float:
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


def pearson(counts: Sequence[int], times: Sequence[float]) -> tuple[float, int]:
    """Return Pearson's index of counts over days, and its degrees of freedom or 0."""
    total, time = sum(counts), fsum(times)
    if not total or time <= 0:
        return 0.0, 0
    rate = total / time
    expected = [
        (count, rate * each)
        for count, each in zip(counts, times, strict=True)
        if each > 0
    ]
    return fsum((count - mean) ** 2 / mean for count, mean in expected), (
        len(expected) - 1
    )


def size_of_bursts(counts: Sequence[int], times: Sequence[float]) -> float:
    """Return how many events are taken for one: few cannot show that none burst."""
    index, freedom = pearson(counts, times)
    least = 1 + 1 / (1 + sum(counts) / UNSEEN)
    return max(index / freedom if freedom else 1.0, least)


def read_counts(
    counts: Sequence[int], times: Sequence[float], edge: float, bound: float
) -> Reading:
    """Read events over time; estimate and limits are the time between two events.

    The mixture reads events and time divided by the size of a burst. Where events
    surely burst, days as the unit must agree, and the wider limits are told.
    """
    if len(counts) < MINIMUM_DAYS:
        total = sum(counts)
        estimate = fsum(times) / total if total else None
        reason = "too_few_days" if counts else "nothing_seen"
        return Reading(OPEN, reason, estimate, days=len(counts), method="mixture")
    mixture = _read_mixture(counts, times, edge)
    index, freedom = pearson(counts, times)
    if not freedom or stats.chi2.sf(index, freedom) >= BURSTS:
        return mixture
    daily = read_days(counts, times, 1 / edge, bound, side=-1, share=False)
    slowest, fastest = inverse(daily.high or 0.0), inverse(daily.low or 0.0)
    told = daily
    if daily.finding not in {mixture.finding, OPEN}:
        reason = mixture.reason or "undecided"
        told = replace(mixture, finding=OPEN, reason=reason)
    return replace(
        told,
        estimate=mixture.estimate,
        low=min(mixture.low or 0.0, slowest),
        high=max(mixture.high or 0.0, fastest),
        method="days",
    )


def _read_mixture(
    counts: Sequence[int], times: Sequence[float], edge: float
) -> Reading:
    size = size_of_bursts(counts, times)
    failures, time = sum(counts) / size, fsum(times) / size
    above = log_e(failures, time, edge, above=True)
    below = log_e(failures, time, edge, above=False)
    finding, reason = decide(above - WANTED, below - WANTED)
    least, most = time * 1e-3, 1e3 * (time + edge)

    def too_short(theta: float) -> float:
        return WANTED - log_e(failures, time, theta, above=True)

    def too_long(theta: float) -> float:
        return log_e(failures, time, theta, above=False) - WANTED

    return Reading(
        finding,
        reason,
        time / failures if failures else None,
        root(too_short, least, most),
        root(too_long, least, most) if failures else inf,
        above,
        WANTED,
        days=len(counts),
        method="mixture",
    )
