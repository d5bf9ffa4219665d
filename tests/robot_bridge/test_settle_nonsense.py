"""No message, however absurd, stops the others from being settled."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from robot_bridge.telemetry import DAY_US
from tests.factories import make_deployment_span
from tests.robot_bridge.messages import native, now_us, vda
from tests.robot_bridge.settling import settle

pytestmark = pytest.mark.django_db

PLAIN = {
    "max_examples": 30,
    "deadline": None,
    "suppress_health_check": [HealthCheck.function_scoped_fixture],
}
NOW = now_us()
instants = st.sampled_from([0, 1, NOW - DAY_US, NOW, NOW + DAY_US, 2**62, 2**63 - 1])
instants |= st.integers(0, 2**63 - 1)
numbers = st.sampled_from([0, 1, 2**53, 2**63 - 1]) | st.integers(0, 2**63 - 1)


@settings(**PLAIN)
@given(st.lists(st.tuples(instants, instants, numbers), min_size=1, max_size=4))
def test_any_times_and_numbers_settle(spool, told):
    robot = make_deployment_span().robot
    absurd = [
        native(robot, seq, at_us=at_us, recv_us=NOW, sent=sent_us)
        for at_us, sent_us, seq in told
    ]

    accepted = settle(spool, *absurd, native(robot, 5, session="sane", at_us=NOW))

    assert "sane" in accepted.samples["session"].to_pylist()


@settings(**PLAIN)
@given(
    st.lists(
        st.tuples(
            st.datetimes().map(lambda at: at.isoformat() + "Z"),
            st.integers(0, 2**32 - 1),
            st.sampled_from(["ONLINE", "OFFLINE", "CONNECTIONBROKEN"]),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_any_vda5050_times_and_numbers_settle(spool, told):
    robot = make_deployment_span().robot
    absurd = [
        vda(
            robot,
            stream,
            header_id,
            at_us=NOW,
            timestamp=timestamp,
            connectionState=state,
        )
        for timestamp, header_id, state in told
        for stream in ("connection", "state")
    ]

    accepted = settle(spool, *absurd, native(robot, 5, session="sane", at_us=NOW))

    assert "sane" in accepted.samples["session"].to_pylist()
