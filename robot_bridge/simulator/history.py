"""A robot's past as messages: what a log upload brings, faults of the wire included."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from robot_bridge.simulator import native
from robot_bridge.simulator.credentials import FleetRobot
from robot_bridge.simulator.slots import HOURS, Slot, aligned, slots
from robot_bridge.simulator.world import RobotWorld

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
LATE_BY: Final = 5  # messages that overtake a late one

Message = tuple[str, bytes]  # topic, payload


def microseconds(instant: datetime) -> int:
    return (instant - EPOCH) // timedelta(microseconds=1)


def moment(ts_us: int) -> datetime:
    return EPOCH + timedelta(microseconds=ts_us)


def world_of(robot: FleetRobot) -> RobotWorld:
    return RobotWorld(robot.seed, robot.profile, robot.serial)


def covered(
    robot: FleetRobot, start: datetime, end: datetime
) -> tuple[datetime, datetime]:
    """Return the whole hours of the robot's grid that `history_messages` tells."""
    world = world_of(robot)
    first_us = aligned(world, HOURS, microseconds(start))
    after_us = aligned(world, HOURS, microseconds(end) + 1) - HOURS.slot_us
    return moment(first_us), moment(max(after_us, first_us))


def history_messages(
    robot: FleetRobot, start: datetime, end: datetime, *, sent_us: int | None = None
) -> Iterator[Message]:
    """Tell the whole hours of [start, end): a sample a minute, and every event.

    Deterministic but for `sent` (by default now). `covered` says where it ends, which
    is where a live stream goes on.
    """
    world = world_of(robot)
    topic = native.topic(robot.vendor_code, robot.serial)
    sent = time.time_ns() // 1000 if sent_us is None else sent_us
    first, after = (microseconds(edge) for edge in covered(robot, start, end))
    for slot in carried(slots(world, HOURS, first, after)):
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
