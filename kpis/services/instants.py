"""Instants between Django and the engine."""

from datetime import datetime
from typing import Final

from robot_bridge.telemetry import DAY_US, Window

WEEK_US: Final = 7 * DAY_US


def microseconds(at: datetime) -> int:
    """Return an aware instant as µs UTC, exactly."""
    return int(at.replace(microsecond=0).timestamp()) * 1_000_000 + at.microsecond


def weeks_of(window: Window) -> list[Window]:
    """Cut a window every seven days; an empty one stays whole."""
    starts = range(window.start_us, window.end_us, WEEK_US) or [window.start_us]
    return [Window(at, min(at + WEEK_US, window.end_us)) for at in starts]
