"""A robot's past as messages: what a log upload brings, faults of the wire included."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from robot_bridge.simulator import legs, native
from robot_bridge.simulator.credentials import FleetRobot
from robot_bridge.simulator.legs import Leg
from robot_bridge.simulator.slots import GRIDS, Slot, slots
from robot_bridge.simulator.world import RobotWorld

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
LATE_BY: Final = 5  # messages that overtake a late one

Message = tuple[str, bytes]  # topic, payload


def microseconds(instant: datetime) -> int:
    return (instant - EPOCH) // timedelta(microseconds=1)


def moment(ts_us: int) -> datetime:
    return EPOCH + timedelta(microseconds=ts_us)


def world_of(robot: FleetRobot) -> RobotWorld:
    return RobotWorld(robot.seed, robot.profile, robot.serial, robot.first_day)


def covered(
    robot: FleetRobot, start: datetime, end: datetime
) -> tuple[datetime, datetime]:
    """Return what `history_messages` tells: whole ten minutes of the robot's clock."""
    told = list(past(robot, start, end))
    if not told:
        return start, start
    return moment(told[0].issued_us), moment(told[-1].end_us or told[-1].issued_us)


def past(robot: FleetRobot, start: datetime, end: datetime) -> Iterator[Leg]:
    return legs.history(world_of(robot), microseconds(start), microseconds(end))


def history_messages(
    robot: FleetRobot, start: datetime, end: datetime, *, sent_us: int | None = None
) -> Iterator[Message]:
    """Tell what happened in [start, end): a sample a minute, and every event.

    Deterministic but for `sent` (by default now). `covered` says where it ends, which
    is where a live stream goes on.
    """
    world = world_of(robot)
    topic = native.topic(robot.vendor_code, robot.serial)
    sent = time.time_ns() // 1000 if sent_us is None else sent_us
    for leg in past(robot, start, end):
        grid, from_us, end_us = GRIDS[leg.grid], leg.issued_us, leg.end_us or 0
        told = slots(world, grid, from_us, end_us, run_us=leg.run_us)
        for slot in carried(told):
            yield topic, native.payload(world, slot, sent_us=sent)


def carried(sent: Iterator[Slot]) -> Iterator[Slot]:
    """Yield slots as a wire delivers them: some lost, some twice, some late."""
    held: list[tuple[int, Slot]] = []
    for number, slot in enumerate(sent):
        while held and held[0][0] <= number:
            yield held.pop(0)[1]
        if slot.mishap == "late":
            held.append((number + LATE_BY, slot))
            continue
        if slot.mishap != "lost":
            yield slot
        if slot.mishap == "twice":
            yield slot
    yield from (slot for _, slot in held)
