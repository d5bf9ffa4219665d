import random

import pytest

from robot_bridge import services
from robot_bridge.models import MinuteLedger
from robot_bridge.telemetry import SECOND_US, Envelope, Window
from tests.factories import make_deployment_span, make_organisation, make_robot
from tests.robot_bridge.messages import now_us, vda
from tests.robot_bridge.recorded import VDA5050_CAPTURE, recording
from tests.robot_bridge.settling import set_aside, settle

pytestmark = pytest.mark.django_db


@pytest.fixture
def robot():
    return make_deployment_span().robot


@pytest.fixture
def at_us():
    return now_us() // (60 * SECOND_US) * 60 * SECOND_US


def online(robot, header_id, at_us):
    told = {"connectionState": "ONLINE"}
    return vda(robot, "connection", header_id, at_us=at_us, **told)


def states(accepted):
    """Return (session, seq) of each state message accepted."""
    rows = accepted.events.to_pylist()
    return [
        (row["session"], row["seq"])
        for row in rows
        if (row["stream"], row["kind"]) == ("state", "op_state")
    ]


def totals(robot):
    fields = ("received", "stored", "duplicate", "set_aside", "expected")
    rows = MinuteLedger.objects.filter(robot=robot).values_list(*fields)
    return tuple(map(sum, zip(*rows, strict=True)))


def test_session_begins_with_a_newer_online(spool, robot, at_us):
    accepted = settle(
        spool,
        online(robot, 1, at_us),
        vda(robot, "state", 4, at_us=at_us + 1),
        online(robot, 2, at_us + 10),
        vda(robot, "state", 5, at_us=at_us + 11),
        online(robot, 1, at_us),
        vda(robot, "state", 6, at_us=at_us + 12),
    )

    first, second = f"vda-{at_us}", f"vda-{at_us + 10}"
    assert states(accepted) == [(first, 4), (second, 5), (second, 6)]


def test_session_begins_where_the_header_id_starts_again(spool, robot, at_us):
    settle(spool, vda(robot, "state", 8, at_us=at_us))

    accepted = settle(
        spool,
        vda(robot, "state", 9, at_us=at_us + 1),
        vda(robot, "state", 0, at_us=at_us + 2),
        vda(robot, "state", 1, at_us=at_us + 3),
    )

    first, second = f"vda-{at_us}", f"vda-{at_us + 2}"
    assert states(accepted) == [(first, 9), (second, 0), (second, 1)]


def test_late_message_is_no_restart(spool, robot, at_us):
    accepted = settle(
        spool,
        vda(robot, "state", 1, at_us=at_us),
        vda(robot, "state", 3, at_us=at_us + 3),
        vda(robot, "state", 2, at_us=at_us + 2),
    )

    assert {session for session, _seq in states(accepted)} == {f"vda-{at_us}"}
    assert totals(robot) == (3, 3, 0, 0, 3)


def test_loss_of_qos_0_is_counted(spool, robot, at_us):
    sent = [vda(robot, "state", n, at_us=at_us + n) for n in range(10)]

    settle(spool, *sent[:3], *sent[7:])

    assert totals(robot) == (6, 6, 0, 0, 10)


def test_last_will_lies_at_its_receipt_and_counts_once(spool, robot, at_us):
    broken = {"connectionState": "CONNECTIONBROKEN"}
    will = vda(robot, "connection", 0, at_us=at_us, recv_us=at_us + 500, **broken)
    retained = vda(robot, "connection", 0, at_us=at_us, recv_us=at_us + 900, **broken)

    settle(spool, online(robot, 1, at_us), will)
    settle(spool, retained)
    settle(spool, online(robot, 2, at_us + 1_000), retained)

    window = Window(at_us, at_us + SECOND_US)
    rows = services.lake_rows("events", [robot.pk], window, kind="connection")
    told = zip(rows["ts_us"].to_pylist(), rows["value"].to_pylist(), strict=True)
    assert list(told) == [
        (at_us, "online"),
        (at_us + 500, "broken"),
        (at_us + 1_000, "online"),
    ]
    assert rows["seq"].to_pylist() == [1, -1, 2]


@pytest.fixture
def virtual_agv():
    maker = make_organisation("vendor", code="RobotCompany")
    return make_deployment_span(robot=make_robot(vendor=maker, serial="001")).robot


def captured():
    for line in recording(VDA5050_CAPTURE).read_text().splitlines():
        received, topic, _qos, _retain, _length, payload = line.split(" ", 5)
        recv_us = int(float(received) * SECOND_US)
        if not topic.endswith("/order"):
            yield Envelope(topic, payload.encode(), "RobotCompany/001", recv_us)


def test_capture_settles_once_however_often_and_in_whatever_order(spool, virtual_agv):
    sent = list(captured())
    settle(spool, *sent)
    shuffled = sent * 3
    random.Random(5).shuffle(shuffled)

    accepted = settle(spool, *shuffled)

    assert (accepted.samples.num_rows, accepted.events.num_rows) == (0, 0)
    assert totals(virtual_agv) == (196, 49, 147, 0, 49)


def test_shuffled_capture_loses_nothing_and_counts_nothing_twice(spool, virtual_agv):
    sent = list(captured())
    shuffled = sent * 3
    random.Random(7).shuffle(shuffled)

    for start in range(0, len(shuffled), 10):
        settle(spool, *shuffled[start : start + 10])

    assert set_aside() == []
    assert totals(virtual_agv)[:4] == (147, 49, 98, 0)
