"""The planner: how likely a gate is to decide by the registered end.

Simulated with a fixed seed by the very functions the gate uses, so that the same
question has the same answer.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy
from numpy.typing import NDArray

from kpis.engine.statistics.bounds import clopper_pearson
from kpis.engine.statistics.days import MINIMUM_DAYS
from kpis.engine.statistics.paths import decide_counts, decide_shares
from kpis.engine.statistics.readings import BOUNDARY, EXACT_ALPHA
from kpis.engine.statistics.spending import Look

RUNS: Final = 2_000
LOOK_EVERY_DAYS: Final = 7
_SEED: Final = 20_240_601


@dataclass(frozen=True, slots=True)
class Plan:
    """Chances of PASS by the registered end."""

    at_target: float
    at_minimum: float


@dataclass(frozen=True, slots=True)
class DayShape:
    """What days look like: tasks a day, or None for time shares; how alike they are.

    `icc` is the spread between days as a share of the largest possible, p(1 - p);
    `autocorrelation` that of day rates from one day to the next.
    """

    tasks: int | None
    icc: float = 0.05
    autocorrelation: float = 0.0


def look_days(planned: int) -> tuple[int, ...]:
    """Return the days of the weekly looks: from the 28th, and the last."""
    if planned < MINIMUM_DAYS:
        return ()
    weekly = range(MINIMUM_DAYS, planned, LOOK_EVERY_DAYS)
    return (*weekly, planned)


def plan_days(minimum: float, target: float, planned: int, shape: DayShape) -> Plan:
    """Chance to pass a share by days; with minimum above target, an "at most"."""
    if minimum > target:
        return plan_days(1 - minimum, 1 - target, planned, shape)
    return Plan(
        at_target=chance_by_days(minimum, target, planned, shape),
        at_minimum=chance_by_days(minimum, minimum, planned, shape),
    )


def chance_by_days(minimum: float, true: float, planned: int, shape: DayShape) -> float:
    """Chance to pass "at least the minimum" when the true share is `true`."""
    looks = look_days(planned)
    if not looks:
        return 0.0
    rates = _day_rates(true, planned, shape)
    done, due = _days_of(rates, shape)
    outcome = decide_shares(done, due, minimum, [Look(d, d / planned) for d in looks])
    return float((outcome == 1).mean())


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
    """Chance to pass a share read exactly at the end over so many cases."""
    if minimum > target:
        return plan_share(1 - minimum, 1 - target, cases)
    needed = next(
        (
            done
            for done in range(cases + 1)
            if clopper_pearson(done, cases, EXACT_ALPHA)[0] - minimum > BOUNDARY
        ),
        None,
    )
    if needed is None:
        return Plan(at_target=0.0, at_minimum=0.0)
    chances = [
        1 - float(scipy.special.bdtr(needed - 1, cases, p)) if needed else 1.0
        for p in (target, minimum)
    ]
    return Plan(at_target=chances[0], at_minimum=chances[1])


def plan_counts(
    minimum: float, target: float, planned: int, hours_a_day: float
) -> Plan:
    """Chance to pass an MTBF (hours) by the mixture, read at the registered looks."""
    looks = look_days(planned)
    if not looks or hours_a_day <= 0:
        return Plan(at_target=0.0, at_minimum=0.0)
    hours = np.full(planned, hours_a_day)
    registered = [Look(days, days / planned) for days in looks]
    chances = []
    for mtbf in (target, minimum):
        rng = np.random.default_rng(_SEED)
        failures = rng.poisson(hours_a_day / mtbf, (RUNS, planned))
        found = decide_counts(failures, hours, minimum, registered)
        chances.append(float((found == 1).mean()))
    return Plan(at_target=chances[0], at_minimum=chances[1])
