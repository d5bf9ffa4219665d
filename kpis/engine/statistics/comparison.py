"""A robot against today's process: the difference, with its interval.

Each side brings an estimate and its own limits; the difference's limits come from
both (the method of variance estimates recovery), so that a side judged by days keeps
its wider interval beside one that is a plain count.
"""

import math
from dataclasses import dataclass

import scipy

from kpis.engine.statistics.bounds import wilson


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate within its limits; two-sided, each side at the same alpha."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Sample:
    """Measured values by their mean, standard deviation and number."""

    mean: float
    spread: float
    size: int


def difference(robot: Interval, today: Interval) -> Interval:
    """Return robot minus today, from two independent intervals of one level.

    Source: G. Zou, A. Donner (2008), Construction of confidence limits about effect
    measures: a general approach. With Wilson's limits it is Newcombe's method 10.
    """
    apart = robot.estimate - today.estimate
    return Interval(
        apart,
        apart - math.hypot(robot.estimate - robot.low, today.high - today.estimate),
        apart + math.hypot(robot.high - robot.estimate, today.estimate - today.low),
    )


def compare_shares(
    robot: tuple[int, int], today: tuple[int, int], alpha: float
) -> Interval:
    """Return the difference of two shares (done, tried); alpha is that of one side.

    Source: R. Newcombe (1998), Interval estimation for the difference between
    independent proportions, method 10.

    Raises:
        ValueError: nothing was tried on a side, or more was done than tried.
    """
    return difference(_share(*robot, alpha), _share(*today, alpha))


def compare_means(robot: Sample, today: Sample, alpha: float) -> Interval:
    """Return the difference of two means (Welch); alpha is that of one side.

    Raises:
        ValueError: a side has fewer than two values, or neither varies.
    """
    if min(robot.size, today.size) < 2:  # noqa: PLR2004
        raise ValueError("a mean is compared from at least two values on each side")
    errors = [side.spread**2 / side.size for side in (robot, today)]
    error = sum(errors)
    if error <= 0:
        raise ValueError("two means that do not vary have no interval")
    freedom = error**2 / sum(
        own**2 / (side.size - 1)
        for own, side in zip(errors, (robot, today), strict=True)
    )
    reach = -float(scipy.special.stdtrit(freedom, alpha)) * math.sqrt(error)
    apart = robot.mean - today.mean
    return Interval(apart, apart - reach, apart + reach)


def _share(done: int, tried: int, alpha: float) -> Interval:
    if not tried:
        raise ValueError("a share of nothing tried cannot be compared")
    return Interval(done / tried, *wilson(done, tried, alpha))
