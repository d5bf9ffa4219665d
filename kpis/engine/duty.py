"""When robots were due: shifts, presence and exclusions, as spans of operational days.

The operational day is the site's local day; a night shift belongs to the day it
starts. Shifts and exclusions count in whole minutes.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from robot_bridge.telemetry import MINUTE_US, Window

DAY_MINUTES: Final = 24 * 60
EVERY_DAY: Final = (0, 1, 2, 3, 4, 5, 6)
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Shift:
    """Minutes of the local day; an end beyond 1440 runs into the next day.

    `weekdays`: Monday is 0.
    """

    start_minute: int = 0
    end_minute: int = DAY_MINUTES
    weekdays: tuple[int, ...] = EVERY_DAY

    def __post_init__(self) -> None:
        if not 0 <= self.start_minute < self.end_minute <= 2 * DAY_MINUTES:
            raise ValueError(
                f"a shift from minute {self.start_minute} to {self.end_minute}: it "
                "starts within its day, ends after it starts, and by the next day's end"
            )


@dataclass(frozen=True, slots=True)
class Presence:
    """When a robot belonged to the fleet measured; cut to whole minutes, inwards."""

    robot_id: int
    start_us: int
    end_us: int


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Time that does not count; every minute it touches is out. None: all robots."""

    robot_id: int | None
    start_us: int
    end_us: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Duty:
    """What was agreed about when robots are due.

    No shift: all day. No presence at all: every robot for the whole window.
    """

    timezone: str = "Asia/Shanghai"
    shifts: tuple[Shift, ...] = (Shift(),)
    presence: tuple[Presence, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True, order=True)
class DueSpan:
    """Time in which a robot was due, within one operational day."""

    robot_id: int
    start_us: int
    end_us: int
    day: date = field(compare=False)

    @property
    def length_us(self) -> int:
        return self.end_us - self.start_us


def due_spans(
    robot_ids: Iterable[int], window: Window, duty: Duty, *, exclude: bool = True
) -> list[DueSpan]:
    """Return when each robot was due inside the window: sorted, never overlapping."""
    shifts = list(_shifts(window, duty))
    found: list[DueSpan] = []
    for robot_id in sorted(set(robot_ids)):
        present = _presence(robot_id, window, duty)
        out = _exclusions(robot_id, duty) if exclude else []
        for day, shift in shifts:
            for start_us, end_us in _without(_overlaps(shift, present), out):
                found.append(DueSpan(robot_id, start_us, end_us, day))
    return sorted(found)


Pair = tuple[int, int]


def _shifts(window: Window, duty: Duty) -> Iterator[tuple[date, Pair]]:
    """Yield each day's shifts in time order; what two share belongs to the first."""
    zone = ZoneInfo(duty.timezone)
    first = _instant(window.start_us).astimezone(zone).date() - timedelta(days=2)
    days = (window.end_us - window.start_us) // (DAY_MINUTES * MINUTE_US) + 5
    spans = sorted(
        (
            _local(day, shift.start_minute, zone),
            _local(day, shift.end_minute, zone),
            day,
        )
        for day in (first + timedelta(days=number) for number in range(days))
        for shift in duty.shifts
        if day.weekday() in shift.weekdays
    )
    reached = window.start_us
    for start_us, end_us, day in spans:
        span = max(start_us, reached), min(end_us, window.end_us)
        if span[0] < span[1]:
            reached = span[1]
            yield day, span


def _local(day: date, minute: int, zone: ZoneInfo) -> int:
    wall = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minute)
    return (wall.replace(tzinfo=zone) - EPOCH) // _MICROSECOND


def _instant(ts_us: int) -> datetime:
    return EPOCH + timedelta(microseconds=ts_us)


def _presence(robot_id: int, window: Window, duty: Duty) -> list[Pair]:
    if not duty.presence:
        return [(window.start_us, window.end_us)]
    own = (each for each in duty.presence if each.robot_id == robot_id)
    return _united(
        (-(-each.start_us // MINUTE_US) * MINUTE_US, _floor(each.end_us))
        for each in own
    )


def _exclusions(robot_id: int, duty: Duty) -> list[Pair]:
    return _united(
        (_floor(each.start_us), -(-each.end_us // MINUTE_US) * MINUTE_US)
        for each in duty.exclusions
        if each.robot_id in {None, robot_id}
    )


def _floor(ts_us: int) -> int:
    return ts_us - ts_us % MINUTE_US


def _united(pairs: Iterable[Pair]) -> list[Pair]:
    """Merge spans that touch or overlap; empty ones vanish."""
    merged: list[Pair] = []
    for start_us, end_us in sorted(pairs):
        if start_us >= end_us:
            continue
        if merged and start_us <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end_us, merged[-1][1]))
        else:
            merged.append((start_us, end_us))
    return merged


def _overlaps(span: Pair, pairs: Sequence[Pair]) -> list[Pair]:
    cut = [(max(span[0], low), min(span[1], high)) for low, high in pairs]
    return [(low, high) for low, high in cut if low < high]


def _without(pairs: Sequence[Pair], out: Sequence[Pair]) -> Iterator[Pair]:
    for start_us, end_us in pairs:
        at_us = start_us
        for low, high in out:
            if high <= at_us or low >= end_us:
                continue
            if low > at_us:
                yield at_us, low
            at_us = max(at_us, high)
        if at_us < end_us:
            yield at_us, end_us


def length_by_day(spans: Iterable[DueSpan]) -> dict[tuple[int, date], int]:
    """Add up the time due: (robot, day) -> µs."""
    lengths: dict[tuple[int, date], int] = defaultdict(int)
    for span in spans:
        lengths[span.robot_id, span.day] += span.length_us
    return dict(lengths)
