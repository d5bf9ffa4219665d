"""One robot's day as it was lived: events in order, and signals at any instant."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from robot_bridge.telemetry import Event, OpState

Instants = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]

# A mark is where a stretch begins; x, y, soc and meters run on to the next.
MARK_FIELDS: Final = (
    "x_m",
    "y_m",
    "soc",
    "theta_rad",
    "load_kg",
    "speed_mps",
    "power_w",
    "distance_m",
    "energy_wh",
)
RAMPS: Final = ("x_m", "y_m", "soc", "distance_m", "energy_wh")
DIGITS: Final = {
    "soc": 4,
    "x_m": 2,
    "y_m": 2,
    "theta_rad": 3,
    "speed_mps": 3,
    "load_kg": 1,
    "power_w": 1,
    "temp_c": 2,
    "distance_m": 2,
    "energy_wh": 2,
}
DRIVING_W: Final = 140.0  # a m/s, and so much more a kilogram carried
CARRYING_W: Final = 0.4


@dataclass(frozen=True, slots=True)
class Timeline:
    """A day [start_us, end_us): what happened, whether or not it was told."""

    start_us: int
    end_us: int
    software: str
    events: tuple[Event, ...]  # in order of ts_us, op_state among them
    event_at_us: tuple[int, ...]
    state_at_us: tuple[int, ...]
    states: tuple[OpState, ...]
    mark_at_us: Instants
    marks: dict[str, Values]
    silences: tuple[tuple[int, int], ...]

    def state_at(self, ts_us: int) -> OpState:
        return self.states[max(bisect_right(self.state_at_us, ts_us) - 1, 0)]

    def events_in(self, start_us: int, end_us: int) -> Sequence[Event]:
        first = bisect_right(self.event_at_us, start_us - 1)
        return self.events[first : bisect_right(self.event_at_us, end_us - 1)]

    def is_silent(self, ts_us: int) -> bool:
        return any(start <= ts_us < end for start, end in self.silences)

    def signals(self, ts_us: Instants) -> dict[str, Values]:
        """Read every metric at these instants, rounded as a robot would send it."""
        index = np.searchsorted(self.mark_at_us, ts_us, side="right") - 1
        read: dict[str, Values] = {}
        for name, marks in self.marks.items():
            ramp = name in RAMPS
            read[name] = (
                np.interp(ts_us, self.mark_at_us, marks) if ramp else marks[index]
            )
        seconds = (ts_us - self.start_us) / 1e6
        read["speed_mps"] = read["speed_mps"] * (1 + 0.06 * np.sin(seconds / 3.7))
        read["power_w"] = read["power_w"] + read["speed_mps"] * (
            DRIVING_W + CARRYING_W * read["load_kg"]
        )
        read["temp_c"] = (
            31 + 6 * np.sin(seconds / 13_000) + 0.011 * np.abs(read["power_w"])
        )
        return {name: np.round(read[name], digits) for name, digits in DIGITS.items()}
