"""A life cut into messages, on a grid of its own that no restart moves.

A slot is one message: what a robot tells of [start_us, end_us). History comes in
hours, live in beats of seconds. Session and seq follow from the grid, so sending a
slot twice is a duplicate and never a second truth.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid5

from robot_bridge.simulator import draws
from robot_bridge.simulator.timeline import DIGITS, Timeline
from robot_bridge.simulator.world import RobotWorld
from robot_bridge.telemetry import DAY_US, HOUR_US, MINUTE_US, SECOND_US

NAMESPACE: Final = UUID("5b0c9a0e-4a52-5d0b-9e52-6f1c8f7d2a11")


METRICS: Final = tuple(DIGITS)
# What a robot keeps of its past: the battery each minute, all of it now and then.
LOGGED: Final = ("soc",)
LOGGED_SELDOM_US: Final = 10 * MINUTE_US


@dataclass(frozen=True, slots=True)
class Grid:
    """How a life is cut: one message a `slot_us`, one sample a `step_us`.

    A sample has `metrics`, and every `seldom_us` all there are.
    """

    name: str
    slot_us: int
    step_us: int
    metrics: tuple[str, ...] = METRICS
    seldom_us: int = 0


HOURS: Final = Grid("hours", HOUR_US, MINUTE_US, LOGGED, LOGGED_SELDOM_US)
TENS: Final = Grid("tens", 10 * MINUTE_US, MINUTE_US, LOGGED, LOGGED_SELDOM_US)
BEATS: Final = Grid("beats", 2 * SECOND_US, 2 * SECOND_US)
GRIDS: Final = {grid.name: grid for grid in (HOURS, TENS, BEATS)}


@dataclass(frozen=True, slots=True)
class Slot:
    """One message to be: its place in the stream, its span, and its mishap."""

    session: str
    seq: int
    start_us: int
    end_us: int
    grid: Grid
    mishap: str = ""  # lost | late | twice


def aligned(world: RobotWorld, grid: Grid, ts_us: int) -> int:
    """Return the first boundary of the grid at or after an instant."""
    start_us = world.day_start(world.day_of(ts_us))
    return start_us + -(-(ts_us - start_us) // grid.slot_us) * grid.slot_us


def last_aligned(world: RobotWorld, grid: Grid, ts_us: int) -> int:
    """Return the last boundary of the grid at or before an instant."""
    return aligned(world, grid, ts_us + 1) - grid.slot_us


def slots(
    world: RobotWorld, grid: Grid, start_us: int, end_us: int, *, run_us: int = 0
) -> Iterator[Slot]:
    """Yield the whole slots of [start_us, end_us), a session a day.

    `run_us`: where an uninterrupted stream began; its first day's session begins
    there. Slots in which the robot is out of reach take no seq.
    """
    step = grid.slot_us
    for timeline in world.days(start_us, end_us):
        opens_us = max(timeline.start_us, run_us)
        first_us = aligned(world, grid, max(opens_us, start_us))
        last_us = min(end_us, timeline.start_us + DAY_US)
        life = f"{world.seed}/{world.profile.key}/{world.serial}/{world.born}"
        session = str(uuid5(NAMESPACE, f"{life}/{grid.name}/{opens_us}"))
        seq = told(timeline, grid, aligned(world, grid, opens_us), first_us)
        for at_us in range(first_us, last_us - step + 1, step):
            if not quiet(timeline, at_us, at_us + step):
                mishap = chance(world, grid, at_us)
                yield Slot(session, seq, at_us, at_us + step, grid, mishap)
                seq += 1


def told(timeline: Timeline, grid: Grid, start_us: int, end_us: int) -> int:
    """Count the slots between two boundaries in which something is told."""
    count = (end_us - start_us) // grid.slot_us
    for low, high in timeline.silences:
        first = max(-(-(low - start_us) // grid.slot_us), 0)
        after = min(high - start_us, end_us - start_us) // grid.slot_us
        count -= max(after - first, 0)
    return count


def quiet(timeline: Timeline, start_us: int, end_us: int) -> bool:
    """Say whether a robot is out of reach through all of a slot."""
    return any(low <= start_us and end_us <= high for low, high in timeline.silences)


def chance(world: RobotWorld, grid: Grid, at_us: int) -> str:
    """Draw what becomes of a message on its way."""
    profile = world.profile
    lived_us = at_us - world.born * DAY_US
    drawn = draws.stream(world.seed, world.serial, grid.name, lived_us).random()
    for name, share in (
        ("lost", profile.lost_share),
        ("late", profile.late_share),
        ("twice", profile.duplicate_share),
    ):
        if drawn < share:
            return name
        drawn -= share
    return ""
