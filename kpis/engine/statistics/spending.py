"""Alpha-spending over registered looks (Lan-DeMets, O'Brien-Fleming type)."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import scipy
from numpy.typing import NDArray

ALPHA: Final = 0.04

_FLOOR = -9.0
_POINTS = 601
_LEAST = 1e-15


@dataclass(frozen=True, slots=True)
class Look:
    """One registered look: days with data by then, and the share of the plan spent.

    `share` is 1 at the registered end, whatever the days.
    """

    days: int
    share: float


@lru_cache(maxsize=512)
def spending_bounds(looks: tuple[Look, ...], alpha: float = ALPHA) -> tuple[float, ...]:
    """Return the standard normal boundary of each look, for one side.

    Args:
        looks: in order; days and share strictly increasing.
        alpha: the chance, over all looks, to cross when on the edge of the null.
    """
    walk = _Walk()
    spent = 0.0
    bounds = []
    for look in looks:
        allowed = float(
            2
            - 2
            * scipy.special.ndtr(
                -scipy.special.ndtri(alpha / 2) / math.sqrt(look.share)
            )
        )
        bounds.append(walk.step(look.days, max(allowed - spent, _LEAST)))
        spent = max(spent, allowed)
    return tuple(bounds)


def single_bound(alpha: float = ALPHA) -> float:
    """Return the boundary of a question that is asked once."""
    return float(-scipy.special.ndtri(alpha))


class _Walk:
    """The density of a driftless walk that has crossed no boundary so far."""

    def __init__(self) -> None:
        self.days = 0
        self.grid: NDArray[np.float64] = np.zeros(1)
        self.mass: NDArray[np.float64] = np.ones(1)

    def step(self, days: int, allowed: float) -> float:
        """Advance to `days`; return the boundary crossed with chance `allowed`."""
        keep = math.sqrt(self.days / days)
        width = math.sqrt(1 - self.days / days)
        centre = keep * self.grid
        bound = self._bound(centre, width, allowed)
        grid = np.linspace(_FLOOR, bound, _POINTS)
        weight = np.full(_POINTS, grid[1] - grid[0])
        weight[[0, -1]] /= 2
        density = np.exp(-(((grid[:, None] - centre) / width) ** 2) / 2)
        density = density @ self.mass / (width * math.sqrt(2 * math.pi))
        self.days, self.grid, self.mass = days, grid, weight * density
        return bound

    def _bound(
        self, centre: NDArray[np.float64], width: float, allowed: float
    ) -> float:
        low, high = -1.0, -_FLOOR
        for _ in range(60):
            middle = (low + high) / 2
            crossed = float(
                np.sum(self.mass * scipy.special.ndtr((centre - middle) / width))
            )
            low, high = (middle, high) if crossed > allowed else (low, middle)
        return high
