"""Chance, tied to names: the same key draws the same numbers on any machine."""

import random
from dataclasses import dataclass
from hashlib import blake2b
from math import exp
from typing import Final

from robot_bridge.simulator.profiles import Profile

RELEASES_BEFORE: Final = 40  # a life may begin before its first day


def stream(*key: object) -> random.Random:
    """Give the random stream of a key."""
    text = "/".join(map(str, key)).encode()
    digest = blake2b(text, digest_size=16).digest()
    return random.Random(int.from_bytes(digest))  # noqa: S311 - a simulation


def lognormal(rng: random.Random, mean: float, spread: float) -> float:
    """Draw around a mean; `spread` is the standard deviation of the logarithm."""
    return mean * exp(rng.gauss(-spread * spread / 2, spread))


def count(rng: random.Random, expected: float) -> int:
    """Draw a Poisson count."""
    drawn, time = 0, rng.expovariate(1.0)
    while time < expected:
        drawn, time = drawn + 1, time + rng.expovariate(1.0)
    return drawn


@dataclass(frozen=True, slots=True)
class Conditions:
    """What all robots of a site share on one day."""

    success: float
    fault_multiplier: float


def conditions(seed: int, profile: Profile, day: int) -> Conditions:
    rng = stream(seed, profile.key, "site", day)
    success, icc = profile.success, profile.success_icc
    if icc > 0:
        size = (1 - icc) / icc
        success = rng.betavariate(success * size, (1 - success) * size)
    multiplier, spread = 1.0, profile.fault_day_spread
    if spread > 0:
        multiplier = rng.gammavariate(spread**-2, spread**2)
    return Conditions(success, multiplier)


def version(seed: int, profile: Profile, day: int) -> tuple[str, float]:
    """Give the software of a day and how far it moves the fault rate."""
    offset = stream(seed, profile.key, "releases").randrange(profile.update_every_days)
    release = (day + offset) // profile.update_every_days
    rng = stream(seed, profile.key, "release", release)
    effect = profile.update_effect
    return f"4.{(release + RELEASES_BEFORE) % 1000}.0", rng.uniform(
        1 - effect, 1 + effect
    )
