"""The gate's law over many simulated runs at once, decision for decision.

One row a run, one column a day with data. The planner and `bench.gate` stand on it;
its twin for one run is `read_days` and `read_counts` at every look.
"""

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from kpis.engine.statistics.days import AUTOCORRELATION_MAX, summarise
from kpis.engine.statistics.mixtures import UNSEEN
from kpis.engine.statistics.readings import BOUNDARY, BURSTS, EXACT_ALPHA, day_gaps
from kpis.engine.statistics.spending import Look, spending_bounds

Decisions = NDArray[np.int8]
PASSED: Final = 1
FAILED: Final = -1


def decide_shares(
    done: ArrayLike, due: ArrayLike, edge: float, looks: Sequence[Look]
) -> Decisions:
    """Return 1 where "at least the edge" is shown at some look, -1 refuted, 0 open.

    The first decisive look stands. At most 2^53 in any number.
    """
    num, den = np.asarray(done, np.float64), np.asarray(due, np.float64)
    return _first(
        [
            _by_days(num[:, : look.days], den[:, : look.days], edge, bound)
            for look, bound in zip(looks, spending_bounds(tuple(looks)), strict=True)
        ]
    )


def decide_counts(
    counts: ArrayLike, hours: ArrayLike, edge: float, looks: Sequence[Look]
) -> Decisions:
    """Return 1 where an MTBF of at least the edge is shown, -1 refuted, 0 open.

    `hours` are those of each day, the same in every run.
    """
    num, time = np.asarray(counts, np.int64), np.asarray(hours, np.float64)
    return _first(
        [
            _by_count(num[:, : look.days], time[: look.days], edge, bound)
            for look, bound in zip(looks, spending_bounds(tuple(looks)), strict=True)
        ]
    )


def _first(found: Sequence[Any]) -> Decisions:
    outcome = np.zeros(len(found[0]), np.int8)
    for each in found:
        outcome = np.where(outcome == 0, each, outcome).astype(np.int8)
    return outcome


def _by_days(
    num: NDArray[np.float64],
    den: NDArray[np.float64],
    edge: float,
    bound: float,
    *,
    side: int = 1,
    share: bool = True,
) -> Any:
    days = summarise(num, den)
    shown, refuted = day_gaps(days, den, edge, bound, side=side, share=share)
    told = days.spreadless if share else ~days.spreadless
    usable = days.autocorrelation_high <= AUTOCORRELATION_MAX
    usable = (usable | told) if share else (usable & told)
    return usable * _side(shown, refuted)


def _by_count(
    counts: NDArray[np.int64], hours: NDArray[np.float64], edge: float, bound: float
) -> Any:
    index, events = _pearson(counts, hours)
    size = np.maximum(index / (len(hours) - 1), 1 + 1 / (1 + events / UNSEEN))
    failures, time = events / size, math.fsum(hours) / size
    wanted = -math.log(EXACT_ALPHA)
    singly = _side(
        _log_e_mtbf(failures, time, edge, scipy.special.gammainc) - wanted,
        _log_e_mtbf(failures, time, edge, scipy.special.gammaincc) - wanted,
    )
    bursts = scipy.special.chdtrc(len(hours) - 1, index) < BURSTS
    if bursts.any():
        spans = np.broadcast_to(hours, counts.shape)[bursts]
        own = counts[bursts].astype(np.float64)
        daily = _by_days(own, spans, 1 / edge, bound, side=-1, share=False)
        singly[bursts] = np.where(daily == singly[bursts], daily, 0)
    return singly


def _pearson(
    counts: NDArray[np.int64], hours: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return Pearson's index and the events of each run; 0 where there are none."""
    events = counts.sum(1)
    mean = events[:, None] * (hours / hours.sum())
    safe = np.where(mean > 0, mean, 1.0)
    return np.where(mean > 0, (counts - mean) ** 2 / safe, 0.0).sum(1), events


def _log_e_mtbf(failures: Any, hours: Any, edge: float, tail: Any) -> Any:
    seen = tail(1 + failures, (edge + hours) / edge)
    with np.errstate(divide="ignore"):
        weight = np.log(seen) - np.log(tail(1, 1.0))
    return (
        scipy.special.gammaln(1 + failures)
        + weight
        + (1 + failures) * (math.log(edge) - np.log(edge + hours))
        + hours / edge
    )


def _side(shown: Any, refuted: Any) -> Any:
    return (shown > BOUNDARY) * PASSED + (refuted > BOUNDARY) * FAILED
