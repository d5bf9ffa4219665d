from itertools import pairwise

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from robot_bridge import services
from robot_bridge.enums import SetAsideReason
from robot_bridge.errors import SegmentSettledError
from robot_bridge.models import (
    Credential,
    MinuteLedger,
    Robot,
    SetAsideMessage,
    StreamLedger,
)
from robot_bridge.telemetry import EVENTS, SAMPLES, SECOND_US, Window
from tests.factories import make_deployment_span, make_robot
from tests.robot_bridge.messages import envelope, moment, native, now_us, vda
from tests.robot_bridge.settling import set_aside, settle

BATCH = {"v": 1, "session": "s", "seq": 0}
UNKNOWN_METRIC = {"samples": [{"ts": 1, "m": {"mood": 1}}]}
UNKNOWN_EVENT = {"events": [{"ts": 1, "kind": "gap"}]}

pytestmark = pytest.mark.django_db


@pytest.fixture
def robot():
    return make_deployment_span().robot


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
    assert set_aside() == [SetAsideReason.SEQ_CONFLICT] * 2


def test_settle_expects_what_the_sequence_leaves_out(spool, robot):
    at_us = now_us() // (60 * SECOND_US) * (60 * SECOND_US)

    settle(spool, native(robot, 3, at_us=at_us), native(robot, 6, at_us=at_us))

    assert minutes(robot) == [(2, 2, 0, 0, 4)]


def test_settle_sets_two_claims_in_one_segment_aside_and_a_third_later(spool, robot):
    at_us = now_us()
    first = native(robot, 0, at_us=at_us)
    other = native(robot, 0, at_us=at_us, samples=[])

    settle(spool, first, other)
    accepted = settle(spool, first)

    assert accepted.disputed == ()
    assert accepted.samples.num_rows == 0
    assert set_aside() == [SetAsideReason.SEQ_CONFLICT] * 3


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"{", SetAsideReason.MALFORMED),
        (
            b'{"v": 1, "session": "s", "seq": 0, "x": "' + b"y" * 300_000 + b'"}',
            "too_large",
        ),
        (
            orjson.dumps(BATCH | {"samples": [{"ts": 1, "m": {"mood": 1}}]}),
            "unknown_metric",
        ),
        (orjson.dumps(BATCH | {"events": [{"ts": 1, "kind": "gap"}]}), "unknown_event"),
    ],
)
def test_settle_keeps_what_it_cannot_read(spool, robot, payload, reason):
    at_us = now_us()

    settle(spool, envelope(robot, "telemetry", payload, at_us))

    kept = SetAsideMessage.objects.get()
    assert (kept.reason, kept.robot, kept.vendor) == (reason, robot, robot.vendor)
    assert bytes(kept.payload) == payload
    assert kept.sentence
    assert minutes(robot) == [(1, 0, 0, 1, 0)]


def test_settle_keeps_what_nobody_registered_sends(spool):
    stranger = Robot(serial="S0", vendor=make_robot().vendor)

    settle(spool, native(stranger, 0))

    kept = SetAsideMessage.objects.get()
    assert kept.reason == SetAsideReason.UNKNOWN_ROBOT
    assert (kept.robot, kept.vendor) == (None, stranger.vendor)


def test_settle_refuses_another_name_than_the_topics(spool, robot):
    forged = envelope(robot, "telemetry", BATCH, now_us(), name=make_robot().wire_name)

    settle(spool, forged)

    assert set_aside() == [SetAsideReason.IDENTITY_MISMATCH]
    assert minutes(robot) == []


def test_settle_refuses_a_header_of_another_robot(spool, robot):
    settle(spool, vda(robot, "state", 1, at_us=now_us(), serialNumber="other"))

    assert set_aside() == [SetAsideReason.IDENTITY_MISMATCH]


def test_settle_accepts_nothing_that_came_after_the_revocation(spool, robot):
    at_us = now_us()
    revoked_at = moment(at_us)
    Credential.objects.filter(robot=robot).update(revoked_at=revoked_at)

    settle(spool, native(robot, 0, at_us=at_us - 1), native(robot, 1, at_us=at_us))

    assert set_aside() == [SetAsideReason.CREDENTIAL_REVOKED]
    assert minutes(robot)[0][:2] == (2, 1)


def test_settle_reads_evidence_and_software_off_the_deployment_row_by_row(spool):
    at_us = now_us()
    robot = make_robot()
    edges = [moment(at_us - offset) for offset in (30, 20, 10)]
    make_deployment_span(robot=robot, start_at=edges[0], end_at=edges[1])
    make_deployment_span(
        robot=robot, start_at=edges[2], evidence="testbed", software="2.0"
    )
    rows = [{"ts": at_us - o, "m": {"soc": 0.5}} for o in (31, 30, 21, 20, 11, 10, 0)]

    accepted = settle(spool, native(robot, 0, at_us=at_us, samples=rows, events=[]))

    evidence = accepted.samples["evidence"].to_pylist()
    software = accepted.samples["software"].to_pylist()
    assert list(zip(evidence, software, strict=True)) == [
        ("showcase", ""),
        ("live", "1.0"),
        ("live", "1.0"),
        ("showcase", ""),
        ("showcase", ""),
        ("testbed", "2.0"),
        ("testbed", "2.0"),
    ]


def test_settle_refuses_a_segment_the_second_time(spool, robot):
    services.ingest([native(robot, 0)], spool=spool)
    (segment,) = spool.segments()
    services.settle(segment)

    with pytest.raises(SegmentSettledError):
        services.settle(segment)


def test_settle_takes_no_more_queries_for_many_messages(
    spool, robot, django_assert_num_queries
):
    at_us = now_us()
    settle(spool, native(robot, 0, at_us=at_us))
    services.ingest([native(robot, n, at_us=at_us) for n in range(1, 300)], spool=spool)
    (segment,) = spool.segments()

    with django_assert_num_queries(15):
        services.settle(segment)


@given(st.data())
@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_settle_counts_each_message_once_whatever_the_wire_does(spool, data):
    robot = make_deployment_span().robot
    at_us = now_us()
    sent = [native(robot, seq, at_us=at_us + seq) for seq in range(8)]
    carried = data.draw(st.lists(st.sampled_from(sent), max_size=24))
    cuts = data.draw(st.lists(st.integers(0, len(carried)), max_size=3).map(sorted))

    for start, end in pairwise([0, *cuts, len(carried)]):
        settle(spool, *carried[start:end])

    arrived = {message.recv_us for message in carried}
    rows = services.samples_of(robot, Window(at_us, at_us + 8))
    assert rows["ts_us"].to_pylist() == sorted(arrived)
    counted = [sum(column) for column in zip(*minutes(robot), strict=True)]
    assert counted[:4] in (
        [],
        [len(carried), len(arrived), len(carried) - len(arrived), 0],
    )
