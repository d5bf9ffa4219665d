"""Bytes to canonical rows: pure, one file a protocol, chosen by topic."""

from robot_bridge.adapters import native, vda5050
from robot_bridge.adapters.topics import Protocol, Topic, read_topic, subscriptions
from robot_bridge.telemetry import Parsed

__all__ = ["Mark", "Protocol", "Topic", "mark", "parse", "read_topic", "subscriptions"]

Mark = native.Mark
_PARSERS = {Protocol.NATIVE: native.parse, Protocol.VDA5050: vda5050.parse}


def parse(topic: Topic, payload: bytes) -> Parsed:
    """Read one message.

    Raises:
        MalformedMessageError: the message cannot be read, and why.
    """
    return _PARSERS[topic.protocol](topic, payload)


def mark(topic: Topic, payload: bytes) -> Mark | None:
    """Return the session and seq a receipt can name; VDA 5050 knows no receipt."""
    return native.mark(payload) if topic.protocol is Protocol.NATIVE else None
