from dataclasses import dataclass


class RecordingError(ValueError):
    """A file is not the recording it was said to be."""


@dataclass(frozen=True, slots=True)
class RecordedMessage:
    """One message to send again, and when it was first sent, in µs UTC."""

    topic: str
    payload: bytes
    ts_us: int
