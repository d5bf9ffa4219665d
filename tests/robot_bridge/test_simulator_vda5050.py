from dataclasses import replace
from datetime import UTC, datetime

import orjson

from robot_bridge.simulator import vda5050
from robot_bridge.simulator.credentials import FleetRobot
from robot_bridge.simulator.history import microseconds
from robot_bridge.simulator.legs import Plan
from robot_bridge.simulator.line import Line
from robot_bridge.simulator.slots import TENS, slots
from robot_bridge.simulator.world import RobotWorld
from robot_bridge.telemetry import DAY_US, HOUR_US, SECOND_US, Kind

START = datetime(2026, 10, 1, 3, 17, 41, tzinfo=UTC)
START_US = microseconds(START)
ROBOT = FleetRobot("acme", "V-1", "secret", "vda5050", "welding_line", 7, START)
WORLD = RobotWorld(7, "welding_line", "V-1")


def a_days_states():
    start = WORLD.day_start(20_700)
    for slot in slots(WORLD, TENS, start, start + DAY_US):
        yield from vda5050.states(WORLD, slot)


def test_states_tell_every_order_of_the_day_and_how_it_ended():
    ends, seen = {}, []
    for _, state in a_days_states():
        if state["orderId"] and not state["nodeStates"]:
            ends[state["orderId"]] = state["actionStates"][1]["actionStatus"]
        if state["orderId"] and state["orderId"] not in seen:
            seen.append(state["orderId"])

    tasks = [e for e in WORLD.day(20_700).events if e.kind is Kind.TASK]

    assert seen == [event.ref for event in tasks if event.value == "assigned"]
    assert ends == {
        event.ref: event.value.upper()
        for event in tasks
        if event.value in {"finished", "failed"}
    }


def test_states_show_each_fault_at_its_level():
    shown = {
        (error["errorType"], error["errorLevel"])
        for _, state in a_days_states()
        for error in state["errors"]
    }

    names = {1: "WARNING", 2: "FATAL"}
    assert shown == {
        (event.ref, names[event.number])
        for event in WORLD.day(20_700).events
        if event.kind is Kind.FAULT and event.value == "raised"
    }


def test_line_says_hello_counts_its_headers_and_leaves_a_will():
    line = Line(ROBOT, Plan())
    line.begin(START_US)

    (hello,) = line.connected(START_US)
    sent = list(line.due(START_US + 9 * SECOND_US))
    (farewell,) = line.farewell(START_US + 9 * SECOND_US)
    will = line.will(START_US)

    assert hello.topic == "uagv/v2/acme/V-1/connection"
    assert hello.retain
    assert orjson.loads(hello.payload)["connectionState"] == "ONLINE"
    states = [orjson.loads(m.payload) for m in sent if m.topic.endswith("/state")]
    assert [state["headerId"] for state in states] == [
        *range(1, 1 + states[-1]["headerId"])
    ]
    assert orjson.loads(farewell.payload)["connectionState"] == "OFFLINE"
    assert orjson.loads(will.payload)["headerId"] == 0


def test_line_tells_missed_hours_as_native_batches():
    line = Line(replace(ROBOT, starts_at=START), Plan())
    line.begin(START_US)
    list(line.due(START_US + 9 * SECOND_US))

    sent = list(line.due(START_US + 3 * HOUR_US))

    assert {message.topic for message in sent} == {"pilotgate/v1/acme/V-1/telemetry"}
    later = list(line.due(START_US + 3 * HOUR_US + 5 * SECOND_US))
    assert "uagv/v2/acme/V-1/state" in {message.topic for message in later}
