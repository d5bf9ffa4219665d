"""The files through which robots reach the simulated fleet: one JSON file a robot."""

import os
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import orjson

from robot_bridge.simulator.profiles import PROFILES

FOLDER: Final = "fleet"
PROTOCOLS: Final = ("native", "vda5050")


class CredentialsError(ValueError):
    """A robot's file does not say what the fleet needs."""


@dataclass(frozen=True, slots=True)
class FleetRobot:
    """One simulated robot: who it is, how it signs in, and which world it lives in.

    `starts_at`: it lives from here on (aware). `sent_until`: rows before this were
    already sent by someone else. `history_from`: once a backfill permission is open,
    send what lies between here and `starts_at` first. `first_day`: the local day its
    life counts from; robots that share it and a seed share the days of their site.
    """

    vendor_code: str
    serial: str
    secret: str
    protocol: str
    profile: str
    seed: int
    starts_at: datetime
    sent_until: datetime | None = None
    history_from: datetime | None = None
    first_day: date | None = None

    def __post_init__(self) -> None:
        if self.protocol not in PROTOCOLS:
            raise CredentialsError(
                f"{self.username}: protocol {self.protocol!r}; one of {PROTOCOLS}"
            )
        if self.profile not in PROFILES:
            raise CredentialsError(
                f"{self.username}: profile {self.profile!r}; one of {sorted(PROFILES)}"
            )
        for name in ("starts_at", "sent_until", "history_from"):
            instant = getattr(self, name)
            if instant is not None and instant.tzinfo is None:
                raise CredentialsError(f"{self.username}: {name} has no time zone")

    @property
    def username(self) -> str:
        return f"{self.vendor_code}/{self.serial}"

    def same_life(self, other: "FleetRobot") -> bool:
        """Say whether another file tells of the same robot in the same world."""
        return self.life == other.life

    @property
    def life(self) -> tuple[object, ...]:
        return self.username, self.profile, self.seed, self.first_day, self.protocol


def file_of(folder: Path, vendor_code: str, serial: str) -> Path:
    return folder / f"{quote(vendor_code, safe='')}@{quote(serial, safe='')}.json"


def write(folder: Path, robot: FleetRobot) -> Path:
    """Keep a robot's file, readable by its owner alone; an older one is replaced."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = file_of(folder, robot.vendor_code, robot.serial)
    fresh = path.with_suffix(".new")
    opened = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(opened, "wb") as file:
        file.write(orjson.dumps(asdict(robot), option=orjson.OPT_INDENT_2))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    return path


def read(path: Path) -> FleetRobot:
    """Read a robot's file.

    Raises:
        CredentialsError: not JSON, a field missing, or a value of no use.
    """
    try:
        told: dict[str, Any] = orjson.loads(path.read_bytes())
        known = {field.name for field in fields(FleetRobot)}
        values = {name: value for name, value in told.items() if name in known}
        for name in ("starts_at", "sent_until", "history_from"):
            if values.get(name) is not None:
                values[name] = datetime.fromisoformat(values[name])
        if values.get("first_day") is not None:
            values["first_day"] = date.fromisoformat(values["first_day"])
        return FleetRobot(**values)
    except (orjson.JSONDecodeError, TypeError, ValueError, AttributeError) as error:
        raise CredentialsError(f"{path.name}: {error}") from error


def read_all(folder: Path) -> dict[Path, int]:
    """Name the robot files of a folder and when each was last written, in ns."""
    found: dict[Path, int] = {}
    for path in sorted(folder.glob("*.json")):
        with suppress(FileNotFoundError):  # gone since it was listed
            found[path] = path.stat().st_mtime_ns
    return found
