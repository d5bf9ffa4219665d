"""A simulated robot's whole life, any part of which can be told again."""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Final

from robot_bridge.simulator import draws, work
from robot_bridge.simulator.profiles import PROFILES, Profile
from robot_bridge.simulator.timeline import Timeline
from robot_bridge.telemetry import DAY_US, HOUR_US, MINUTE_US

# Robots of a fleet begin their day, and so charge, one after the other.
STAGGER_STEPS: Final = 18
STAGGER_US: Final = 10 * MINUTE_US
EPOCH: Final = date(1970, 1, 1)


class RobotWorld:
    """One robot's life: a pure function of (seed, profile, serial, day of life).

    Days of life count from `first_day`, so that a life is the same whichever day it
    began; they may be negative. Without it they count from 1970.
    """

    def __init__(
        self, seed: int, profile: str, serial: str, first_day: date | None = None
    ) -> None:
        self.seed, self.serial = seed, serial
        self.profile: Profile = PROFILES[profile]
        self.born = (first_day - EPOCH).days if first_day else 0
        rng = draws.stream(seed, profile, serial, "self")
        self.stagger_us = rng.randrange(STAGGER_STEPS) * STAGGER_US
        skew = rng.uniform(-1, 1) * self.profile.skew_s
        self.skew_us = round(skew * 1e6)
        self.day = lru_cache(maxsize=4)(self._day)

    def day_start(self, day: int) -> int:
        offset = round(self.profile.utc_offset_h * HOUR_US)
        return day * DAY_US - offset + self.stagger_us

    def day_of(self, ts_us: int) -> int:
        return (ts_us - self.day_start(0)) // DAY_US

    def _day(self, day: int) -> Timeline:
        start_us = self.day_start(day)
        lived = day - self.born
        return work.live(self.seed, self.profile, self.serial, lived, start_us)

    def days(self, start_us: int, end_us: int) -> Iterator[Timeline]:
        for day in range(self.day_of(start_us), self.day_of(end_us - 1) + 1):
            yield self.day(day)
