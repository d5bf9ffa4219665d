import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from config import places
from config.embedded.mqtt import Mqtt, mosquitto
from config.embedded.processes import await_condition
from robot_bridge import adapters
from robot_bridge.services.bridge import CLIENT_ID, Bridge
from robot_bridge.spool import Spool
from robot_bridge.transports.mqtt import MqttWire

WITHIN_S = 20


@pytest.fixture
def spool(home):
    return Spool(home / "spool", reserve_bytes=0)


@pytest.fixture
def broker(reachable_folder):
    program = mosquitto()
    if program is None:
        pytest.skip("mosquitto is not installed")
    home = Path(tempfile.mkdtemp(dir=reachable_folder))
    home.chmod(0o711)
    served = Mqtt(home, port=0, program=program)
    served.start()
    yield served
    served.stop()


@pytest.fixture
def url(broker):
    return places.mqtt_url(broker.home)


class Sender:
    """A client of the broker that remembers what it was told."""

    def __init__(self, url):
        parts = urlsplit(url)
        self.heard = []
        self.paho = paho.Client(CallbackAPIVersion.VERSION2)
        self.paho.username_pw_set(parts.username, unquote(parts.password))
        self.paho.on_message = lambda _c, _u, message: self.heard.append(
            (message.topic, message.payload)
        )
        listening = threading.Event()
        self.paho.on_connect = lambda *_: self.paho.subscribe(
            "pilotgate/v1/+/+/receipt", 1
        )
        self.paho.on_subscribe = lambda *_: listening.set()
        self.paho.connect(parts.hostname, parts.port)
        self.paho.loop_start()
        assert listening.wait(WITHIN_S)

    def send(self, envelope):
        sent = self.paho.publish(envelope.topic, envelope.payload, 1)
        sent.wait_for_publish(WITHIN_S)

    def leave(self):
        self.paho.disconnect()
        self.paho.loop_stop()
        # Out of the cycle with us, its sockets close before the collector finds them.
        del self.paho


@pytest.fixture
def sender(url):
    client = Sender(url)
    yield client
    client.leave()


@pytest.fixture
def make_bridge(url):
    wires = []

    def make_bridge(spool):
        wires.append(
            MqttWire(url, client_id=CLIENT_ID, topics=adapters.subscriptions())
        )
        bridge = Bridge(wires[-1], spool)
        assert turned(bridge, lambda: wires[-1].is_up)
        return bridge

    yield make_bridge
    for wire in wires:
        wire.close()


def turned(bridge, holds):
    """Turn a bridge until a condition holds."""

    def turn_and_ask():
        bridge.turn(0.01)
        return holds()

    return await_condition(turn_and_ask, within_s=WITHIN_S, pause_s=0)


@pytest.fixture
def spawn_module(home):
    """Start a module of the tests as a process of its own."""
    processes = []

    def spawn_module(name, *arguments):
        process = subprocess.Popen(
            [sys.executable, "-m", f"tests.robot_bridge.{name}", *map(str, arguments)],
            cwd=places.CHECKOUT,
            env=os.environ | {"PILOTGATE_HOME": str(home)},
        )
        processes.append(process)
        return process

    yield spawn_module
    for process in processes:
        process.kill()
        process.wait()
