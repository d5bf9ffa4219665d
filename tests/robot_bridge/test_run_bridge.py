import os
import signal
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from psycopg.conninfo import make_conninfo

from config import places
from config.embedded.processes import await_condition
from robot_bridge.spool import Spool
from tests.factories import make_deployment_span
from tests.robot_bridge.conftest import WITHIN_S
from tests.robot_bridge.messages import native

PARAMETERS = ("dbname", "user", "password", "host", "port")


@pytest.fixture
def robot(transactional_db):
    return make_deployment_span().robot


@pytest.fixture
def process(home, url, robot):
    """The command as the supervisor starts it, listening."""
    given = connection.get_connection_params()
    database = {name: given[name] for name in PARAMETERS if given.get(name)}
    started = subprocess.Popen(
        [sys.executable, "manage.py", "run_bridge"],
        cwd=places.CHECKOUT,
        env=os.environ
        | {
            "PILOTGATE_HOME": str(home),
            "MQTT_URL": url,
            "DATABASE_URL": make_conninfo(**database),
        },
    )
    heartbeat = home / "heartbeat" / "bridge"
    assert await_condition(heartbeat.exists, within_s=WITHIN_S)
    yield started
    started.kill()
    started.wait()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_run_bridge_hands_over_what_it_has_and_stops(
    process, sender, home, robot, number
):
    told = native(robot, 0)
    sender.send(told)
    assert await_condition(lambda: sender.heard, within_s=WITHIN_S)

    process.send_signal(number)

    assert process.wait(WITHIN_S) == 0
    (segment,) = Spool(home / "spool").segments()
    assert [each.payload for each in segment.envelopes()] == [told.payload]
    assert (home / "mqtt" / "passwords").read_text().startswith(robot.wire_name)


@pytest.mark.django_db
def test_run_bridge_refuses_a_second_beside_it(home, settings):
    settings.MQTT_URL = "mqtt://nobody@127.0.0.1:1"

    with (
        Spool(home / "spool").held_for("bridge"),
        pytest.raises(CommandError, match="bridge at work already"),
    ):
        call_command("run_bridge")


def test_run_bridge_asks_for_a_broker(settings):
    settings.MQTT_URL = ""

    with pytest.raises(CommandError, match="MQTT_URL"):
        call_command("run_bridge")
