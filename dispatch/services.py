"""What every part of the platform tells the others."""

import time
from pathlib import Path

from django.conf import settings


def beat(name: str) -> None:
    """Say that this long-running process is alive. Cheap enough for every loop."""
    folder = _heartbeats()
    try:
        (folder / name).touch()
    except FileNotFoundError:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / name).touch()


def heartbeat_age_s(name: str) -> float | None:
    """Return the seconds since a process last said so, or None if it never did."""
    try:
        return max(0.0, time.time() - (_heartbeats() / name).stat().st_mtime)
    except FileNotFoundError:
        return None


def _heartbeats() -> Path:
    return settings.PILOTGATE_HOME / "heartbeat"
