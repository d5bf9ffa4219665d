"""Which robot, stream and protocol a topic names."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from robot_bridge.errors import MalformedMessageError


class Protocol(StrEnum):
    NATIVE = "native"
    VDA5050 = "vda5050"


NATIVE_INTERFACE: Final = "pilotgate"
NATIVE_STREAM: Final = "telemetry"
VDA_INTERFACES: Final = ("uagv", "vda5050")
VDA_STREAMS: Final = ("state", "connection", "visualization")
# interface / version / vendor / serial / stream
_LEVELS: Final = 5


@dataclass(frozen=True, slots=True)
class Topic:
    """One robot's one stream.

    `vda_interfaces` of `read_topic` lets a site keep its own prefix.
    """

    text: str
    protocol: Protocol
    version: str
    vendor: str
    serial: str
    stream: str

    @property
    def name(self) -> str:
        """Return the user name under which a robot writes to this topic."""
        return f"{self.vendor}/{self.serial}"

    @property
    def base(self) -> str:
        return self.text.rpartition("/")[0]


def read_topic(text: str, vda_interfaces: tuple[str, ...] = VDA_INTERFACES) -> Topic:
    """Read a topic.

    Raises:
        MalformedMessageError: no adapter reads this topic.
    """
    levels = text.split("/")
    if len(levels) == _LEVELS and all(levels):
        interface, version, vendor, serial, stream = levels
        if interface == NATIVE_INTERFACE and (version, stream) == ("v1", NATIVE_STREAM):
            return Topic(text, Protocol.NATIVE, version, vendor, serial, stream)
        if interface in vda_interfaces and stream in VDA_STREAMS:
            return Topic(text, Protocol.VDA5050, version, vendor, serial, stream)
    raise MalformedMessageError(
        f"topic {text[:256]!r} is read by no adapter; a robot writes to "
        f"{NATIVE_INTERFACE}/v1/<vendor>/<serial>/{NATIVE_STREAM} or "
        f"{vda_interfaces[0]}/v2/<vendor>/<serial>/<{'|'.join(VDA_STREAMS)}>.",
        code="unknown_topic",
    )


def subscriptions(vda_interfaces: tuple[str, ...] = VDA_INTERFACES) -> list[str]:
    """Return the topic filters that together match what `read_topic` reads."""
    native = f"{NATIVE_INTERFACE}/v1/+/+/{NATIVE_STREAM}"
    vda = [f"{name}/+/+/+/{part}" for name in vda_interfaces for part in VDA_STREAMS]
    return [native, *vda]
