"""HTTPS: a robot's batches as a request's body brought them."""

import time
from collections.abc import Iterable

from robot_bridge.telemetry import Envelope

TOPIC = "pilotgate/v1/{name}/telemetry"


def envelopes(name: str, payloads: Iterable[bytes]) -> list[Envelope]:
    """Wrap native batches of an authenticated robot, as if it had published them."""
    received_us = time.time_ns() // 1000
    topic = TOPIC.format(name=name)
    return [Envelope(topic, payload, name, received_us) for payload in payloads]
