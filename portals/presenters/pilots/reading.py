"""What a pilot's dashboard reads: once for all who look, and with its instants."""

import logging
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from threading import Lock
from typing import Final

from django.db import Error, connection
from django.utils import timezone

from accounts.errors import DomainError
from kpis import services as kpis
from kpis.engine.parts import TASKS_FINISHED
from pilots.models import Deployment, Pilot
from pilots.services import GateState, gate_state
from portals.presenters import fleet
from robot_bridge import services as bridge
from robot_bridge.telemetry import DAY_US, HOUR_US, METRICS, MINUTE_US, Window

STEP_US: Final = 10 * MINUTE_US
BATTERY_US: Final = 15 * MINUTE_US
SUCCESS: Final = "task_success"
# The lake is asked for charges this often.
CHARGES_S: Final = 10
# A reading is shared for so long, and offered for so long while it is read anew; what
# it shows carries its own age anyhow.
SHARED: Final = timedelta(seconds=2)
OFFERED: Final = timedelta(seconds=10)
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RobotLine:
    """A robot at work: when it was heard, its charge and its luck of the last day."""

    code: str
    serial: str
    heard_at: datetime | None
    charge: float | None
    charge_at: datetime | None
    success: Fraction | None


@dataclass(frozen=True, slots=True)
class Board:
    """A pilot as it stood at `read_at`; no words in it, so every reader may share it.

    `pace`: by instant in Unix seconds, tasks finished in the hour before; None where
    nothing was heard in it.
    """

    pilot: Pilot
    state: GateState
    robots: tuple[RobotLine, ...]
    pace: tuple[tuple[float, float | None], ...]
    read_at: datetime


def read_board(pilot: Pilot) -> Board:
    """Read all that changes while people look; nothing is kept."""
    now = timezone.now()
    deployed = list(
        Deployment.objects.open_now()
        .filter(pilot=pilot)
        .select_related("robot", "span")
        .order_by("robot__code")
    )
    return Board(
        pilot=pilot,
        state=gate_state(pilot, now=now),
        robots=tuple(_lines(pilot, deployed, now)),
        pace=tuple(_pace(pilot, [each.robot_id for each in deployed], now)),
        read_at=now,
    )


def _lines(pilot: Pilot, deployed: list[Deployment], now: datetime) -> list[RobotLine]:
    ids = [each.robot_id for each in deployed]
    heard = fleet.last_received(ids)
    charges = shared_charges(tuple(ids), int(now.timestamp()) // CHARGES_S)
    success = _success(pilot, ids, now)
    return [
        RobotLine(
            code=each.robot.code,
            serial=each.robot.serial,
            heard_at=heard.get(each.robot_id),
            charge=charges.get(each.robot_id, (None, None))[0],
            charge_at=charges.get(each.robot_id, (None, None))[1],
            success=success.get(each.robot_id),
        )
        for each in deployed
    ]


@lru_cache(maxsize=256)
def shared_charges(
    ids: tuple[int, ...], turn: int
) -> Mapping[int, tuple[float, datetime | None]]:
    """Return the newest charges as read once in a turn; they change slowly."""
    at = datetime.fromtimestamp((turn + 1) * CHARGES_S, UTC)
    return newest_charges(list(ids), at)


def newest_charges(
    ids: list[int], now: datetime
) -> Mapping[int, tuple[float, datetime | None]]:
    """Return each robot's newest state of charge of the last minutes, and its time."""
    if not ids:
        return {}
    now_us = _microseconds(now)
    window = Window(now_us - BATTERY_US, now_us + MINUTE_US)
    rows = bridge.lake_rows("samples", ids, window, metric="soc")
    steps = METRICS["soc"].steps
    return {
        robot_id: (value / steps, fleet.instant(ts_us))
        for robot_id, ts_us, value in zip(
            rows["robot_id"].to_pylist(),
            rows["ts_us"].to_pylist(),
            rows["value"].to_pylist(),
            strict=True,
        )
    }


def _success(
    pilot: Pilot, ids: list[int], now: datetime
) -> Mapping[int, Fraction | None]:
    now_us = _microseconds(now)
    figures = kpis.compute(
        robots=ids,
        window=Window(now_us - DAY_US, now_us),
        kpis=[SUCCESS],
        evidence=pilot.contract.evidence_kind,
    )
    return {
        each.robot_id: Fraction(each.num, each.den) if each.den else None
        for each in figures[SUCCESS].by_robot
    }


def _pace(
    pilot: Pilot, ids: list[int], now: datetime
) -> list[tuple[float, float | None]]:
    """Count the tasks of each hour before, every ten minutes of the last day."""
    end_us = _microseconds(now) // STEP_US * STEP_US
    steps = kpis.series(
        robots=ids,
        window=Window(end_us - DAY_US - HOUR_US, end_us),
        part=TASKS_FINISHED,
        step_us=STEP_US,
        evidence=pilot.contract.evidence_kind,
    )
    span = HOUR_US // STEP_US
    points: list[tuple[float, float | None]] = []
    for place in range(span, len(steps) + 1):
        hour = steps[place - span : place]
        known = all(step.rows for step in hour)
        total = float(sum(step.times for step in hour)) if known else None
        points.append(((hour[-1].start_us + STEP_US) / 1e6, total))
    return points


def _microseconds(at: datetime) -> int:
    return int(at.timestamp() * 1e6)


class Shelf:
    """The newest reading of each pilot, shared by everyone in this process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._locks: dict[int, Lock] = {}
        self._boards: dict[int, Board] = {}
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="board")
        self._asked: dict[int, Future[None]] = {}

    def board(self, pilot: Pilot) -> Board:
        """Return a reading of a moment ago; nobody waits while it is read anew.

        Only a first reading, one that nobody asked for lately, or one of another
        state of the pilot is waited for.
        """
        held = self._boards.get(pilot.pk)
        if held is None or _is_past(held, pilot, OFFERED):
            return self.newest(pilot, OFFERED)
        if _is_past(held, pilot, SHARED):
            self._ask(pilot)
        return held

    def newest(self, pilot: Pilot, age: timedelta = SHARED) -> Board:
        """Return a reading no older than that; one thread reads, others wait for it."""
        with self._lock:
            lock = self._locks.setdefault(pilot.pk, Lock())
        with lock:
            held = self._boards.get(pilot.pk)
            if held is None or _is_past(held, pilot, age):
                held = self._boards[pilot.pk] = read_board(pilot)
            return held

    def _ask(self, pilot: Pilot) -> None:
        with self._lock:
            asked = self._asked.get(pilot.pk)
            if asked is None or asked.done():
                self._asked[pilot.pk] = self._reader.submit(self._renew, pilot)

    def _renew(self, pilot: Pilot) -> None:
        try:
            self.newest(pilot)
        except (Error, DomainError, OSError):
            # The page's ages go on; who asks next asks again.
            logger.warning("pilot %s could not be read", pilot.pk, exc_info=True)
        finally:
            connection.close()

    def forget(self, pilot: Pilot) -> None:
        """Read anew next time: something was done to the pilot."""
        self._boards.pop(pilot.pk, None)

    def clear(self) -> None:
        """Read every pilot anew next time."""
        self._boards.clear()
        shared_charges.cache_clear()


def _is_past(held: Board, pilot: Pilot, age: timedelta) -> bool:
    """Whether a reading is older than that, or of another state of the pilot."""
    return timezone.now() - held.read_at > age or held.pilot.state != pilot.state


SHELF: Final = Shelf()
