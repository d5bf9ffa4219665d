"""Messages as robots send them, for tests."""

import time
from datetime import UTC, datetime, timedelta

import orjson

from robot_bridge.telemetry import SECOND_US, Envelope

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SESSION = "0b5e6d2c-5c0f-4e0c-9c39-0b6a1c7b7a01"


def now_us():
    return time.time_ns() // 1000


def native(robot, seq, *, at_us=None, recv_us=None, session=SESSION, **fields):
    """Return a batch of one sample and one state, sent and received at once."""
    at_us = now_us() if at_us is None else at_us
    recv_us = at_us if recv_us is None else recv_us
    message = {
        "v": 1,
        "session": session,
        "seq": seq,
        "sent": recv_us,
        "samples": [{"ts": at_us, "m": {"soc": 0.5}}],
        "events": [{"ts": at_us, "kind": "op_state", "value": "idle"}],
    }
    return envelope(robot, "telemetry", message | fields, recv_us)


def envelope(robot, stream, message, recv_us, *, name=None):
    interface = "pilotgate/v1" if stream == "telemetry" else "uagv/v2"
    payload = message if isinstance(message, bytes) else orjson.dumps(message)
    return Envelope(
        f"{interface}/{robot.wire_name}/{stream}",
        payload,
        robot.wire_name if name is None else name,
        recv_us,
    )


def vda(robot, stream, header_id, *, at_us, recv_us=None, **fields):
    """Return a VDA 5050 message sent and received at once."""
    message = {
        "headerId": header_id,
        "timestamp": iso(at_us),
        "version": "2.1.0",
        "manufacturer": robot.vendor.code,
        "serialNumber": robot.serial,
    }
    if stream == "state":
        message |= vda_state()
    at = at_us if recv_us is None else recv_us
    return envelope(robot, stream, message | fields, at)


def vda_state():
    return {
        "orderId": "",
        "orderUpdateId": 0,
        "lastNodeId": "",
        "lastNodeSequenceId": 0,
        "nodeStates": [],
        "edgeStates": [],
        "driving": False,
        "actionStates": [],
        "batteryState": {"batteryCharge": 80, "charging": False},
        "operatingMode": "AUTOMATIC",
        "errors": [],
        "safetyState": {"eStop": "NONE", "fieldViolation": False},
    }


def iso(ts_us):
    seconds, micros = divmod(ts_us, SECOND_US)
    text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
    return f"{text}.{micros:06d}Z"


def moment(ts_us):
    return EPOCH + timedelta(microseconds=ts_us)
