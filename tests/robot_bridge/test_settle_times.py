import pytest

from robot_bridge import services
from robot_bridge.enums import SetAsideReason
from robot_bridge.telemetry import (
    DAY_US,
    HOUR_US,
    MINUTE_US,
    SECOND_US,
    Quality,
    TimeSource,
)
from tests.factories import make_deployment_span, make_user
from tests.robot_bridge.messages import moment, native, now_us, vda
from tests.robot_bridge.settling import set_aside, settle

pytestmark = pytest.mark.django_db


@pytest.fixture
def robot():
    return make_deployment_span().robot


def permit(robot, from_us, until_us, evidence="recorded"):
    return services.permit_backfill(
        robot=robot,
        from_at=moment(from_us),
        until_at=moment(until_us),
        evidence=evidence,
        by=make_user(),
    )


def first_sample(accepted):
    row = accepted.samples.to_pylist()[0]
    return row["ts_us"], row["ts_src"], row["quality"]


@pytest.mark.parametrize(
    ("skew_us", "shift_us", "source", "quality"),
    [
        (0, 0, TimeSource.ROBOT, 0),
        (-1_999_999, 0, TimeSource.ROBOT, 0),
        (2 * SECOND_US, 2 * SECOND_US, TimeSource.CORRECTED, Quality.CLOCK_CORRECTED),
        (-5 * MINUTE_US, -5 * MINUTE_US, TimeSource.CORRECTED, Quality.CLOCK_CORRECTED),
        (DAY_US, DAY_US, TimeSource.RECEIVED, Quality.CLOCK_REPLACED),
        (-DAY_US, -DAY_US, TimeSource.RECEIVED, Quality.CLOCK_REPLACED),
        (1_000 * DAY_US, 1_000 * DAY_US, TimeSource.RECEIVED, Quality.CLOCK_REPLACED),
    ],
)
def test_clock_is_believed_corrected_or_replaced(
    spool, robot, skew_us, shift_us, source, quality
):
    recv_us = now_us()
    robots_us = recv_us - skew_us

    accepted = settle(
        spool, native(robot, 0, at_us=robots_us, recv_us=recv_us, sent=robots_us)
    )

    assert first_sample(accepted) == (robots_us + shift_us, source, quality)
    jumps = accepted.events.to_pylist()[1:]
    replaced = source is TimeSource.RECEIVED
    assert [jump["number"] for jump in jumps] == ([skew_us] if replaced else [])


def test_delay_is_not_skew(spool, robot):
    at_us = now_us()
    prompt = native(robot, 0, at_us=at_us)
    queued = native(robot, 1, at_us=at_us, recv_us=at_us + HOUR_US, sent=at_us)

    accepted = settle(spool, prompt, queued)

    assert accepted.samples["ts_us"].to_pylist() == [at_us, at_us]
    assert accepted.samples["quality"].to_pylist() == [0, Quality.LATE]


def test_clock_that_was_never_set_gives_way_to_the_receipt(spool, robot):
    recv_us = now_us()

    accepted = settle(spool, native(robot, 0, at_us=5_000, recv_us=recv_us, sent=None))

    expected = (recv_us, TimeSource.RECEIVED, Quality.CLOCK_REPLACED)
    assert first_sample(accepted) == expected


def test_rows_of_the_future_are_set_aside(spool, robot):
    at_us = now_us()
    near = native(robot, 0, at_us=at_us + 60 * SECOND_US, recv_us=at_us)
    far = native(robot, 1, at_us=at_us + 61 * SECOND_US, recv_us=at_us)

    accepted = settle(spool, near, far)

    assert accepted.samples.num_rows == 1
    assert set_aside() == [SetAsideReason.FUTURE]


def test_week_old_rows_need_a_permission_and_enter_once_with_it(spool, robot):
    recv_us = now_us()
    at_us = recv_us - 8 * DAY_US
    told = native(robot, 0, at_us=at_us, recv_us=recv_us)
    nearly = native(robot, 1, at_us=recv_us - 7 * DAY_US, recv_us=recv_us)

    assert settle(spool, told, nearly).samples.num_rows == 1
    assert set_aside() == [SetAsideReason.TOO_OLD]

    permit(robot, at_us, at_us + 1)
    later_us = now_us()
    again = native(robot, 0, at_us=at_us, recv_us=later_us)
    accepted = settle(spool, again)
    assert accepted.samples["evidence"].to_pylist() == ["recorded"]
    assert accepted.samples["software"].to_pylist() == ["1.0"]
    assert settle(spool, again).samples.num_rows == 0


def test_permission_covers_a_message_wholly_or_not_at_all(spool, robot):
    recv_us = now_us()
    at_us = recv_us - 8 * DAY_US
    permit(robot, at_us, at_us + 10)
    rows = [{"ts": at_us + offset, "m": {"soc": 0.5}} for offset in (0, 10)]

    settle(spool, native(robot, 0, at_us=at_us, recv_us=now_us(), samples=rows))

    assert set_aside() == [SetAsideReason.TOO_OLD]


def test_permission_that_closed_covers_nothing(spool, robot):
    at_us = now_us() - 8 * DAY_US
    permission = permit(robot, at_us, at_us + 1)
    services.close_backfill(permission=permission, by=make_user())

    settle(spool, native(robot, 0, at_us=at_us, recv_us=now_us() + SECOND_US))

    assert set_aside() == [SetAsideReason.TOO_OLD]


def test_past_told_under_a_permission_says_nothing_of_the_clock(spool, robot):
    at_us = now_us() - 100 * DAY_US
    permit(robot, at_us, at_us + HOUR_US)
    recv_us = now_us()

    accepted = settle(
        spool,
        vda(
            robot,
            "connection",
            1,
            at_us=at_us,
            connectionState="ONLINE",
            recv_us=recv_us,
        ),
        vda(robot, "state", 0, at_us=at_us + 1, recv_us=recv_us),
    )

    assert set(accepted.samples["ts_us"].to_pylist()) == {at_us + 1}
    assert set(accepted.events["ts_src"].to_pylist()) == {TimeSource.ROBOT}
    assert set(accepted.events["evidence"].to_pylist()) == {"recorded"}
