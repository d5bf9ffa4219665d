import json
import re
import time

import pytest

from accounts.enums import Role
from kpis.services import settle_and_fold
from robot_bridge.models import Credential, Robot
from robot_bridge.services import authenticate, ingest, open_spool
from robot_bridge.telemetry import Envelope
from tests.factories import make_robot, make_user

TYPED = {"maker": "M", "model": "X1", "serial": "A-1", "protocol": "native"}


@pytest.fixture
def english(client):
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def vendor(db):
    return make_user(Role.VENDOR)


def test_enrolled_robot_shows_a_secret_that_works_once(english, vendor):
    english.force_login(vendor)

    page = english.post("/vendors/robots/new/", TYPED).content.decode()
    robot = Robot.objects.get()
    secret = re.search(r"curl -u &#x27;\S+?:(\S+?)&#x27;", page)[1]
    later = english.get(f"/vendors/robots/{robot.code}/").content.decode()

    assert authenticate(robot.wire_name, secret) == robot
    assert secret not in later


def test_wrong_serial_says_what_is_right(english, vendor):
    english.force_login(vendor)

    answer = english.post("/vendors/robots/new/", TYPED | {"serial": "a/b"})

    assert answer.status_code == 422
    assert "nothing else fits into a topic" in answer.content.decode()
    assert not Robot.objects.exists()


def test_revoked_robot_cannot_authenticate(english, vendor):
    english.force_login(vendor)
    page = english.post("/vendors/robots/new/", TYPED).content.decode()
    secret = re.search(r"curl -u &#x27;\S+?:(\S+?)&#x27;", page)[1]
    robot = Robot.objects.get()

    english.post(f"/vendors/robots/{robot.code}/revoke/")

    assert authenticate(robot.wire_name, secret) is None
    assert not Credential.objects.valid().exists()


def test_robot_of_another_vendor_does_not_exist(english, vendor):
    theirs = make_robot()
    english.force_login(vendor)

    for page in ("", "live/", "rows/"):
        assert english.get(f"/vendors/robots/{theirs.code}/{page}").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_what_a_robot_sent_is_shown_to_its_last_row(english):
    vendor = make_user(Role.VENDOR)
    english.force_login(vendor)
    english.post("/vendors/robots/new/", TYPED)
    robot = Robot.objects.get()
    now_us = time.time_ns() // 1000
    body = {
        "v": 1,
        "session": "0b0ddf7e-13a5-4a7e-9d1f-0c8f7a8d2c11",
        "seq": 1,
        "sent": now_us,
        "interval_ms": 5000,
        "samples": [{"ts": now_us, "m": {"soc": 0.87}}],
        "events": [{"ts": now_us, "kind": "op_state", "value": "idle"}],
    }
    topic = f"pilotgate/v1/{robot.wire_name}/telemetry"
    spool = open_spool(age_s=0)
    ingest(
        [Envelope(topic, json.dumps(body).encode(), robot.wire_name, now_us)],
        spool=spool,
    )
    settle_and_fold(spool)

    live = english.get(f"/vendors/robots/{robot.code}/live/").json()
    rows = english.get(f"/vendors/robots/{robot.code}/rows/").content.decode()

    assert "0.87" in live["fragments"]["live"]
    assert "Online" in live["fragments"]["live"]
    assert "op_state" in rows
