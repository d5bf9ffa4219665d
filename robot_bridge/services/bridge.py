"""The bridge process: from the MQTT wire into the spool, acknowledged when durable."""

import logging
import time
from collections.abc import Callable
from typing import Final

from django.db import OperationalError, connection

from dispatch.services import beat
from robot_bridge import adapters
from robot_bridge.errors import SpoolError
from robot_bridge.services.ingest import ingest, open_spool
from robot_bridge.services.registry import publish_passwords
from robot_bridge.spool import Spool
from robot_bridge.transports.mqtt import Arrival, MqttWire

logger = logging.getLogger(__name__)

CLIENT_ID: Final = "pilotgate-bridge"
PROCESS: Final = "bridge"
TURN_S: Final = 0.05
BEAT_EVERY_S: Final = 1.0
# What waits in memory while the spool cannot take it; QoS 0 beyond it is lost, and
# the sequence tells how much.
MOST_HELD: Final = 20_000
TRY_AGAIN_S: Final = 1.0


def run_bridge(*, url: str, is_stopped: Callable[[], bool]) -> None:
    """Carry messages from a broker into the platform's spool until stopped.

    Raises:
        SpoolBusyError: another bridge does so already.
    """
    spool = open_spool()
    with spool.held_for("bridge"):
        _publish_passwords()
        topics = adapters.subscriptions()
        wire = MqttWire(url, client_id=CLIENT_ID, topics=topics)
        Bridge(wire, spool).run(is_stopped)


def _publish_passwords() -> None:
    """Write the broker's passwords once more, in case the last change got lost."""
    try:
        publish_passwords()
    except OperationalError:
        # Carrying needs no database, so its absence stops nothing here.
        logger.warning("the database is away; the broker's passwords stay as they are")
    connection.close()


class Bridge:
    """Carries what a wire brings into a spool, until told to stop."""

    def __init__(self, wire: MqttWire, spool: Spool) -> None:
        self._wire = wire
        self._spool = spool
        self._held: list[Arrival] = []
        self._try_at = 0.0
        self._beat_at = 0.0

    def run(self, is_stopped: Callable[[], bool]) -> None:
        while not is_stopped():
            self.turn(TURN_S)
        self.turn(0)
        self._wire.close()
        self._spool.seal()

    def turn(self, timeout_s: float) -> None:
        """Read what is there, spool it in one sync, then acknowledge and receipt."""
        self._wire.turn(timeout_s)
        self._held += self._wire.take()
        if self._held and time.monotonic() >= self._try_at:
            self._keep()
        self._spool.seal_if_due()
        self._beat()

    def _keep(self) -> None:
        try:
            receipts = ingest((a.envelope for a in self._held), spool=self._spool)
        except SpoolError as error:
            logger.error("%s", error)  # noqa: TRY400
            self._try_at = time.monotonic() + TRY_AGAIN_S
            self._let_go()
            return
        kept, self._held, self._try_at = self._held, [], 0.0
        self._wire.acknowledge(kept)
        for receipt in receipts:
            self._wire.publish(receipt.topic, receipt.payload())

    def _let_go(self) -> None:
        """Hold only so much; the broker keeps QoS 1 until it is acknowledged."""
        excess = len(self._held) - MOST_HELD
        if excess > 0:
            logger.error("let %d messages go while the spool is full", excess)
            del self._held[:excess]

    def _beat(self) -> None:
        """Say that we live; not while the spool refuses, nor without a broker."""
        now = time.monotonic()
        if self._wire.is_up and not self._try_at and now >= self._beat_at:
            beat(PROCESS)
            self._beat_at = now + BEAT_EVERY_S
