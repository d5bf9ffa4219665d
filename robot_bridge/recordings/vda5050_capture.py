"""A capture of VDA 5050 traffic: `recv_ts topic qos retain len payload` a line.

What the vehicle said is sent again under the name of a robot of ours; what it was
told (order, instantActions) is not the vehicle's to send.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import orjson

from robot_bridge.recordings.message import RecordedMessage, RecordingError

TOPIC: Final = "uagv/v2/{vendor}/{serial}/{name}"
SAID: Final = frozenset({"connection", "state", "visualization"})
COLUMNS: Final = 6
NS_DIGITS: Final = 9


def read(path: Path, vendor_code: str, serial: str) -> Iterator[RecordedMessage]:
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        cells = line.split(b" ", COLUMNS - 1)
        name = cells[1].rpartition(b"/")[2].decode() if len(cells) > 1 else ""
        if name not in SAID:
            continue
        told = payload(path, number, cells)
        told["manufacturer"], told["serialNumber"] = vendor_code, serial
        topic = TOPIC.format(vendor=vendor_code, serial=serial, name=name)
        yield RecordedMessage(topic, orjson.dumps(told), received_us(cells[0]))


def payload(path: Path, number: int, cells: list[bytes]) -> dict[str, Any]:
    try:
        told: dict[str, Any] = orjson.loads(cells[COLUMNS - 1])
    except (IndexError, orjson.JSONDecodeError) as error:
        raise RecordingError(
            f"{path.name}, line {number}: no JSON behind {COLUMNS - 1} columns "
            f"({error})."
        ) from error
    return told


def received_us(cell: bytes) -> int:
    seconds, _, fraction = cell.decode().partition(".")
    return int(seconds) * 1_000_000 + int(fraction.ljust(NS_DIGITS, "0")) // 1000
