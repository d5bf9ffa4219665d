"""Simulated pilots for the gate's law: days of tasks, and days of failures.

Everything is drawn from numpy's PCG64 with a seed of the cell's own.
"""

import math
import zlib
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import scipy
from numpy.typing import NDArray

from kpis.engine.statistics import (
    MINIMUM_DAYS,
    Look,
    decide_counts,
    decide_shares,
    look_days,
)

# Runs that share a calendar of days without data; the looks depend on it.
CALENDARS: Final = 40
HOURS: Final = 20.0
NAIVE_RUNS: Final = 4_000

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Cell:
    """One question to the law; `bound` is what must hold, at the confidence bound.

    Attributes:
        ask: passes | open, whose share is bounded.
        most, least: the bound, from above or below; neither: shown, not judged.
        icc, correlation: how alike tasks of a day are, and one day's rate the next.
        tasks: tasks a day, or the least and most of unequal days; 0: time shares.
        bursts: chance of a poor day, its rate, chance that the next is poor too.
        missing: share of due days without data.
        cluster: mean failures of one burst, for counts.
    """

    name: str
    days: int = 56
    minimum: float = 0.95
    true: float | None = None
    ask: str = "passes"
    most: float | None = None
    least: float | None = None
    icc: float = 0.0
    correlation: float = 0.0
    tasks: tuple[int, int] = (50, 50)
    bursts: tuple[float, float, float] | None = None
    missing: float = 0.0
    perfect: float = 0.0
    counts: bool = False
    cluster: float = 1.0

    @property
    def rng(self) -> np.random.Generator:
        return np.random.default_rng(zlib.crc32(self.name.encode()))

    @property
    def level(self) -> float:
        return self.minimum if self.true is None else self.true


def decisions(cell: Cell, runs: int) -> tuple[Array, Array, Array]:
    """Return what the law decides, with the done and due tasks it was shown."""
    rng = cell.rng
    if cell.counts:
        counts, hours = draw_counts(rng, cell, runs)
        looks = looks_of(np.ones(cell.days, bool))
        return decide_counts(counts, hours, cell.minimum, looks), counts, hours
    done, due = draw_tasks(rng, cell, runs)
    found = np.zeros(runs, np.int8)
    for rows in np.array_split(np.arange(runs), CALENDARS if cell.missing else 1):
        present = rng.random(cell.days) >= cell.missing
        looks = looks_of(present)
        if looks:
            seen = np.ix_(rows, present)
            found[rows] = decide_shares(done[seen], due[seen], cell.minimum, looks)
    return found, done, due


def looks_of(present: Array) -> tuple[Look, ...]:
    """Return the looks of a calendar as the gate takes them: weekly, by days seen."""
    planned = len(present)
    taken: list[Look] = []
    for day in look_days(planned):
        seen = int(present[:day].sum())
        if seen < MINIMUM_DAYS or (taken and seen <= taken[-1].days):
            continue
        taken.append(Look(seen, 1.0 if day == planned else min(seen / planned, 1.0)))
    return tuple(taken)


def draw_tasks(rng: np.random.Generator, cell: Cell, runs: int) -> tuple[Array, Array]:
    rates = _rates(rng, cell, runs)
    least, most = cell.tasks
    if not most:
        due = np.full(rates.shape, 1e6)
        return np.rint(rates * due), due
    due = rng.integers(least, most + 1, rates.shape)
    done = rng.binomial(due, rates)
    return done.astype(np.float64), due.astype(np.float64)


def _rates(rng: np.random.Generator, cell: Cell, runs: int) -> Array:
    shape = (runs, cell.days)
    if cell.bursts:
        return _with_bursts(rng, cell, shape)
    if cell.perfect:
        room = cell.perfect * cell.level + 1 - cell.level
        faultless = rng.random(shape) < cell.perfect * cell.level / room
        return np.where(faultless, 1.0, cell.level * (1 - cell.perfect))
    if not cell.icc:
        return np.full(shape, cell.level)
    strength = 1 / cell.icc - 1
    good, poor = cell.level * strength, (1 - cell.level) * strength
    if not cell.correlation:
        return rng.beta(good, poor, shape)
    ranks = np.concatenate(
        [
            np.logspace(-9, -2, 200),
            np.linspace(0.01, 0.99, 800),
            1 - np.logspace(-2, -9, 200),
        ]
    )
    values = scipy.special.betaincinv(good, poor, ranks)
    noise = rng.standard_normal(shape)
    keep = cell.correlation
    for day in range(1, cell.days):
        fresh = math.sqrt(1 - keep**2) * noise[:, day]
        noise[:, day] = keep * noise[:, day - 1] + fresh
    return np.interp(scipy.special.ndtr(noise), ranks, values)


def _with_bursts(rng: np.random.Generator, cell: Cell, shape: tuple[int, int]) -> Array:
    """Draw days of which some are poor; the others so good that the mean holds."""
    chance, low, stay = cell.bursts or (0.0, 0.0, 0.0)
    calm = (cell.level - chance * low) / (1 - chance)
    if calm > 1:
        raise ValueError(f"{cell.name}: calm days would need a rate of {calm:.3f}")
    stay = stay or chance
    enter = chance * (1 - stay) / (1 - chance)
    poor = np.zeros(shape, bool)
    poor[:, 0] = rng.random(shape[0]) < chance
    for day in range(1, shape[1]):
        poor[:, day] = rng.random(shape[0]) < np.where(poor[:, day - 1], stay, enter)
    return np.where(poor, low, calm)


def draw_counts(rng: np.random.Generator, cell: Cell, runs: int) -> tuple[Array, Array]:
    """Draw failures of days of equal hours; each burst a geometric number."""
    hours = np.full(cell.days, HOURS)
    bursts = rng.poisson(HOURS / cell.level / cell.cluster, (runs, cell.days))
    extra = np.zeros_like(bursts)
    if cell.cluster > 1:
        some = bursts > 0
        extra[some] = rng.negative_binomial(bursts[some], 1 / cell.cluster)
    return bursts + extra, hours


def naive(done: Array, due: Array, edge: float) -> dict[str, float]:
    """Return the shares passed by rules that are often used, over fewer runs."""
    done, due = done[:NAIVE_RUNS], due[:NAIVE_RUNS]
    done, due = done.cumsum(1), due.cumsum(1)
    above = (done > edge * due)[:, 6:]
    week = np.lib.stride_tricks.sliding_window_view(above, 7, axis=1)
    luck = scipy.special.bdtrc(done - 1, due.astype(np.int64), edge)
    return {
        "peek": float(above.any(1).mean()),
        "seven": float(week.all(2).any(1).mean()),
        "exact": float((luck < 0.05)[:, 6:].any(1).mean()),
    }
