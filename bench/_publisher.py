"""Publishes batches of 1,000 samples as fast as the broker takes them, QoS 1.

Run: python -m bench._publisher URL FORMAT MESSAGES SESSION NAME...
Each NAME is a robot's vendor/serial; they take turns.
"""

import random
import sys
import time
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

import orjson
import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

SAMPLES = 1_000
IN_FLIGHT = 200


def batches(
    style: str, messages: int, session: str, names: list[str]
) -> Iterator[tuple[str, bytes]]:
    """Yield topics and payloads; the rows lie a millisecond apart, ending now."""
    draw = random.Random(1)
    values = [round(draw.random(), 4) for _sample in range(SAMPLES)]
    start_us = time.time_ns() // 1000 - messages * SAMPLES * 1_000
    for number in range(messages):
        name = names[number % len(names)]
        first_us = start_us + number * SAMPLES * 1_000
        if style == "columns":
            dt_us = [offset * 1_000 for offset in range(SAMPLES)]
            samples = {"t0": first_us, "dt_us": dt_us, "cols": {"soc": values}}
        else:
            samples = [
                {"ts": first_us + offset * 1_000, "m": {"soc": value}}
                for offset, value in enumerate(values)
            ]
        told = {
            "v": 1,
            "session": session,
            "seq": number // len(names),
            "sent": time.time_ns() // 1000,
            "interval_ms": 1_000,
            "samples": samples,
            "events": [],
        }
        yield f"pilotgate/v1/{name}/telemetry", orjson.dumps(told)


def main(url: str, style: str, messages: int, session: str, names: list[str]) -> None:
    parts = urlsplit(url)
    client = paho.Client(CallbackAPIVersion.VERSION2)
    client.username_pw_set(parts.username, unquote(parts.password or ""))
    client.max_inflight_messages_set(IN_FLIGHT)
    client.connect(parts.hostname or "", parts.port or 1883)
    ready = list(batches(style, messages, session, names))
    client.loop_start()
    print(time.monotonic(), flush=True)
    sent = [client.publish(topic, payload, 1) for topic, payload in ready]
    for each in sent:
        each.wait_for_publish()
    client.disconnect()
    client.loop_stop()


if __name__ == "__main__":
    url, style, messages, session, *names = sys.argv[1:]
    main(url, style, int(messages), session, names)
