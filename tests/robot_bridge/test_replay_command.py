"""The command from end to end: a file, a pilot, the broker, the bridge."""

import threading
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.services import clock
from config import places
from kpis import services as kpis
from kpis.enums import Tier
from kpis.services.states import read_states
from pilots import evidence
from pilots.models import Deployment
from pilots.services.recordings import RecordedFile, admit_recording
from robot_bridge import services
from robot_bridge.models import Robot, SetAsideMessage
from robot_bridge.simulator.history import moment
from robot_bridge.telemetry import Window
from tests.pilots.factories import make_pilot
from tests.robot_bridge.conftest import turned
from tests.robot_bridge.recorded import VDA5050_CAPTURE, recording

pytestmark = pytest.mark.django_db(transaction=True)
EVER = Window(0, 4_000_000_000_000_000)
FILE = RecordedFile(
    digest="ab" * 32,
    format_name="ur3_cobotops",
    protocol="native",
    start_at=moment(1_666_772_241_000_000),
    end_at=moment(1_666_798_566_000_000),
)


@pytest.fixture
def replay(make_bridge, spool, broker, settings):
    """Return a function that runs the command while the bridge carries."""
    settings.PILOTGATE_HOME = broker.home
    bridge = make_bridge(spool)

    def replay(path, pilot, *more):
        out, failures = StringIO(), []

        def call():
            try:
                call_command(
                    *("replay", str(path), "--format", "vda5050_capture"),
                    *("--pilot", pilot.code, *more),
                    *("--mqtt-url", places.mqtt_url(broker.home)),
                    stdout=out,
                )
            except CommandError as error:
                failures.append(error)
            finally:
                connection.close()

        playing = threading.Thread(target=call)
        playing.start()
        turned(bridge, lambda: broker.tend() or not playing.is_alive())
        turned(bridge, lambda: not bridge._held)
        for failure in failures:
            raise failure
        while kpis.settle_and_fold(spool):
            pass
        return out.getvalue()

    return replay


def test_replay_sends_a_capture_as_a_robot_of_the_pilot(replay):
    pilot = make_pilot()

    told = replay(recording(VDA5050_CAPTURE), pilot)

    deployment = Deployment.objects.get(pilot=pilot)
    tasks = services.lake_rows("events", [deployment.robot_id], EVER, kind="task")
    assert told.endswith("49 messages taken by the bridge\n")
    assert "finished" in tasks["value"].to_pylist()
    assert set(tasks["evidence"].to_pylist()) == {"recorded"}
    assert not SetAsideMessage.objects.exists()


def test_replay_again_finds_its_robot_and_changes_no_integer(replay):
    pilot = make_pilot()
    replay(recording(VDA5050_CAPTURE), pilot)
    robot = Robot.objects.get(serial__startswith="REC-")
    before = read_states(robot.pk, Tier.HOUR, 0, 2**62).to_pylist()

    replay(recording(VDA5050_CAPTURE), pilot, "--speed", "100")

    assert Robot.objects.filter(serial__startswith="REC-").count() == 1
    assert before
    assert read_states(robot.pk, Tier.HOUR, 0, 2**62).to_pylist() == before


def test_replay_refuses_a_file_of_another_format(replay, tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("nothing of the kind")

    with pytest.raises(CommandError, match="holds no message"):
        replay(path, make_pilot())


def test_replay_refuses_a_pilot_that_is_not_there():
    with pytest.raises(CommandError, match="no pilot PL-0"):
        call_command(
            *("replay", "x", "--format", "vda5050_capture", "--pilot", "PL-0"),
            *("--mqtt-url", "mqtt://127.0.0.1:1"),
        )


def test_admitted_recording_is_no_robot_the_gate_waits_for():
    pilot = make_pilot(days_ago=30)
    gate = pilot.gates.get()
    yesterday = gate.starts_on + timedelta(days=29)
    before = evidence.scope_of(gate, yesterday)

    admit_recording(pilot=pilot, file=FILE, by=clock())
    after = evidence.scope_of(gate, yesterday)

    assert (after.robots, after.robots_due) == (before.robots, before.robots_due)
