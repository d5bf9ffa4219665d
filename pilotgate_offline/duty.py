"""When a robot was due, minute by minute.

The operational day is the site's local day; a night shift belongs to the day it
starts on. What two shifts share belongs to the one that starts first. A robot's
presence is cut inwards to whole minutes, an exclusion outwards.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pilotgate_offline.terms import reading
from pilotgate_offline.twins import MINUTE_US

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
DAY = timedelta(days=1)
DAY_MINUTES = 24 * 60


@dataclass(frozen=True)
class Due:
    """A stretch of time in which a robot was due, within one operational day."""

    start_us: int
    end_us: int
    day: date


def due_time(
    robot: int, window: tuple[int, int], duty: Mapping[str, Any], *, exclude: bool
) -> list[Due]:
    """Return when a robot was due inside a window of whole minutes, in order."""
    with reading("scope.json"):
        day_of_minute: dict[int, date] = {}
        for start, end, day in sorted(_shifts(window, duty)):
            for minute in range(start, end):
                day_of_minute.setdefault(minute, day)
        low, high = _inwards(*window)
        due = {m: day for m, day in day_of_minute.items() if low <= m < high}
        if duty["presence"]:
            present = set(_present(robot, duty["presence"]))
            due = {minute: day for minute, day in due.items() if minute in present}
        if exclude:
            for minute in _excluded(robot, duty["exclusions"], (low, high)):
                due.pop(minute, None)
        return list(_stretches(due))


def window_of(
    starts_on: date, last_on: date, duty: Mapping[str, Any]
) -> tuple[int, int]:
    """Return the time from the first day's midnight to the end of the last shift."""
    with reading("scope.json"):
        zone = ZoneInfo(duty["timezone"])
        latest = max(shift["end_minute"] for shift in duty["shifts"])
        return (
            _minute_at(starts_on, 0, zone) * MINUTE_US,
            _minute_at(last_on + DAY, 0, zone) * MINUTE_US
            + max(0, latest - DAY_MINUTES) * MINUTE_US,
        )


def _shifts(
    window: tuple[int, int], duty: Mapping[str, Any]
) -> Iterator[tuple[int, int, date]]:
    """Yield each shift of each local day that may touch the window, in minutes."""
    zone = ZoneInfo(duty["timezone"])
    first = (EPOCH + window[0] * MICROSECOND).astimezone(zone).date() - 2 * DAY
    last = (EPOCH + window[1] * MICROSECOND).astimezone(zone).date() + 2 * DAY
    day = first
    while day <= last:
        for shift in duty["shifts"]:
            if day.weekday() in shift["weekdays"]:
                start = _minute_at(day, shift["start_minute"], zone)
                yield start, _minute_at(day, shift["end_minute"], zone), day
        day += DAY


def _minute_at(day: date, minute: int, zone: ZoneInfo) -> int:
    """Return the UTC minute at which a minute of the local day begins."""
    wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)  # noqa: DTZ001 - the zone comes next
    at_us = (wall.replace(tzinfo=zone) - EPOCH) // MICROSECOND
    return at_us // MINUTE_US


def _inwards(start_us: int, end_us: int) -> tuple[int, int]:
    return -(-start_us // MINUTE_US), end_us // MINUTE_US


def _present(robot: int, presence: Sequence[Mapping[str, Any]]) -> Iterator[int]:
    for each in presence:
        if each["robot_id"] == robot:
            yield from range(*_inwards(each["start_us"], each["end_us"]))


def _excluded(
    robot: int, exclusions: Sequence[Mapping[str, Any]], within: tuple[int, int]
) -> Iterator[int]:
    """Yield every minute an exclusion of this robot, or of all, touches."""
    for each in exclusions:
        if each["robot_id"] in {None, robot}:
            start = max(each["start_us"] // MINUTE_US, within[0])
            yield from range(start, min(-(-each["end_us"] // MINUTE_US), within[1]))


def _stretches(due: Mapping[int, date]) -> Iterator[Due]:
    """Join minutes that follow each other on one operational day."""
    begun: int | None = None
    for minute in sorted(due):
        if begun is None:
            begun = minute
        if due.get(minute + 1) != due[minute]:
            yield Due(begun * MINUTE_US, (minute + 1) * MINUTE_US, due[minute])
            begun = None
