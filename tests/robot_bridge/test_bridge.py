import signal

import orjson
import pytest

from robot_bridge.models import MinuteLedger
from robot_bridge.spool import Spool
from tests.factories import make_deployment_span
from tests.robot_bridge.conftest import WITHIN_S, turned
from tests.robot_bridge.messages import SESSION, native
from tests.robot_bridge.settling import settle_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def robot():
    return make_deployment_span().robot


def receipts(sender):
    return [orjson.loads(payload)["ranges"] for _topic, payload in list(sender.heard)]


def counted(robot):
    fields = ("received", "stored", "duplicate")
    minutes = MinuteLedger.objects.filter(robot=robot).values_list(*fields)
    return tuple(map(sum, zip(*minutes, strict=True)))


def test_bridge_spools_a_message_and_receipts_it(make_bridge, spool, sender, robot):
    bridge = make_bridge(spool)

    sender.send(native(robot, 7))

    assert turned(bridge, lambda: sender.heard)
    topic = f"pilotgate/v1/{robot.wire_name}/receipt"
    told = orjson.dumps({"session": SESSION, "ranges": [[7, 7]]})
    assert sender.heard == [(topic, told)]
    (segment,) = spool.segments()
    (kept,) = segment.envelopes()
    assert (kept.topic, kept.name) == (
        f"pilotgate/v1/{robot.wire_name}/telemetry",
        robot.wire_name,
    )


def test_bridge_acknowledges_nothing_while_the_spool_is_full(
    make_bridge, home, sender, robot
):
    full = Spool(home / "full", reserve_bytes=1 << 60)
    bridge = make_bridge(full)
    sender.send(native(robot, 0))
    assert turned(bridge, lambda: bridge._held)

    assert full.segments() == []
    assert sender.heard == []

    full._reserve_bytes = 0
    assert turned(bridge, lambda: sender.heard)
    assert receipts(sender) == [[[0, 0]]]


def test_bridge_killed_between_sync_and_receipt_loses_and_doubles_nothing(
    spawn_module, make_bridge, spool, sender, robot, url
):
    make_bridge(spool)._wire.close()  # the session exists before anybody sends
    doomed = spawn_module("crashing_bridge", url, spool.directory)
    for seq in range(3):
        sender.send(native(robot, seq))
    assert doomed.wait(WITHIN_S) == -signal.SIGKILL
    assert sender.heard == []

    bridge = make_bridge(spool)
    assert turned(bridge, lambda: {n for r in receipts(sender) for n in r[0]} == {0, 2})
    settle_all(spool)

    received, stored, duplicate = counted(robot)
    assert stored == 3
    assert received == 3 + duplicate
    assert duplicate >= 1


def test_bridge_comes_back_when_the_broker_does(make_bridge, spool, broker, url, robot):
    bridge = make_bridge(spool)
    broker.process.kill()
    assert turned(bridge, lambda: not bridge._wire.is_up)

    broker.process.wait()
    broker.start()

    assert turned(bridge, lambda: bridge._wire.is_up)
