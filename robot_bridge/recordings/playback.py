"""A recording on the wire again: what is due now, and what has been receipted."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import orjson

from robot_bridge.recordings.message import RecordedMessage, RecordingError
from robot_bridge.simulator.client import Broker, Connection, exchange
from robot_bridge.simulator.line import Outgoing, Receipt
from robot_bridge.telemetry import SECOND_US

WINDOW: Final = 500  # messages without a receipt
WAIT_US: Final = 20 * SECOND_US
PATIENCE_S: Final = 60.0
ROUND_MS: Final = 50


class Playback:
    """Sends recorded messages at `speed` times their pace; 0: as fast as it goes.

    A native message is held until its receipt. VDA 5050 knows none: there the broker's
    acknowledgement has to do, and a lost connection begins again, which changes
    nothing for whoever counts.
    """

    def __init__(
        self,
        messages: Sequence[RecordedMessage],
        *,
        username: str,
        secret: str,
        speed: float = 0.0,
    ) -> None:
        self.messages = messages
        self.username = username
        self.secret = secret
        self.speed = speed
        self.began_us = 0
        self.sent = 0
        self.waiting: dict[tuple[str, int], tuple[RecordedMessage, int]] = {}

    @property
    def is_told(self) -> bool:
        return self.sent == len(self.messages) and not self.waiting

    @property
    def receipt_topic(self) -> str:
        return f"pilotgate/v1/{self.username}/receipt"

    def will(self, _now_us: int) -> Outgoing | None:
        """Leave none: a recording's end says nothing of the robot."""
        return None

    def connected(self, now_us: int) -> list[Outgoing]:
        self.began_us = self.began_us or now_us
        if any(numbered(each) is None for each in self.messages[:1]):
            self.sent = 0
        self.waiting = {key: (each, 0) for key, (each, _) in self.waiting.items()}
        return []

    def farewell(self, _now_us: int) -> list[Outgoing]:
        return []

    def keep(self) -> None:
        """Keep nothing: the file is the memory."""

    def due(self, now_us: int) -> Iterator[Outgoing]:
        for key, (message, due_us) in list(self.waiting.items()):
            if due_us <= now_us:
                self.waiting[key] = (message, now_us + WAIT_US)
                yield Outgoing(message.topic, message.payload)
        while self.sent < len(self.messages) and len(self.waiting) < WINDOW:
            message = self.messages[self.sent]
            if self.at_us(message) > now_us:
                return
            self.sent += 1
            number = numbered(message)
            if number is not None:
                self.waiting[number] = (message, now_us + WAIT_US)
            yield Outgoing(message.topic, message.payload)

    def at_us(self, message: RecordedMessage) -> int:
        """Return when a message is to be sent."""
        if not self.speed:
            return 0
        since_us = message.ts_us - self.messages[0].ts_us
        return self.began_us + round(since_us / self.speed)

    def is_ahead(self, now_us: int) -> bool:
        """Say whether nothing is due before some later time."""
        waits = self.sent < len(self.messages) and not self.waiting
        return waits and self.at_us(self.messages[self.sent]) > now_us

    def receipt(self, payload: bytes) -> None:
        receipt = Receipt.read(payload)
        for key in [key for key in self.waiting if receipt.covers(key)]:
            del self.waiting[key]


def numbered(message: RecordedMessage) -> tuple[str, int] | None:
    """Return the session and seq a receipt will name, or None where none comes."""
    if not message.topic.startswith("pilotgate/"):
        return None
    told = orjson.loads(message.payload)
    return told["session"], told["seq"]


def play(
    playback: Playback,
    broker: Broker,
    *,
    patience_s: float = PATIENCE_S,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> None:
    """Send a recording until all of it has been taken; `progress` is told how much is.

    Raises:
        RecordingError: nothing was taken for so long.
    """
    connection = Connection(playback, broker)
    moved_at, left = time.monotonic(), -1
    while not (playback.is_told and not connection.unacknowledged):
        connection.tend(time.time_ns() // 1000)
        exchange([connection], ROUND_MS)
        now_left = len(playback.messages) - playback.sent + len(playback.waiting)
        if now_left != left or playback.is_ahead(time.time_ns() // 1000):
            moved_at, left = time.monotonic(), now_left
            progress(len(playback.messages) - left, len(playback.messages))
        if time.monotonic() - moved_at > patience_s:
            connection.leave()
            raise RecordingError(
                f"{playback.username}: {left} messages were not taken within "
                f"{patience_s:.0f} s; is the bridge running, and the robot's "
                "credential valid?"
            )
    connection.leave()
