import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from robot_bridge import adapters
from robot_bridge.errors import MalformedMessageError
from robot_bridge.telemetry import Kind, Quality
from tests.robot_bridge.messages import vda_state
from tests.robot_bridge.recorded import VDA5050_CAPTURE, recording

HEADER = {
    "headerId": 7,
    "timestamp": "2026-11-21T05:05:48.168Z",
    "version": "2.1.0",
    "manufacturer": "acme",
    "serialNumber": "S1",
}
AT_US = 1_795_237_548_168_000
NODE = {"nodeId": "n", "sequenceId": 2, "released": True}


def topic(stream):
    return adapters.read_topic(f"uagv/v2/acme/S1/{stream}")


def read(stream="state", **fields):
    told = HEADER | (vda_state() if stream == "state" else {}) | fields
    return adapters.parse(topic(stream), orjson.dumps(told))


def value_of(parsed, kind):
    return [event.value for event in parsed.events if event.kind is kind]


def readings(parsed):
    """Return each metric's value; all lie at the message's time."""
    assert {int(ts) for part in parsed.samples for ts in part.ts_us} <= {AT_US}
    return {part.metric: int(value) for part in parsed.samples for value in part.value}


def action(status, kind="pick"):
    return {"actionId": "a1", "actionType": kind, "actionStatus": status}


def test_capture_tells_of_one_order_picked_dropped_and_finished():
    seen = {}
    changes = []
    for line in recording(VDA5050_CAPTURE).read_text().splitlines():
        _received, name, _qos, _retain, _length, payload = line.split(" ", 5)
        if name.endswith("/order"):
            continue
        parsed = adapters.parse(adapters.read_topic(name), payload.encode())
        assert parsed.quality == 0
        for event in parsed.events:
            if seen.get((event.kind, event.ref)) != event.value:
                seen[event.kind, event.ref] = event.value
                changes.append((event.kind, event.value))

    def told(kind):
        return [value for changed, value in changes if changed is kind]

    assert told(Kind.TASK) == ["started", "finished"]
    assert told(Kind.LOAD) == ["picked", "dropped"]
    assert told(Kind.CONNECTION) == ["online", "offline"]
    assert told(Kind.FAULTS) == ["[]"]


def test_state_gives_its_readings_in_our_units():
    parsed = read(
        agvPosition={"x": 1.5, "y": -2, "theta": 0.25, "positionInitialized": True},
        velocity={"vx": 0.3, "vy": 0.4},
        batteryState={"batteryCharge": 87.2, "batteryVoltage": 24.5, "charging": False},
        loads=[{"weight": 18.25}, {}],
    )

    names = ["x_m", "y_m", "theta_rad", "localized", "speed_mps", "soc", "voltage_v"]
    values = [1_500, -2_000, 250_000, 1, 500, 872_000, 24_500, 18_250]
    assert readings(parsed) == dict(zip([*names, "load_kg"], values, strict=True))
    assert parsed.quality == 0


@pytest.mark.parametrize(
    ("fields", "op_state"),
    [
        ({}, "idle"),
        ({"driving": True}, "navigating"),
        ({"driving": True, "paused": True}, "waiting_external"),
        ({"actionStates": [action("RUNNING")]}, "waiting_internal"),
        ({"nodeStates": [NODE]}, "waiting_external"),
        ({"batteryState": {"charging": True}}, "charging"),
        ({"operatingMode": "MANUAL", "driving": True}, "manual_override"),
        ({"safetyState": {"eStop": "AUTOACK"}, "driving": True}, "disabled"),
        ({"errors": [{"errorType": "E", "errorLevel": "FATAL"}]}, "disabled"),
        ({"errors": [{"errorType": "E", "errorLevel": "WARNING"}]}, "idle"),
    ],
)
def test_state_says_whom_the_robot_waits_for(fields, op_state):
    assert value_of(read(**fields), Kind.OP_STATE) == [op_state]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"nodeStates": [NODE]}, "started"),
        ({"actionStates": [action("WAITING")]}, "started"),
        ({"actionStates": [action("FINISHED")]}, "finished"),
        ({}, "finished"),
        ({"actionStates": [action("FAILED")], "nodeStates": [NODE]}, "failed"),
        (
            {"actionStates": [action("FAILED"), action("FINISHED", "cancelOrder")]},
            "cancelled",
        ),
    ],
)
def test_state_judges_its_order(fields, status):
    parsed = read(orderId="order-1", **fields)

    tasks = [(e.ref, e.value) for e in parsed.events if e.kind is Kind.TASK]
    assert tasks == [("order-1", status)]


def test_state_of_version_3_reads_as_one_of_version_2():
    of_2 = read(
        batteryState={"batteryCharge": 80, "charging": True},
        agvPosition={"x": 1, "y": 2, "theta": 0, "positionInitialized": True},
        safetyState={"eStop": "MANUAL", "fieldViolation": False},
        operatingMode="TEACHIN",
        errors=[{"errorType": "E", "errorLevel": "FATAL"}],
    )
    of_3 = read(
        version="3.0.0",
        batteryState=None,
        powerSupply={"stateOfCharge": 80, "charging": True},
        mobileRobotPosition={"x": 1, "y": 2, "theta": 0, "localized": True},
        safetyState={"activeEmergencyStop": "MANUAL", "fieldViolation": False},
        operatingMode="TEACH_IN",
        errors=[{"errorType": "E", "errorLevel": "CRITICAL"}],
    )

    assert readings(of_3) == readings(of_2)
    assert of_3.events == of_2.events
    assert of_3.quality == of_2.quality == 0


def test_schema_errors_are_warned_of_and_the_rest_is_kept():
    told = {key: value for key, value in HEADER.items() if key != "version"}
    payload = orjson.dumps(told | {"driving": True})

    parsed = adapters.parse(topic("state"), payload)

    assert value_of(parsed, Kind.OP_STATE) == ["navigating"]
    assert parsed.quality == Quality.SCHEMA_WARNING
    assert "order_id is missing" in parsed.header.warnings


@pytest.mark.parametrize("charge", [-5, 1e9, 101])
def test_impossible_charge_is_left_out_and_the_rest_is_kept(charge):
    parsed = read(
        batteryState={"batteryCharge": charge, "batteryVoltage": 24, "charging": False}
    )

    assert readings(parsed) == {"voltage_v": 24_000}
    assert parsed.quality == Quality.PARTIAL


@pytest.mark.parametrize(
    ("fields", "code", "told"),
    [
        ({"timestamp": "yesterday"}, "malformed", "timestamp"),
        ({"headerId": -1}, "malformed", "headerId"),
        ({"manufacturer": "other"}, "identity_mismatch", "other"),
        ({"operatingMode": "DANCING"}, "malformed", "operatingMode"),
        ({"velocity": {"vx": "fast"}}, "malformed", "velocity.vx"),
        ({"errors": [{"errorType": "E"}]}, "malformed", "errorLevel"),
    ],
)
def test_nonsense_is_refused_by_name(fields, code, told):
    with pytest.raises(MalformedMessageError, match=told) as refused:
        read(**fields)

    assert refused.value.code == code


def test_last_will_stands_outside_the_sequence():
    will = read("connection", headerId=0, connectionState="CONNECTIONBROKEN")
    gone = read("connection", connectionState="OFFLINE")

    assert (will.header.seq, will.header.sent_us) == (None, None)
    assert value_of(will, Kind.CONNECTION) == ["broken"]
    assert value_of(will, Kind.OP_STATE) == []
    assert gone.header.seq == 7
    assert value_of(gone, Kind.OP_STATE) == ["offline"]


def test_visualization_gives_pose_and_speed_only():
    parsed = read("visualization", velocity={"vx": 1e308, "vy": 1e308})

    assert parsed.events == ()
    assert parsed.samples == ()
    assert parsed.quality == Quality.PARTIAL


@given(st.binary(), st.sampled_from(["state", "connection", "visualization"]))
def test_parse_refuses_any_bytes_with_its_own_error(payload, stream):
    with pytest.raises(MalformedMessageError):
        adapters.parse(topic(stream), payload)
