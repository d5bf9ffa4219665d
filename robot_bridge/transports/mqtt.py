"""MQTT: messages in, acknowledged only when somebody says so; receipts out.

One thread and no loop of paho's own: the caller turns the wire, takes what arrived,
makes it durable, and only then acknowledges. The session is persistent under a fixed
client id, so that what was not acknowledged comes again.
"""

import logging
import select
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from paho.mqtt.client import Client, ConnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from robot_bridge.telemetry import Envelope

logger = logging.getLogger(__name__)

QOS: Final = 1
KEEPALIVE_S: Final = 30
BACK_OFF_S: Final = (0.2, 0.5, 1, 2, 5, 10)
# Packets read before the caller gets to spool them.
MOST_AT_ONCE: Final = 512
_DEFAULT_PORTS: Final = {"mqtt": 1883, "mqtts": 8883}
_SENDER: Final = slice(2, 4)  # interface/version/VENDOR/SERIAL/stream


@dataclass(frozen=True, slots=True)
class Arrival:
    """An envelope, and what its acknowledgement needs."""

    envelope: Envelope
    mid: int
    qos: int
    connection: int


class MqttWire:
    """A connection to one broker that outlives its connections.

    A broker's access list lets a user write to its own topics only, so the sender of
    a message is the user its topic names.
    """

    def __init__(self, url: str, *, client_id: str, topics: Sequence[str]) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or "127.0.0.1"
        self._port = parts.port or _DEFAULT_PORTS[parts.scheme]
        self._topics = [(topic, QOS) for topic in topics]
        self._arrived: list[Arrival] = []
        self._connection = 0
        self._is_up = False
        self._failures = 0
        self._try_at = 0.0
        self._client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            clean_session=False,
            protocol=MQTTProtocolVersion.MQTTv311,
            manual_ack=True,
        )
        if parts.username:
            password = unquote(parts.password or "")
            self._client.username_pw_set(unquote(parts.username), password)
        if parts.scheme == "mqtts":
            self._client.tls_set_context(ssl.create_default_context())
        self._client.max_queued_messages_set(0)
        self._client.on_connect = self._connected
        self._client.on_disconnect = self._disconnected
        self._client.on_subscribe = self._subscribed
        self._client.on_message = self._received

    @property
    def is_up(self) -> bool:
        """Whether the broker delivers to us: it let us in and has our subscriptions."""
        return self._is_up

    def turn(self, timeout_s: float) -> None:
        """Read and write what is ready; waits up to a time when nothing is."""
        sock: Any = self._client.socket()
        if sock is None:
            self._connect(timeout_s)
            return
        wanted = [sock] if self._client.want_write() else []
        readable, writable, _broken = select.select([sock], wanted, [], timeout_s)
        if readable or _has_more(sock):
            self._read(sock)
        if writable and self._client.socket() is sock:
            self._client.loop_write()
        self._client.loop_misc()

    def take(self) -> list[Arrival]:
        """Return what has arrived since the last time."""
        arrived, self._arrived = self._arrived, []
        return arrived

    def acknowledge(self, arrivals: Sequence[Arrival]) -> None:
        """Let the broker forget messages; those of a lost connection come again."""
        for each in arrivals:
            if each.qos and each.connection == self._connection:
                self._client.ack(each.mid, each.qos)

    def publish(self, topic: str, payload: bytes) -> None:
        self._client.publish(topic, payload, QOS)

    def close(self) -> None:
        """Leave; the broker keeps our session and what comes for it."""
        self._client.on_disconnect = None
        self._client.disconnect()
        while self._client.socket() is not None and self._client.want_write():
            self._client.loop_write()
        # Out of the cycle with us, so that it goes at once and its sockets with it.
        self._client.on_connect = self._client.on_subscribe = None
        self._client.on_message = None

    def _connect(self, timeout_s: float) -> None:
        wait_s = self._try_at - time.monotonic()
        if wait_s > 0:
            select.select([], [], [], min(wait_s, timeout_s))
            return
        try:
            self._client.connect(self._host, self._port, KEEPALIVE_S)
        except OSError as error:
            self._back_off(str(error))

    def _back_off(self, reason: str) -> None:
        pause_s = BACK_OFF_S[min(self._failures, len(BACK_OFF_S) - 1)]
        self._failures += 1
        self._try_at = time.monotonic() + pause_s
        logger.warning(
            "MQTT broker %s:%d: %s; trying again in %s s",
            self._host,
            self._port,
            reason,
            pause_s,
        )

    def _read(self, sock: Any) -> None:
        for _packet in range(MOST_AT_ONCE):
            if self._client.loop_read() != MQTTErrorCode.MQTT_ERR_SUCCESS:
                return
            if self._client.socket() is not sock:
                return
            if not _has_more(sock):
                return

    def _connected(
        self,
        client: Client,
        _userdata: Any,
        flags: ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            self._back_off(f"refused us: {reason}")
            return
        first, self._connection = self._connection == 0, self._connection + 1
        # A kept session keeps its subscriptions; subscribing repeats what is retained.
        if first or not flags.session_present:
            client.subscribe(self._topics)
        else:
            self._subscribed()

    def _subscribed(self, *_told: Any) -> None:
        self._is_up, self._failures = True, 0
        logger.info("MQTT broker %s:%d: listening", self._host, self._port)

    def _disconnected(self, *_told: Any) -> None:
        self._is_up = False
        if self._try_at < time.monotonic():
            self._back_off("connection lost")

    def _received(self, _client: Client, _userdata: Any, message: MQTTMessage) -> None:
        received_us = time.time_ns() // 1000
        topic = message.topic
        sender = "/".join(topic.split("/")[_SENDER])
        envelope = Envelope(topic, bytes(message.payload), sender, received_us)
        self._arrived.append(
            Arrival(envelope, message.mid, message.qos, self._connection)
        )


def _has_more(sock: Any) -> bool:
    """Say whether a read would find something; TLS may hold what select cannot see."""
    if isinstance(sock, ssl.SSLSocket) and sock.pending():
        return True
    return bool(select.select([sock], [], [], 0)[0])
