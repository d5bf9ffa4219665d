"""What a robot still has to tell, as legs over its life, kept over restarts.

A leg is a span told on one grid in one stream. The last one is open: it is lived now.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import orjson

from robot_bridge.simulator.slots import (
    BEATS,
    GRIDS,
    HOURS,
    TENS,
    aligned,
    last_aligned,
)
from robot_bridge.simulator.world import RobotWorld
from robot_bridge.telemetry import DAY_US, HOUR_US, MINUTE_US, SECOND_US

# A shorter pause is made up in the live stream itself.
SHORT_US: Final = 10 * MINUTE_US
SILENT_US: Final = 45 * SECOND_US  # the same where nothing is sent again
BUFFER_US: Final = 7 * DAY_US - 2 * HOUR_US  # older rows would need a permission


@dataclass(slots=True)
class Leg:
    """A span on a grid, sent at least once up to `issued_us`.

    `waiting`: where the slots begin that were issued and have no receipt.
    `run_us`: where its stream began, from which session and seq follow; 0: at the
    first slot of each day.
    """

    grid: str
    issued_us: int
    end_us: int | None = None
    run_us: int = 0
    protocol: str = "native"
    waiting: list[int] = field(default_factory=list)

    @property
    def done(self) -> bool:
        return (
            self.end_us is not None
            and self.issued_us >= self.end_us
            and not self.waiting
        )


@dataclass(slots=True)
class Plan:
    """A robot's legs, oldest first, and the history request already taken up."""

    legs: list[Leg] = field(default_factory=list)
    history_from_us: int | None = None

    @property
    def live(self) -> Leg | None:
        return next((leg for leg in self.legs if leg.end_us is None), None)


def resume(
    plan: Plan, world: RobotWorld, *, begins_us: int, now_us: int, protocol: str
) -> None:
    """Open the live leg, and put before it what was missed since the last one.

    VDA 5050 sends nothing again: what it missed is told as native batches.
    """
    live = plan.live
    if live is not None:
        short_us = SHORT_US if protocol == "native" else SILENT_US
        if now_us - live.issued_us <= short_us:
            return
        begins_us = close(world, live)
    begins_us = max(begins_us, now_us - BUFFER_US)
    begins_us = aligned(world, BEATS, begins_us)
    live_us = aligned(world, BEATS, now_us)
    if protocol == "native":
        live_us = last_aligned(world, TENS, now_us)
    live_us = max(live_us, begins_us)
    plan.legs += catch_up(world, begins_us, live_us)
    plan.legs.append(Leg(BEATS.name, live_us, None, live_us, protocol))


def close(world: RobotWorld, live: Leg) -> int:
    """End a live leg where a coarser grid can go on; return where that is."""
    live.end_us = live.issued_us
    if live.protocol == "native":
        live.end_us = aligned(world, TENS, live.issued_us)
    return live.end_us


def catch_up(
    world: RobotWorld, start_us: int, end_us: int, *, by_day: bool = False
) -> Iterator[Leg]:
    """Cover a span with the coarsest grids that fit, finer ones at its edges.

    `by_day`: its hours are numbered by the day, so that telling a part again repeats.
    """
    stretches = (
        (BEATS, aligned(world, TENS, start_us)),
        (TENS, aligned(world, HOURS, start_us)),
        (HOURS, last_aligned(world, HOURS, end_us)),
        (TENS, last_aligned(world, TENS, end_us)),
        (BEATS, end_us),
    )
    at_us = start_us
    for grid, until_us in stretches:
        after_us = min(until_us, end_us)
        if after_us > at_us:
            run_us = 0 if by_day and grid is HOURS else at_us
            yield Leg(grid.name, at_us, after_us, run_us)
            at_us = after_us


def history(world: RobotWorld, from_us: int, until_us: int) -> Iterator[Leg]:
    """Cover the past between two instants, but for what is less than ten minutes."""
    first_us = aligned(world, TENS, from_us)
    after_us = last_aligned(world, TENS, until_us)
    return catch_up(world, first_us, after_us, by_day=True)


def request_history(plan: Plan, world: RobotWorld, from_us: int, until_us: int) -> None:
    """Take up a request for the past, once."""
    if plan.history_from_us is not None and from_us >= plan.history_from_us:
        return
    until_us = plan.history_from_us or until_us
    plan.history_from_us = from_us
    plan.legs[:0] = history(world, from_us, until_us)


def keep(path: Path, plan: Plan) -> None:
    """Write a plan whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_bytes(orjson.dumps(asdict(plan)))
    fresh.replace(path)


def recall(path: Path) -> Plan:
    """Read a plan; without one, or with a torn one, the robot starts anew."""
    try:
        told: dict[str, Any] = orjson.loads(path.read_bytes())
        legs = [Leg(**leg) for leg in told["legs"]]
        if {leg.grid for leg in legs} <= GRIDS.keys():
            return Plan(legs, told["history_from_us"])
    except (FileNotFoundError, orjson.JSONDecodeError, KeyError, TypeError):
        return Plan()
    return Plan()
