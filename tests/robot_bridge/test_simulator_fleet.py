"""The fleet over a real broker, with a listener that keeps what it is sent."""

import os
import socket
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote, urlsplit

import orjson
import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from config import places
from config.embedded.mqtt import Mqtt, mosquitto, password_line
from config.embedded.processes import await_condition
from robot_bridge.simulator import credentials, legs, native
from robot_bridge.simulator.client import Broker
from robot_bridge.simulator.credentials import FleetRobot
from robot_bridge.simulator.fleet import Fleet
from robot_bridge.simulator.history import microseconds, world_of
from robot_bridge.simulator.slots import BEATS, aligned, chance

ROBOT = FleetRobot(
    "acme",
    "A-1",
    "a secret",
    "native",
    "welding_line_good",
    7,
    datetime.now(UTC) - timedelta(minutes=3),
)


class Listener:
    """Stands where the bridge will: keeps every message and gives receipts."""

    def __init__(self, broker):
        url = urlsplit(places.mqtt_url(broker.home))
        self.receipts = True
        self.heard = []
        self.client = paho.Client(CallbackAPIVersion.VERSION2)
        self.client.username_pw_set(url.username, unquote(url.password))
        self.client.on_message = self.on_message
        ready = threading.Event()
        self.client.on_subscribe = lambda *_: ready.set()
        self.client.connect("127.0.0.1", broker.port)
        self.client.loop_start()
        for topic in ("pilotgate/v1/+/+/telemetry", "uagv/v2/+/+/+"):
            ready.clear()
            self.client.subscribe(topic, 1)
            assert ready.wait(5)

    def on_message(self, client, _data, message):
        told = orjson.loads(message.payload)
        self.heard.append((message.topic, told))
        if self.receipts and message.topic.endswith("/telemetry"):
            answer = {"session": told["session"], "ranges": [[told["seq"]] * 2]}
            base = message.topic.rpartition("/")[0]
            client.publish(f"{base}/receipt", orjson.dumps(answer), 1)

    def topics(self):
        return {topic for topic, _ in list(self.heard)}

    def keys(self):
        return [(m["session"], m["seq"]) for _, m in list(self.heard) if "seq" in m]

    def sent_after(self, instant):
        return [
            (told["session"], told["seq"])
            for _, told in list(self.heard)
            if told.get("sent", "") > instant
        ]

    def leave(self):
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture(scope="module", params=["mosquitto", "amqtt"])
def broker(request, reachable_folder):
    program = mosquitto() if request.param == "mosquitto" else None
    if request.param == "mosquitto" and program is None:
        pytest.skip("mosquitto is not installed")
    served = Mqtt(reachable_folder / request.param, port=0, program=program)
    lines = [password_line(f"acme/{name}", "a secret") for name in ("A-1", "V-1")]
    places.write_private(served.published, "".join(lines))
    served.start()
    yield served
    served.stop()


@pytest.fixture
def listener(broker):
    listening = Listener(broker)
    yield listening
    listening.leave()


class Running:
    """A fleet in a thread of its own."""

    def __init__(self, folder, port):
        self.fleet = Fleet(folder, Broker("127.0.0.1", port, tls=False))
        self.over = threading.Event()
        self.thread = threading.Thread(
            target=self.fleet.run, kwargs={"is_over": self.over.is_set}
        )
        self.thread.start()

    def stop(self):
        self.over.set()
        self.thread.join(10)
        assert not self.thread.is_alive()


@pytest.fixture
def run(tmp_path, broker):
    running = []

    def start():
        running.append(Running(tmp_path / "fleet", broker.port))
        return running[-1]

    yield start
    for fleet in running:
        fleet.stop()


def test_fleet_takes_up_a_robot_whose_file_appears(run, listener, tmp_path):
    run()
    credentials.write(tmp_path / "fleet", ROBOT)

    await_condition(lambda: len(listener.heard) > 50, within_s=10)

    assert "pilotgate/v1/acme/A-1/telemetry" in listener.topics()


def test_fleet_lets_go_of_what_was_receipted_and_resends_the_rest(
    run, listener, tmp_path
):
    credentials.write(tmp_path / "fleet", ROBOT)
    listener.receipts = False
    first = run()
    await_condition(lambda: len(listener.heard) > 20, within_s=10)
    first.stop()
    unanswered = set(listener.keys())

    def receipted(line):
        return unanswered - set(line.in_flight)

    listener.heard.clear()
    listener.receipts = True
    second = run()
    await_condition(lambda: unanswered <= set(listener.keys()), within_s=10)
    (connection,) = second.fleet.connections.values()
    await_condition(lambda: receipted(connection.line) >= unanswered, within_s=10)
    second.stop()
    restarted = native.instant(microseconds(datetime.now(UTC)))
    third = run()
    await_condition(lambda: listener.sent_after(restarted), within_s=10)
    third.stop()

    assert not unanswered & set(listener.sent_after(restarted))


def test_fleet_speaks_vda5050_and_says_goodbye(run, listener, tmp_path):
    now = datetime.now(UTC)
    robot = replace(ROBOT, serial="V-1", protocol="vda5050", starts_at=now)
    credentials.write(tmp_path / "fleet", robot)
    running = run()
    await_condition(lambda: "uagv/v2/acme/V-1/state" in listener.topics(), within_s=10)

    running.stop()

    def words():
        return [
            told["connectionState"]
            for topic, told in list(listener.heard)
            if topic.endswith("/connection")
        ]

    await_condition(lambda: words()[-1:] == ["OFFLINE"], within_s=5)
    assert "ONLINE" in words()


@pytest.fixture
def spawn(tmp_path, broker):
    """Start the command as a process of its own."""
    processes = []

    def start():
        command = ["manage.py", "simulate_fleet", "--folder", tmp_path / "fleet"]
        url = f"mqtt://127.0.0.1:{broker.port}"
        processes.append(
            subprocess.Popen(
                [sys.executable, *command, "--mqtt-url", url],
                cwd=places.CHECKOUT,
                env=os.environ | {"DATABASE_URL": "postgresql://nobody@/nowhere"},
            )
        )
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.wait()


def test_command_killed_and_started_again_sends_every_number(spawn, listener, tmp_path):
    starts_at = datetime.now(UTC) - timedelta(minutes=8)
    credentials.write(tmp_path / "fleet", replace(ROBOT, starts_at=starts_at))
    first = spawn()
    await_condition(lambda: len(listener.keys()) > 30, within_s=20)
    first.kill()
    first.wait()

    restarted = native.instant(microseconds(datetime.now(UTC)))
    second = spawn()
    await_condition(lambda: len(listener.sent_after(restarted)) > 3, within_s=20)
    second.terminate()

    assert second.wait(10) == 0
    seqs = {}
    for session, seq in set(listener.keys()):
        seqs.setdefault(session, set()).add(seq)
    world = world_of(ROBOT)
    (plan,) = (tmp_path / "fleet" / "plans").iterdir()
    waiting = sum(len(leg.waiting) for leg in legs.recall(plan).legs)
    missing = sum(max(each) + 1 - len(each) for each in seqs.values())
    lost = sum(
        chance(world, BEATS, at) == "lost"
        for at in range(
            aligned(world, BEATS, microseconds(starts_at)),
            microseconds(datetime.now(UTC)),
            BEATS.slot_us,
        )
    )
    assert missing <= waiting + lost


def test_fleet_waits_for_a_broker_that_is_not_there(tmp_path, free_port):
    credentials.write(tmp_path / "fleet", ROBOT)

    running = Running(tmp_path / "fleet", free_port)
    await_condition(lambda: bool(running.fleet.connections), within_s=5)
    (connection,) = running.fleet.connections.values()
    await_condition(lambda: connection.back_off_us > 1_000_000, within_s=5)
    running.stop()


def test_fleet_leaves_a_broken_file_aside(run, listener, tmp_path, caplog):
    credentials.write(tmp_path / "fleet", ROBOT)
    (tmp_path / "fleet" / "bad.json").write_text("{")

    running = run()
    await_condition(
        lambda: "pilotgate/v1/acme/A-1/telemetry" in listener.topics(), within_s=10
    )

    assert len(running.fleet.connections) == 1
    assert "bad.json" in caplog.text


def test_fleet_dismisses_a_robot_whose_file_goes(run, listener, tmp_path):
    path = credentials.write(tmp_path / "fleet", ROBOT)
    running = run()
    await_condition(lambda: bool(running.fleet.connections), within_s=10)

    path.unlink()

    await_condition(lambda: not running.fleet.connections, within_s=5)


def test_fleet_plays_a_robot_anew_when_its_file_tells_of_another_life(
    run, listener, tmp_path
):
    path = credentials.write(tmp_path / "fleet", ROBOT)
    running = run()
    await_condition(lambda: bool(running.fleet.connections), within_s=10)

    credentials.write(tmp_path / "fleet", replace(ROBOT, seed=8))

    def seed():
        connection = running.fleet.connections.get(path)
        return connection and connection.line.world.seed

    assert await_condition(lambda: seed() == 8, within_s=5)


@pytest.mark.parametrize("url", ["", "http://127.0.0.1", "mqtt://"])
def test_broker_refuses_an_url_that_names_none(url):
    with pytest.raises(ValueError, match="MQTT_URL"):
        Broker.named(url)


def test_broker_reads_the_platforms_url():
    assert Broker.named("mqtt://name:secret@127.0.0.1:1999") == Broker(
        "127.0.0.1", 1999, tls=False
    )
    assert Broker.named("mqtts://mqtt.example").port == 8883


@pytest.fixture
def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
