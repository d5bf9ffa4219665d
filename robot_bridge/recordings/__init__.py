"""Recorded files as the messages a robot of ours would have sent."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from robot_bridge.recordings import ur3_cobotops, vda5050_capture
from robot_bridge.recordings.message import RecordedMessage, RecordingError

__all__ = ["FORMATS", "RecordedMessage", "RecordingError", "read"]

Reader = Callable[[Path, str, str], Iterator[RecordedMessage]]
FORMATS: Final[dict[str, Reader]] = {
    "ur3_cobotops": ur3_cobotops.read,
    "vda5050_capture": vda5050_capture.read,
}


def read(
    path: Path, format_name: str, *, vendor_code: str, serial: str
) -> Iterator[RecordedMessage]:
    """Yield a file's messages, sent as this robot, in the order of recording.

    The same file and robot give the same bytes, so that a replay is a duplicate.

    Raises:
        RecordingError: the file is not of this format.
    """
    return FORMATS[format_name](path, vendor_code, serial)
