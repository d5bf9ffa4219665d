"""Both brokers obey the same rules about who may say what."""

import threading
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from config import places
from config.embedded.mqtt import Mqtt, mosquitto, password_line
from config.embedded.processes import await_condition

ROBOT = "acme/robot-1"
OTHER = "acme/robot-2"
SECRETS = {ROBOT: "first secret", OTHER: "second secret"}


class Client:
    """A client that remembers what it was told."""

    def __init__(self, port: int, name: str | None, secret: str | None):
        self.heard: list[str] = []
        self.refused: bool | None = None
        self.closed = threading.Event()
        self.decided = threading.Event()
        self.subscribed = threading.Event()
        self.paho = paho.Client(CallbackAPIVersion.VERSION2, reconnect_on_failure=False)
        self.paho.username_pw_set(name, secret)
        self.paho.on_connect = self._on_connect
        self.paho.on_disconnect = lambda *_: self.closed.set()
        self.paho.on_subscribe = lambda *_: self.subscribed.set()
        self.paho.on_message = lambda _c, _u, message: self.heard.append(message.topic)
        self.paho.connect("127.0.0.1", port)
        self.paho.loop_start()

    def _on_connect(self, _client, _user, _flags, reason, _properties):
        self.refused = reason.is_failure
        self.decided.set()

    def let_in(self) -> bool:
        await_condition(
            lambda: self.decided.is_set() or self.closed.is_set(), within_s=5
        )
        return self.refused is False

    def subscribe(self, topic: str) -> None:
        self.subscribed.clear()
        self.paho.subscribe(topic, 1)
        assert self.subscribed.wait(5)

    def publish(self, topic: str) -> None:
        self.paho.publish(topic, b"{}", 1).wait_for_publish(5)

    def leave(self) -> None:
        self.paho.disconnect()
        self.paho.loop_stop()
        # Out of the cycle with us, its sockets close before the collector finds them.
        del self.paho


@pytest.fixture(scope="module", params=["mosquitto", "amqtt"])
def broker(request, reachable_folder):
    program = mosquitto() if request.param == "mosquitto" else None
    if request.param == "mosquitto" and program is None:
        pytest.skip("mosquitto is not installed")
    served = Mqtt(reachable_folder, port=0, program=program)
    allow(served, ROBOT, OTHER)
    served.start()
    yield served
    served.stop()


def allow(broker: Mqtt, *names: str) -> None:
    lines = [password_line(name, SECRETS[name]) for name in names]
    places.write_private(broker.published, "".join(lines))
    broker.tend()


@pytest.fixture
def connect(broker):
    clients = []

    def connect(name, secret):
        clients.append(Client(broker.port, name, secret))
        return clients[-1]

    yield connect
    for client in clients:
        client.leave()


@pytest.fixture
def bridge(broker, connect):
    url = urlsplit(places.mqtt_url(broker.home))
    client = connect(url.username, unquote(url.password))
    assert client.let_in()
    client.subscribe("#")
    return client


@pytest.mark.parametrize(
    ("name", "secret"),
    [(None, None), (ROBOT, None), (ROBOT, ""), (ROBOT, "wrong"), ("nobody", "wrong")],
)
def test_broker_refuses_a_stranger(connect, name, secret):
    assert not connect(name, secret).let_in()


def test_broker_carries_a_robots_own_topics_and_drops_a_forged_one(connect, bridge):
    robot = connect(ROBOT, SECRETS[ROBOT])
    assert robot.let_in()

    robot.publish(f"pilotgate/v1/{OTHER}/telemetry")
    robot.publish(f"uagv/v2/{OTHER}/state")
    robot.publish(f"pilotgate/v1/{ROBOT}/telemetry")
    robot.publish(f"uagv/v2/{ROBOT}/state")

    own = [f"pilotgate/v1/{ROBOT}/telemetry", f"uagv/v2/{ROBOT}/state"]
    assert await_condition(lambda: len(bridge.heard) >= len(own), within_s=5)
    assert bridge.heard == own


def test_broker_shows_a_robot_only_its_own_receipts(connect, bridge):
    robot = connect(ROBOT, SECRETS[ROBOT])
    assert robot.let_in()
    for topic in (f"pilotgate/v1/{ROBOT}/receipt", f"pilotgate/v1/{OTHER}/receipt"):
        robot.subscribe(topic)

    bridge.publish(f"pilotgate/v1/{OTHER}/receipt")
    bridge.publish(f"pilotgate/v1/{ROBOT}/receipt")

    assert await_condition(lambda: robot.heard, within_s=5)
    assert robot.heard == [f"pilotgate/v1/{ROBOT}/receipt"]


def test_broker_forgets_a_revoked_robot_within_five_seconds(broker, connect):
    assert connect(ROBOT, SECRETS[ROBOT]).let_in()

    allow(broker, OTHER)

    assert await_condition(
        lambda: not connect(ROBOT, SECRETS[ROBOT]).let_in(), within_s=5
    )
    assert connect(OTHER, SECRETS[OTHER]).let_in()
    allow(broker, ROBOT, OTHER)
