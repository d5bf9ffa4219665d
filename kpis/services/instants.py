"""Instants between Django and the engine."""

from datetime import datetime


def microseconds(at: datetime) -> int:
    """Return an aware instant as µs UTC, exactly."""
    return int(at.replace(microsecond=0).timestamp()) * 1_000_000 + at.microsecond
