from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import orjson

from robot_bridge.simulator import legs
from robot_bridge.simulator.credentials import FleetRobot
from robot_bridge.simulator.history import history_messages, microseconds
from robot_bridge.simulator.legs import Leg, Plan
from robot_bridge.simulator.line import Line
from robot_bridge.telemetry import HOUR_US, MINUTE_US, SECOND_US

START = datetime(2026, 10, 1, 3, 17, 41, tzinfo=UTC)
START_US = microseconds(START)
ROBOT = FleetRobot("acme", "A-1", "secret", "native", "welding_line_good", 7, START)


def make_line(robot=ROBOT, plan=None, now_us=START_US):
    line = Line(robot, plan or Plan())
    line.begin(now_us)
    return line


def told(outgoing):
    return [orjson.loads(message.payload) for message in outgoing]


def receipt_for(outgoing):
    """Return what the bridge would answer: a session's ranges of seq."""
    for message in told(outgoing):
        yield orjson.dumps(
            {"session": message["session"], "ranges": [[message["seq"]] * 2]}
        )


def heard(line, now_us):
    sent = list(line.due(now_us))
    for receipt in receipt_for(sent):
        line.receipt(receipt)
    return told(sent)


def heard_all(line, now_us):
    """Hear a line out, the late messages too, until only its live leg is left."""
    sent = []
    while any(leg.end_us is not None for leg in line.plan.legs):
        sent += heard(line, now_us)
        now_us += 30 * SECOND_US
    return sent


def test_line_sends_a_new_robots_first_message_within_seconds():
    line = make_line()

    sent = told(line.due(START_US + 4 * SECOND_US))

    assert sent
    assert sent[0]["seq"] == 0
    assert sent[0]["events"][0]["kind"] == "op_state"


def test_line_keeps_a_message_until_its_receipt():
    line = make_line()
    now = START_US + 4 * SECOND_US
    first = list(line.due(now))

    assert not list(line.due(now + SECOND_US // 2))
    again = told(line.due(now + 30 * SECOND_US))
    for receipt in receipt_for(first):
        line.receipt(receipt)

    assert {(m["session"], m["seq"]) for m in told(first)} <= {
        (m["session"], m["seq"]) for m in again
    }
    assert len(line.in_flight) == len({(m["session"], m["seq"]) for m in again}) - len(
        first
    )


def test_line_resends_the_same_but_for_its_time_of_sending():
    line = make_line()
    now = START_US + 4 * SECOND_US

    first = told(line.due(now))[0]
    again = told(line.due(now + 25 * SECOND_US))[0]

    assert again.pop("sent") > first.pop("sent")
    assert again == first


def test_line_after_a_kill_sends_what_was_not_receipted_with_the_same_numbers(
    tmp_path,
):
    line = make_line()
    now = START_US + 20 * SECOND_US
    heard(line, now)
    legs.keep(tmp_path / "plan", line.plan)
    lost = told(line.due(now + 8 * SECOND_US))

    reborn = make_line(plan=legs.recall(tmp_path / "plan"), now_us=now + 9 * SECOND_US)
    again = told(reborn.due(now + 9 * SECOND_US))

    assert lost
    assert {(m["session"], m["seq"]) for m in lost} <= {
        (m["session"], m["seq"]) for m in again
    }


def test_line_makes_up_for_hours_off_without_a_seam(tmp_path):
    line = make_line()
    now = START_US + 60 * SECOND_US
    heard(line, now)
    legs.keep(tmp_path / "plan", line.plan)

    later = now + 5 * HOUR_US + 3 * MINUTE_US
    reborn = make_line(plan=legs.recall(tmp_path / "plan"), now_us=later)
    spans = sorted((leg.issued_us, leg.end_us or later) for leg in reborn.plan.legs)
    messages = len(heard_all(reborn, later))

    assert spans[0][0] <= now + 1
    assert all(left[1] == right[0] for left, right in pairwise(spans))
    assert messages < 900


def test_line_makes_up_for_a_pause_in_its_live_stream():
    line = make_line()
    heard(line, START_US + 60 * SECOND_US)

    sent = heard(line, START_US + 180 * SECOND_US)

    assert len(line.plan.legs) == 1
    assert len(sent) >= 55


def test_line_does_not_flood_a_bridge_that_is_away():
    line = make_line()
    for minute in range(60):
        list(line.due(START_US + minute * MINUTE_US))

    assert len(line.in_flight) <= 200


def test_line_requested_history_equals_what_history_messages_tells():
    history_from = START - timedelta(days=9)
    line = make_line(replace(ROBOT, history_from=history_from))
    sent = heard_all(line, START_US + SECOND_US)

    want = [
        orjson.loads(payload)
        for _, payload in history_messages(ROBOT, history_from, START, sent_us=0)
    ]

    def key(message):
        return message["session"], message["seq"]

    assert {key(m) for m in want} == {key(m) for m in sent if m["interval_ms"] > 2000}
    bodies = {key(m): m["samples"] for m in sent}
    assert all(bodies[key(m)] == m["samples"] for m in want)


def test_line_takes_up_a_history_request_once():
    robot = replace(ROBOT, history_from=START - timedelta(days=2))
    line = make_line(robot)
    before = len(line.plan.legs)

    line.renew(robot)

    assert len(line.plan.legs) == before


def test_line_begins_where_someone_else_stopped():
    sent_until = START + timedelta(hours=1, minutes=1)
    now_us = START_US + 4 * HOUR_US
    line = make_line(replace(ROBOT, sent_until=sent_until), now_us=now_us)

    assert min(leg.issued_us for leg in line.plan.legs) >= microseconds(sent_until)


def test_plan_that_was_torn_is_begun_anew(tmp_path):
    (tmp_path / "plan").write_bytes(b'{"legs": [{"grid"')

    assert legs.recall(tmp_path / "plan") == Plan()


def test_plan_is_recalled_as_it_was_kept(tmp_path):
    plan = Plan([Leg("beats", 2, None, 1, "vda5050", [1])], 77)

    legs.keep(tmp_path / "plans" / "plan", plan)

    assert legs.recall(tmp_path / "plans" / "plan") == plan
