import pytest
from django.db import transaction

from robot_bridge import services
from robot_bridge.enums import SetAsideReason
from robot_bridge.models import MinuteLedger, SetAsideMessage, StreamLedger
from robot_bridge.spool import Spool
from robot_bridge.telemetry import EVENTS, SAMPLES, SECOND_US, Window
from tests.factories import make_deployment_span
from tests.robot_bridge.messages import native, now_us

pytestmark = pytest.mark.django_db


@pytest.fixture
def spool(home):
    return Spool(home / "spool", reserve_bytes=0)


@pytest.fixture
def robot():
    return make_deployment_span().robot


def settle(spool, *envelopes):
    """Settle, store and remove; return what was accepted."""
    services.ingest(envelopes, spool=spool)
    segment = spool.segments()[-1]
    with transaction.atomic():
        accepted = services.settle(segment)
    services.append_to_lake([accepted])
    spool.remove(segment)
    return accepted


def minutes(robot):
    return list(
        MinuteLedger.objects.filter(robot=robot)
        .order_by("minute_us")
        .values_list("received", "stored", "duplicate", "set_aside", "expected")
    )


def test_settle_accepts_a_message_and_the_lake_gives_it_back(spool, robot):
    at_us = now_us()

    accepted = settle(spool, native(robot, 0, at_us=at_us))

    assert accepted.samples.schema == SAMPLES
    assert accepted.events.schema == EVENTS
    window = Window(at_us, at_us + 1)
    assert services.samples_of(robot, window).to_pylist() == [
        {
            "robot_id": robot.pk,
            "stream": "telemetry",
            "session": "0b5e6d2c-5c0f-4e0c-9c39-0b6a1c7b7a01",
            "seq": 0,
            "ordinal": 0,
            "ts_us": at_us,
            "recv_us": at_us,
            "ts_src": 0,
            "quality": 0,
            "evidence": "live",
            "software": "1.0",
            "metric": "soc",
            "value": 500_000,
        }
    ]
    events = services.lake_rows("events", [robot.pk], window, kind="op_state")
    assert events["value"].to_pylist() == ["idle"]


def test_settle_counts_a_retry_once(spool, robot):
    at_us = now_us()
    first = native(robot, 0, at_us=at_us)
    retry = native(robot, 0, at_us=at_us, sent=at_us + 5)

    settle(spool, first, retry)
    accepted = settle(spool, retry)

    assert accepted.samples.num_rows == 0
    assert minutes(robot) == [(3, 1, 2, 0, 1)]


def test_settle_sets_both_messages_of_one_number_aside(spool, robot):
    at_us = now_us()
    first = native(robot, 0, at_us=at_us)
    other = native(robot, 0, at_us=at_us, samples=[])

    settle(spool, first)
    accepted = settle(spool, other)

    window = Window(at_us, at_us + 1)
    assert accepted.disputed == ((robot.pk, window),)
    assert services.samples_of(robot, window).num_rows == 0
    assert StreamLedger.objects.get().disputed
    assert minutes(robot) == [(2, 0, 0, 2, 1)]
    reasons = SetAsideMessage.objects.values_list("reason", flat=True)
    assert list(reasons) == [SetAsideReason.SEQ_CONFLICT] * 2


def test_settle_expects_what_the_sequence_leaves_out(spool, robot):
    at_us = now_us() // (60 * SECOND_US) * (60 * SECOND_US)

    settle(spool, native(robot, 3, at_us=at_us), native(robot, 6, at_us=at_us))

    assert minutes(robot) == [(2, 2, 0, 0, 4)]
