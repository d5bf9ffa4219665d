"""One robot's connection to the broker: single-threaded, driven by the fleet's loop."""

import logging
import select
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Generic, Protocol, TypeVar
from urllib.parse import urlsplit

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from robot_bridge.simulator.line import Outgoing
from robot_bridge.telemetry import SECOND_US

KEEPALIVE_S: Final = 30
CONNECT_TIMEOUT_S: Final = 3
FIRST_BACK_OFF_US: Final = SECOND_US // 2
LONGEST_BACK_OFF_US: Final = 30 * SECOND_US
KEEP_EVERY_US: Final = 2 * SECOND_US
PORTS: Final = {"mqtt": 1883, "mqtts": 8883}
READABLE: Final = select.POLLIN | select.POLLHUP | select.POLLERR
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the broker answers; who signs in is each robot's own affair."""

    host: str
    port: int
    tls: bool

    @classmethod
    def named(cls, url: str) -> "Broker":
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname:
            raise ValueError(
                f"MQTT_URL names {parts.scheme or 'no'!r} scheme and host "
                f"{parts.hostname!r}; mqtt://host:port or mqtts://host:port is right."
            )
        port = parts.port or PORTS[parts.scheme]
        return cls(parts.hostname, port, parts.scheme == "mqtts")


class Speaker(Protocol):
    """Who has something to say: a simulated robot, or a recording."""

    @property
    def username(self) -> str: ...
    @property
    def secret(self) -> str: ...
    @property
    def receipt_topic(self) -> str: ...
    def will(self, now_us: int, /) -> Outgoing | None: ...
    def connected(self, now_us: int, /) -> Iterable[Outgoing]: ...
    def due(self, now_us: int, /) -> Iterable[Outgoing]: ...
    def receipt(self, payload: bytes, /) -> None: ...
    def farewell(self, now_us: int, /) -> Iterable[Outgoing]: ...
    def keep(self) -> None: ...


SpeakerT = TypeVar("SpeakerT", bound=Speaker)


class Connection(Generic[SpeakerT]):
    """One speaker over MQTT, its progress kept as it goes."""

    def __init__(self, line: SpeakerT, broker: Broker) -> None:
        self.line = line
        self.broker = broker
        self.unacknowledged: set[int] = set()
        self.client: paho.Client | None = None
        self.signed_in = False
        self.again_us = 0
        self.back_off_us = FIRST_BACK_OFF_US
        self.kept_us = 0
        self.now_us = 0

    def socket(self) -> Any:
        return self.client.socket() if self.client is not None else None

    def tend(self, now_us: int) -> None:
        """Connect when it is time to, send what is due, keep what was receipted."""
        self.now_us = now_us
        if self.client is None:
            if now_us >= self.again_us:
                self.connect()
            return
        if self.client.loop_misc() != MQTTErrorCode.MQTT_ERR_SUCCESS:
            self.lost()
            return
        if self.signed_in:
            self.send(self.line.due(now_us))
        if now_us - self.kept_us >= KEEP_EVERY_US:
            self.keep()

    def connect(self) -> None:
        name = self.line.username
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"robot:{name}",
            reconnect_on_failure=False,
        )
        client.username_pw_set(name, self.line.secret)
        client.connect_timeout = CONNECT_TIMEOUT_S
        client.max_inflight_messages_set(0xFFFF)
        client.on_connect = self.on_connect
        client.on_message = self.on_message
        client.on_disconnect = self.on_disconnect
        client.on_publish = self.on_publish
        if self.broker.tls:
            client.tls_set_context(ssl.create_default_context())
        will = self.line.will(self.now_us)
        if will is not None:
            client.will_set(will.topic, will.payload, will.qos, will.retain)
        try:
            client.connect(self.broker.host, self.broker.port, KEEPALIVE_S)
        except OSError as error:
            logger.info("%s: no broker yet (%s)", name, error)
            self.wait()
            return
        self.client = client

    def wait(self) -> None:
        """Stay away for a while, twice as long each time."""
        self.client, self.signed_in = None, False
        self.unacknowledged.clear()
        self.again_us = self.now_us + self.back_off_us
        self.back_off_us = min(self.back_off_us * 2, LONGEST_BACK_OFF_US)

    def lost(self) -> None:
        if self.client is not None:
            self.wait()

    def on_connect(
        self,
        client: paho.Client,
        _data: Any,
        _flags: paho.ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            logger.warning("%s: refused: %s", self.line.username, reason)
            return
        self.signed_in = True
        self.back_off_us = FIRST_BACK_OFF_US
        client.subscribe(self.line.receipt_topic, 1)
        self.send(self.line.connected(self.now_us))

    def on_disconnect(self, *_told: Any) -> None:
        self.lost()

    def on_message(
        self, _client: paho.Client, _data: Any, message: paho.MQTTMessage
    ) -> None:
        try:
            self.line.receipt(bytes(message.payload))
        except ValueError as error:
            logger.warning("%s: receipt not read: %s", self.line.username, error)

    def on_publish(self, _client: paho.Client, _data: Any, mid: int, *_: Any) -> None:
        self.unacknowledged.discard(mid)

    def send(self, messages: Iterable[Outgoing]) -> None:
        for message in messages:
            self.publish(message)

    def publish(self, message: Outgoing) -> None:
        if self.client is None:
            return
        sent = self.client.publish(
            message.topic, message.payload, message.qos, message.retain
        )
        if message.qos and not sent.is_published():
            self.unacknowledged.add(sent.mid)

    def read(self) -> None:
        """Read what is there; TLS may hold more than the socket shows."""
        while self.client is not None:
            self.client.loop_read()
            socket = self.socket()
            if not (isinstance(socket, ssl.SSLSocket) and socket.pending()):
                return

    def write(self) -> None:
        if self.client is not None:
            self.client.loop_write()

    def wants_write(self) -> bool:
        return self.client is not None and self.client.want_write()

    def keep(self) -> None:
        self.kept_us = self.now_us
        self.line.keep()

    def say_farewell(self, now_us: int) -> None:
        """Say that the robot leaves; the rest of the plan stays for the next time."""
        self.now_us = now_us
        if self.client is not None and self.signed_in:
            self.send(self.line.farewell(now_us))
        self.keep()

    def leave(self) -> None:
        if self.client is not None:
            self.client.disconnect()
            self.client = None


def exchange(connections: Iterable[Connection[Any]], timeout_ms: int) -> None:
    """Move bytes for whoever is ready; return at once when someone is."""
    poll = select.poll()
    ready: dict[int, Connection[Any]] = {}
    for connection in connections:
        socket = connection.socket()
        if socket is not None:
            ready[socket.fileno()] = connection
            wanted = select.POLLOUT if connection.wants_write() else 0
            poll.register(socket.fileno(), select.POLLIN | wanted)
    for file, events in poll.poll(timeout_ms):
        if events & READABLE:
            ready[file].read()
        if events & select.POLLOUT:
            ready[file].write()
