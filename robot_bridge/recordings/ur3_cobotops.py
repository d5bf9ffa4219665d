"""The UR3 CobotOps dataset: a real arm at about 1 Hz, one native message a row.

Columns are separated by `;`, decimals by commas; an empty field was not read and
stays unsaid. The file has no sequence of its own, so its sha256 is the session and a
row's number its seq. Source: UCI ML Repository 963, doi 10.24432/C5J891.
"""

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

import orjson

from robot_bridge.recordings.message import RecordedMessage, RecordingError
from robot_bridge.telemetry import FaultLevel, Kind, OpState, SafetyKind, TaskStatus

TOPIC: Final = "pilotgate/v1/{vendor}/{serial}/telemetry"
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
# The recorder skips a row now and then; two seconds between rows is not silence.
INTERVAL_MS: Final = 2_000
JOINTS: Final = range(6)
CYCLE, STOP, GRIP = "cycle", "Robot_ProtectiveStop", "grip_lost"
METRICS: Final = {
    "Temperature_T0": "temp_c.j0",
    **{f"Temperature_J{joint}": f"temp_c.j{joint}" for joint in JOINTS if joint},
    **{f"Current_J{joint}": f"current_a.j{joint}" for joint in JOINTS},
    **{f"Speed_J{joint}": f"speed_radps.j{joint}" for joint in JOINTS},
    "Tool_current": "current_a.tool",
}
UNREAD: Final = frozenset({"", "nan"})
FLAGS: Final = {"true": True, "false": False}

Fields = dict[str, str]


@dataclass(slots=True)
class Carried:
    """What the row before said, so that a change can be told from a repeat."""

    last_row_of: dict[str, int]
    flags: dict[str, bool] = field(default_factory=dict)

    def changed(self, name: str, *, value: bool | None) -> bool:
        """Take up a flag; a first False is no change."""
        if value is None or value == self.flags.get(name, False):
            return False
        self.flags[name] = value
        return True


def read(path: Path, vendor_code: str, serial: str) -> Iterator[RecordedMessage]:
    content = path.read_bytes()
    session = hashlib.sha256(content).hexdigest()
    topic = TOPIC.format(vendor=vendor_code, serial=serial)
    rows = table(path, content)
    carried = Carried({row[CYCLE]: number for number, row in enumerate(rows)})
    for number, row in enumerate(rows):
        try:
            at = datetime.fromisoformat(row["Timestamp"])
            told = {
                "v": 1,
                "session": session,
                "seq": number,
                "interval_ms": INTERVAL_MS,
                "samples": samples(row),
                "events": list(events(row, number, carried)),
            }
        except ValueError as error:
            raise RecordingError(f"{path.name}, row {number + 1}: {error}.") from error
        ts_us = (at - EPOCH) // timedelta(microseconds=1)
        yield RecordedMessage(topic, orjson.dumps(told), ts_us)


def table(path: Path, content: bytes) -> list[Fields]:
    """Read the file's rows, its nameless trailing columns left out.

    Raises:
        RecordingError: not text, or a column of the dataset is missing.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RecordingError(f"{path.name}: not text ({error.reason}).") from error
    lines = csv.reader(io.StringIO(text), delimiter=";")
    names = [name.strip() for name in next(lines, [])]
    missing = {"Timestamp", CYCLE, STOP, GRIP, *METRICS} - set(names)
    if missing:
        raise RecordingError(
            f"{path.name}: not the UR3 CobotOps table, it lacks {sorted(missing)}."
        )
    return [
        {
            name: cell.strip()
            for name, cell in zip_longest(names, line[: len(names)], fillvalue="")
            if name
        }
        for line in lines
    ]


def samples(row: Fields) -> list[dict[str, Any]]:
    """Return what the row read; a field it did not read is left out."""
    read_now = {
        metric: float(row[column].replace(",", "."))
        for column, metric in METRICS.items()
        if row[column].lower() not in UNREAD
    }
    return [{"ts": row["Timestamp"], "m": read_now}] if read_now else []


def events(row: Fields, number: int, carried: Carried) -> Iterator[dict[str, Any]]:
    """Yield the row's events: its cycle and state each time, stops as they change."""

    def event(kind: Kind, value: str, ref: str = "", **more: int) -> dict[str, Any]:
        told = {"ts": row["Timestamp"], "kind": kind, "value": value, "ref": ref}
        return told | more

    stopped, lost = (FLAGS.get(row[name].lower()) for name in (STOP, GRIP))
    cycle = row[CYCLE]
    yield event(Kind.TASK, TaskStatus.STARTED, cycle)
    if stopped is not None:
        # An arm at work stands; its own motion is what it waits for.
        state = OpState.DISABLED if stopped else OpState.WAITING_INTERNAL
        yield event(Kind.OP_STATE, state)
    if carried.changed(STOP, value=stopped):
        value = "active" if stopped else "released"
        yield event(Kind.SAFETY, value, SafetyKind.PROTECTIVE_STOP)
    if carried.changed(GRIP, value=lost):
        value = "raised" if lost else "cleared"
        yield event(Kind.FAULT, value, GRIP, number=int(FaultLevel.WARNING))
    if carried.last_row_of[cycle] == number:
        yield event(Kind.TASK, TaskStatus.FINISHED, cycle)
