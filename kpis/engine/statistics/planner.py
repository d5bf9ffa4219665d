"""The planner: how likely a gate is to decide by the registered end.

Simulated with a fixed seed by the very functions the gate uses, so that the same
question has the same answer.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy
from numpy.typing import NDArray

from kpis.engine.statistics.bounds import clopper_pearson
from kpis.engine.statistics.days import MINIMUM_DAYS
from kpis.engine.statistics.paths import (
    FAILED,
    PASSED,
    Decisions,
    decide_counts,
    decide_shares,
)
from kpis.engine.statistics.readings import BOUNDARY, EXACT_ALPHA
from kpis.engine.statistics.spending import Look

RUNS: Final = 2_000
LOOK_EVERY_DAYS: Final = 7
_SEED: Final = 20_240_601


@dataclass(frozen=True, slots=True)
class Chance:
    """Chances to be decided by the registered end, one way and the other."""

    passed: float
    failed: float = 0.0

    @property
    def decided(self) -> float:
        return self.passed + self.failed


NEVER: Final = Chance(0.0)


@dataclass(frozen=True, slots=True)
class Plan:
    """What may come of a robot at its minimum, half way to its target, and at it."""

    at_minimum: Chance
    between: Chance
    at_target: Chance


@dataclass(frozen=True, slots=True)
class DayShape:
    """What days look like: tasks a day, or None for time shares; how alike they are.

    `icc` is the spread between days as a share of the largest possible, p(1 - p);
    `autocorrelation` that of day rates from one day to the next.
    """

    tasks: int | None
    icc: float = 0.05
    autocorrelation: float = 0.0

    @classmethod
    def of_time(cls, rate: float, spread: float) -> "DayShape":
        """Shape the days of a time share by the standard deviation between them."""
        if not 0 < rate < 1:
            raise ValueError(f"a time share lies between 0 and 1, not at {rate}")
        return cls(tasks=None, icc=spread**2 / (rate * (1 - rate)))


def look_days(planned: int) -> tuple[int, ...]:
    """Return the days of the weekly looks: from the 28th, and the last."""
    if planned < MINIMUM_DAYS:
        return ()
    weekly = range(MINIMUM_DAYS, planned, LOOK_EVERY_DAYS)
    return (*weekly, planned)


def plan_days(minimum: float, target: float, planned: int, shape: DayShape) -> Plan:
    """Plan a share judged by days; with minimum above target, an "at most"."""
    if minimum > target:
        return plan_days(1 - minimum, 1 - target, planned, shape)
    return _plan(
        minimum, target, lambda true: chance_by_days(minimum, true, planned, shape)
    )


def chance_by_days(
    minimum: float, true: float, planned: int, shape: DayShape
) -> Chance:
    """Return the chances of "at least the minimum" when the true share is `true`."""
    looks = look_days(planned)
    if not looks:
        return NEVER
    done, due = _days_of(_day_rates(true, planned, shape), shape)
    registered = [Look(days, days / planned) for days in looks]
    return _chance(decide_shares(done, due, minimum, registered))


def _plan(minimum: float, target: float, chance: Callable[[float], Chance]) -> Plan:
    return Plan(
        at_minimum=chance(minimum),
        between=chance((minimum + target) / 2),
        at_target=chance(target),
    )


def _chance(decided: Decisions) -> Chance:
    return Chance(
        passed=float((decided == PASSED).mean()),
        failed=float((decided == FAILED).mean()),
    )


def _day_rates(true: float, planned: int, shape: DayShape) -> NDArray[np.float64]:
    rng = np.random.default_rng(_SEED)
    if shape.icc <= 0:
        return np.full((RUNS, planned), true)
    strength = 1 / shape.icc - 1
    noise = rng.standard_normal((RUNS, planned))
    keep = shape.autocorrelation
    for day in range(1, planned):
        noise[:, day] = (
            keep * noise[:, day - 1] + math.sqrt(1 - keep**2) * noise[:, day]
        )
    ranks = np.concatenate(
        [
            np.logspace(-9, -2, 200),
            np.linspace(0.01, 0.99, 800),
            1 - np.logspace(-2, -9, 200),
        ]
    )
    values = scipy.special.betaincinv(true * strength, (1 - true) * strength, ranks)
    rates: NDArray[np.float64] = np.interp(scipy.special.ndtr(noise), ranks, values)
    return rates


def _days_of(
    rates: NDArray[np.float64], shape: DayShape
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if shape.tasks is None:
        due = np.full(rates.shape, 1e6)
        return np.rint(rates * due), due
    rng = np.random.default_rng(_SEED + 1)
    due = np.full(rates.shape, float(shape.tasks))
    return rng.binomial(shape.tasks, rates).astype(np.float64), due


def plan_share(minimum: float, target: float, cases: int) -> Plan:
    """Plan a share that is read exactly, at the end, over so many cases."""
    if minimum > target:
        return plan_share(1 - minimum, 1 - target, cases)
    limits = [clopper_pearson(done, cases, EXACT_ALPHA) for done in range(cases + 1)]
    passing = sum(low - minimum <= BOUNDARY for low, _high in limits)
    failing = sum(minimum - high > BOUNDARY for _low, high in limits)

    def chance(true: float) -> Chance:
        below = [
            float(scipy.special.bdtr(n - 1, cases, true)) if n else 0.0
            for n in (passing, failing)
        ]
        return Chance(passed=1 - below[0], failed=below[1])

    return _plan(minimum, target, chance)


def plan_counts(
    minimum: float, target: float, planned: int, hours_a_day: float
) -> Plan:
    """Plan an MTBF (hours), failures coming singly, read at the registered looks."""
    looks = look_days(planned)
    if not looks or hours_a_day <= 0:
        return Plan(NEVER, NEVER, NEVER)
    hours = np.full(planned, hours_a_day)
    registered = [Look(days, days / planned) for days in looks]

    def chance(mtbf: float) -> Chance:
        rng = np.random.default_rng(_SEED)
        failures = rng.poisson(hours_a_day / mtbf, (RUNS, planned))
        return _chance(decide_counts(failures, hours, minimum, registered))

    return _plan(minimum, target, chance)
