"""The tuned consumer: takes every message off the broker, parses it, keeps nothing.

As fast as we could make it: paho without its thread, QoS 1 acknowledged at once,
orjson (msgspec's typed decoder was within 5 %), a fresh session, one process.

Run: python -m bench.baselines.parse_only URL MESSAGES
"""

import select
import sys
import time
from typing import Any
from urllib.parse import unquote, urlsplit

import orjson
import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion


def main(url: str, messages: int) -> None:
    parts = urlsplit(url)
    left = [messages, 0]
    loads = orjson.loads

    def received(_client: Any, _userdata: Any, message: paho.MQTTMessage) -> None:
        told = loads(message.payload)["samples"]
        left[1] += len(told["dt_us"]) if isinstance(told, dict) else len(told)
        left[0] -= 1

    client = paho.Client(CallbackAPIVersion.VERSION2, client_id="parse-only")
    client.username_pw_set(parts.username, unquote(parts.password or ""))
    client.on_message = received
    client.on_connect = lambda *_told: client.subscribe("pilotgate/v1/#", 1)
    client.on_subscribe = lambda *_told: print("ready", flush=True)
    client.connect(parts.hostname or "", parts.port or 1883)
    sock = client.socket()
    while left[0]:
        wanted = [sock] if client.want_write() else []
        readable, writable, _broken = select.select([sock], wanted, [], 1)
        if writable:
            client.loop_write()
        while readable:
            client.loop_read()
            readable = select.select([sock], [], [], 0)[0]
        client.loop_misc()
    print(time.monotonic(), left[1], flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
