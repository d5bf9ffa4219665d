"""The fleet: every robot whose file stands in the folder, on one loop."""

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from robot_bridge.simulator import credentials, legs
from robot_bridge.simulator.client import Broker, Connection, exchange
from robot_bridge.simulator.credentials import CredentialsError
from robot_bridge.simulator.line import Line
from robot_bridge.telemetry import SECOND_US

WATCH_EVERY_US: Final = SECOND_US // 3
ROUND_MS: Final = 150
FAREWELL_S: Final = 1.5
logger = logging.getLogger(__name__)


def now_us() -> int:
    return time.time_ns() // 1000


class Fleet:
    """Robots come and go with their files; each keeps its plan beside them."""

    def __init__(self, folder: Path, broker: Broker) -> None:
        self.folder = folder
        self.broker = broker
        self.seen: dict[Path, int] = {}
        self.connections: dict[Path, Connection[Line]] = {}
        self.watched_us = 0

    def run(self, is_over: Callable[[], bool]) -> None:
        """Serve until told to stop, then sign every robot off."""
        while not is_over():
            self.round(now_us())
        self.part()

    def round(self, at_us: int) -> None:
        """Do once what there is to do, and wait a little for the broker."""
        if at_us - self.watched_us >= WATCH_EVERY_US:
            self.watched_us = at_us
            self.watch(at_us)
        for connection in self.connections.values():
            connection.tend(at_us)
        exchange(self.connections.values(), ROUND_MS)

    def watch(self, at_us: int) -> None:
        """Notice robots that came, changed or went."""
        found = credentials.read_all(self.folder)
        for path in self.seen.keys() - found.keys():
            self.dismiss(path, at_us)
        for path, written in found.items():
            if self.seen.get(path) != written:
                self.take_up(path, at_us)
        self.seen = found

    def take_up(self, path: Path, at_us: int) -> None:
        try:
            robot = credentials.read(path)
        except (CredentialsError, OSError) as error:
            logger.warning("robot file left aside: %s", error)
            return
        known = self.connections.get(path)
        if known is not None and known.line.robot.same_life(robot):
            known.line.renew(robot)
            known.again_us = at_us
            return
        self.dismiss(path, at_us)
        plan_path = self.folder / "plans" / path.name
        line = Line(robot, legs.recall(plan_path), plan_path)
        line.begin(at_us)
        self.connections[path] = Connection(line, self.broker)
        logger.info("%s joins the fleet", robot.username)

    def dismiss(self, path: Path, at_us: int) -> None:
        connection = self.connections.pop(path, None)
        if connection is not None:
            connection.say_farewell(at_us)
            connection.leave()
            logger.info("%s leaves the fleet", connection.line.username)

    def part(self) -> None:
        """Sign off, and give the last words a moment to leave."""
        for connection in self.connections.values():
            connection.say_farewell(now_us())
        deadline = time.monotonic() + FAREWELL_S
        while time.monotonic() < deadline and any(
            connection.wants_write() for connection in self.connections.values()
        ):
            exchange(self.connections.values(), ROUND_MS)
        for connection in self.connections.values():
            connection.leave()
