"""One robot's side of the wire: what to send now, and what has been receipted.

Knows no socket and no clock: `now_us` comes in, messages go out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from robot_bridge.simulator import legs, native, vda5050
from robot_bridge.simulator.credentials import FleetRobot
from robot_bridge.simulator.history import microseconds, world_of
from robot_bridge.simulator.legs import Leg, Plan
from robot_bridge.simulator.slots import BEATS, GRIDS, Slot, last_aligned, slots
from robot_bridge.telemetry import SECOND_US

WINDOW: Final = 150  # messages without a receipt
LIVE_WINDOW: Final = 50  # kept free for what happens now
FIRST_WAIT_US: Final = 20 * SECOND_US
LONGEST_WAIT_US: Final = 300 * SECOND_US
LATE_US: Final = 12 * SECOND_US


@dataclass(frozen=True, slots=True)
class Outgoing:
    topic: str
    payload: bytes
    qos: int = 1
    retain: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the platform says it keeps: a session's ranges of seq, inclusive."""

    session: str
    ranges: tuple[tuple[int, int], ...]

    @classmethod
    def read(cls, payload: bytes) -> "Receipt":
        """Read a receipt.

        Raises:
            ValueError: it does not name a session and ranges of numbers.
        """
        try:
            told: dict[str, Any] = orjson.loads(payload)
            ranges = tuple((int(first), int(last)) for first, last in told["ranges"])
            return cls(str(told["session"]), ranges)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"no receipt: {error!r}") from error

    def covers(self, key: tuple[str, int]) -> bool:
        session, seq = key
        return session == self.session and any(
            first <= seq <= last for first, last in self.ranges
        )


@dataclass(slots=True)
class InFlight:
    """A slot that was sent, or waits to be, and has no receipt."""

    leg: Leg
    slot: Slot
    due_us: int
    wait_us: int = FIRST_WAIT_US


class Line:
    """What one robot has to say, and how far it has been heard."""

    def __init__(
        self, robot: FleetRobot, plan: Plan, plan_path: Path | None = None
    ) -> None:
        self.robot = robot
        self.plan_path = plan_path
        self.world = world_of(robot)
        self.plan = plan
        self.in_flight: dict[tuple[str, int], InFlight] = {}
        self.header_id = 0
        self.connections = 0

    @property
    def username(self) -> str:
        return self.robot.username

    @property
    def secret(self) -> str:
        return self.robot.secret

    def keep(self) -> None:
        """Keep the plan, so that another process can go on with it."""
        if self.plan_path is not None:
            legs.keep(self.plan_path, self.plan)

    @property
    def receipt_topic(self) -> str:
        topic = native.topic(self.robot.vendor_code, self.robot.serial)
        return topic.rpartition("/")[0] + "/receipt"

    def begin(self, now_us: int) -> None:
        """Take up where this robot stopped, or at the beginning of its life."""
        robot = self.robot
        begins_us = microseconds(robot.sent_until or robot.starts_at)
        self.resume(begins_us, now_us)
        for leg in self.plan.legs:
            self.take_again(leg, now_us)
        self.request_history()

    def take_again(self, leg: Leg, now_us: int) -> None:
        """Hold again what was sent, or kept back, and never receipted."""
        grid = GRIDS[leg.grid]
        for at_us in leg.waiting:
            after_us = at_us + grid.slot_us
            for slot in slots(self.world, grid, at_us, after_us, run_us=leg.run_us):
                waiting = InFlight(leg, slot, now_us)
                self.in_flight[slot.session, slot.seq] = waiting

    def resume(self, begins_us: int, now_us: int) -> None:
        protocol = self.robot.protocol
        legs.resume(
            self.plan, self.world, begins_us=begins_us, now_us=now_us, protocol=protocol
        )

    def renew(self, robot: FleetRobot) -> None:
        """Take up what changed in the robot's file: its secret, a history request."""
        self.robot = robot
        self.request_history()

    def request_history(self) -> None:
        robot = self.robot
        if robot.history_from is not None:
            from_us, until_us = map(microseconds, (robot.history_from, robot.starts_at))
            legs.request_history(self.plan, self.world, from_us, until_us)

    def connected(self, now_us: int) -> list[Outgoing]:
        """Say hello; what has no receipt is due again at once."""
        for waiting in self.in_flight.values():
            waiting.due_us = min(waiting.due_us, now_us)
        if self.robot.protocol == "native":
            return []
        self.header_id = 0
        return [self.connection(vda5050.ONLINE, now_us)]

    def farewell(self, now_us: int) -> list[Outgoing]:
        if self.robot.protocol == "native":
            return []
        return [self.connection(vda5050.OFFLINE, now_us)]

    def will(self, now_us: int) -> Outgoing | None:
        """Give the last will, written before connecting."""
        if self.robot.protocol == "native":
            return None
        return self.connection(vda5050.BROKEN, now_us, header_id=0)

    def connection(
        self, state: str, now_us: int, header_id: int | None = None
    ) -> Outgoing:
        if header_id is None:
            self.connections += 1
            header_id = self.connections
        skewed_us = now_us + self.world.skew_us
        payload = vda5050.connection(self.robot.username, state, skewed_us, header_id)
        return Outgoing(self.topic("connection"), payload, retain=True)

    def topic(self, name: str) -> str:
        return vda5050.topic(self.robot.vendor_code, self.robot.serial, name)

    def due(self, now_us: int) -> Iterator[Outgoing]:
        """Yield what is to be sent now: live first, then what lies behind."""
        self.resume(now_us, now_us)
        for waiting in list(self.in_flight.values()):
            if waiting.due_us <= now_us:
                yield from self.send(waiting, now_us)
        for leg in reversed(self.plan.legs):
            yield from self.advance(leg, now_us)
        self.settle()

    def advance(self, leg: Leg, now_us: int) -> Iterator[Outgoing]:
        """Send what of a leg has come to pass, as far as the window allows."""
        grid, live = GRIDS[leg.grid], leg.end_us is None
        window = WINDOW + LIVE_WINDOW if live else WINDOW
        after_us = now_us if leg.end_us is None else leg.end_us
        after_us = last_aligned(self.world, grid, after_us)
        if leg.issued_us >= after_us:
            return
        ahead = slots(self.world, grid, leg.issued_us, after_us, run_us=leg.run_us)
        for slot in ahead:
            if len(self.in_flight) >= window:
                return
            leg.issued_us = slot.end_us
            yield from self.issue(leg, slot, now_us)
        leg.issued_us = after_us

    def issue(self, leg: Leg, slot: Slot, now_us: int) -> Iterator[Outgoing]:
        if leg.protocol != "native":
            yield from self.say_state(slot)
            return
        if slot.mishap == "lost":
            return
        waiting = InFlight(leg, slot, now_us)
        self.in_flight[slot.session, slot.seq] = waiting
        if slot.mishap == "late":
            waiting.due_us = now_us + LATE_US
            return
        yield from self.send(waiting, now_us)

    def send(self, waiting: InFlight, now_us: int) -> Iterator[Outgoing]:
        slot, robot = waiting.slot, self.robot
        skew_us = self.world.skew_us if waiting.leg.grid == BEATS.name else 0
        payload = native.payload(self.world, slot, sent_us=now_us, skew_us=skew_us)
        message = Outgoing(native.topic(robot.vendor_code, robot.serial), payload)
        yield message
        if slot.mishap == "twice":
            yield message
        waiting.due_us = now_us + waiting.wait_us
        waiting.wait_us = min(waiting.wait_us * 2, LONGEST_WAIT_US)

    def say_state(self, slot: Slot) -> Iterator[Outgoing]:
        """Send a slot's states; VDA 5050 sends them once, whatever becomes of them."""
        for ts_us, told in vda5050.states(self.world, slot):
            self.header_id += 1
            if slot.mishap == "lost":
                continue
            skewed_us = ts_us + self.world.skew_us
            head = vda5050.header(self.robot.username, skewed_us, self.header_id)
            message = Outgoing(self.topic("state"), orjson.dumps(head | told), qos=0)
            yield message
            if slot.mishap == "twice":
                yield message

    def receipt(self, payload: bytes) -> None:
        """Let go of what the platform says it keeps."""
        receipt = Receipt.read(payload)
        for key in [key for key in self.in_flight if receipt.covers(key)]:
            del self.in_flight[key]
        self.settle()

    def settle(self) -> None:
        """Note what of each leg waits for a receipt, and drop what needs no more."""
        waiting: dict[int, list[int]] = {}
        for each in self.in_flight.values():
            waiting.setdefault(id(each.leg), []).append(each.slot.start_us)
        for leg in self.plan.legs:
            leg.waiting = waiting.get(id(leg), [])
        self.plan.legs = [leg for leg in self.plan.legs if not leg.done]
