"""VDA 5050 2.x and 3.0: state, connection and visualization.

What the schema asks and the mapping does not need is only warned of; real vehicles
fail their own version's schema. The session is left "": ONLINE tells it.

Source: VDA 5050 2.1.0, 6.10 "state", 6.11 "visualization", 6.14 "connection"; 3.0.0.
"""

import math
from collections.abc import Iterator
from typing import Final

import msgspec
import numpy as np

from robot_bridge.adapters.events import faults_value
from robot_bridge.adapters.payload import decode, digest, microseconds
from robot_bridge.adapters.scaling import Reading, scale_column
from robot_bridge.adapters.topics import Topic
from robot_bridge.adapters.vda5050.messages import (
    ACTION,
    CONNECTION,
    FAULT_LEVEL,
    OP_MODE,
    Action,
    Connection,
    Message,
    Safety,
    State,
    Visualization,
)
from robot_bridge.errors import MalformedMessageError
from robot_bridge.telemetry import (
    Event,
    Header,
    Kind,
    OpState,
    Parsed,
    Quality,
    SafetyKind,
    SampleColumns,
    TaskStatus,
)

INTERVAL_US: Final = 30_000_000  # 6.10: at least every 30 seconds
_state = msgspec.json.Decoder(State)
_visualization = msgspec.json.Decoder(Visualization)
_connection = msgspec.json.Decoder(Connection)
_REQUIRED: Final = (
    "order_id",
    "node_states",
    "edge_states",
    "driving",
    "action_states",
    "operating_mode",
    "errors",
    "safety_state",
)


def parse(topic: Topic, payload: bytes) -> Parsed:
    """Read one VDA 5050 message.

    Raises:
        MalformedMessageError: not JSON, a header field missing, a field of the wrong
            type or outside its list, or another robot's header.
    """
    match topic.stream:
        case "state":
            state = decode(_state, payload, topic=topic.text)
            return _parsed(topic, payload, state, tuple(_state_events(state)))
        case "visualization":
            view = decode(_visualization, payload, topic=topic.text)
            return _parsed(topic, payload, view, ())
        case _:
            change = decode(_connection, payload, topic=topic.text)
            return _parsed(topic, payload, change, tuple(_connection_events(change)))


def _parsed(
    topic: Topic, payload: bytes, message: Message, events: tuple[Event, ...]
) -> Parsed:
    samples, quality = (
        _readings(message) if isinstance(message, Visualization) else ((), 0)
    )
    warnings = tuple(_warnings(message))
    if warnings:
        quality |= Quality.SCHEMA_WARNING
    return Parsed(
        _header(topic, message, warnings), samples, events, quality, digest(payload)
    )


def _header(topic: Topic, message: Message, warnings: tuple[str, ...]) -> Header:
    if (message.manufacturer, message.serial_number) != (topic.vendor, topic.serial):
        raise MalformedMessageError(
            f"{topic.text}: the header names {message.manufacturer[:64]!r}, "
            f"{message.serial_number[:64]!r}; a robot's header names the manufacturer "
            "and serialNumber of its topic.",
            code="identity_mismatch",
        )
    will = _is_last_will(message)
    return Header(
        vendor=topic.vendor,
        serial=topic.serial,
        stream=topic.stream,
        session="",
        seq=None if will else message.header_id,
        sent_us=None if will else microseconds(message.timestamp),
        interval_us=INTERVAL_US,
        warnings=warnings,
    )


def _is_last_will(message: Message) -> bool:
    """Tell a last will: written when connecting, so its time is not its event's."""
    return (
        isinstance(message, Connection)
        and CONNECTION[message.connection_state] == "broken"
    )


def _warnings(message: Message) -> Iterator[str]:
    if not message.version.startswith(("2.", "3.")):
        yield f"version {message.version!r} is neither 2.x nor 3.x"
    if message.timestamp.tzinfo is None:
        yield "timestamp has no offset and is read as UTC"
    if isinstance(message, State):
        for name in _REQUIRED:
            if getattr(message, name) is None:
                yield f"{name} is missing"
        if message.power is None:
            yield "battery_state is missing"


def _connection_events(change: Connection) -> Iterator[Event]:
    at = microseconds(change.timestamp)
    value = CONNECTION[change.connection_state]
    yield Event(at, Kind.CONNECTION, value)
    if value == "offline":
        yield Event(at, Kind.OP_STATE, OpState.OFFLINE)


def _state_events(state: State) -> Iterator[Event]:
    at = microseconds(state.timestamp)
    yield Event(at, Kind.OP_STATE, _op_state(state))
    if state.operating_mode is not None:
        yield Event(at, Kind.OP_MODE, OP_MODE[state.operating_mode])
    if state.errors is not None:
        faults = [(f.error_type, int(FAULT_LEVEL[f.error_level])) for f in state.errors]
        yield Event(at, Kind.FAULTS, faults_value(faults))
    yield from _work_events(at, state)
    yield from _safety_events(at, state.safety_state)
    if state.loads is not None:
        yield Event(at, Kind.LOAD, "picked" if state.loads else "dropped")
    power = state.power
    if power is not None and power.charging is not None:
        value = "started" if power.charging else "finished"
        yield Event(at, Kind.CHARGE, value)


def _work_events(at: int, state: State) -> Iterator[Event]:
    if state.order_id:
        yield Event(at, Kind.TASK, _task_status(state), state.order_id)
    for action in state.action_states or []:
        status = ACTION[action.action_status]
        yield Event(at, Kind.ACTION, status, action.action_id or "-")


def _safety_events(at: int, safety: Safety | None) -> Iterator[Event]:
    if safety is None:
        return
    for ref, active in (
        (SafetyKind.ESTOP, safety.emergency),
        (SafetyKind.PROTECTIVE_STOP, safety.field_violation),
    ):
        if active is not None:
            yield Event(at, Kind.SAFETY, "active" if active else "released", ref)


def _op_state(state: State) -> OpState:
    """Derive MassRobotics' state, the gravest condition first.

    A running action is the robot's own work at a stand: waiting for an internal event.
    Released ground ahead and no movement is waiting for the traffic or the fleet.
    """
    conditions = (
        (state.fatal or state.stopped, OpState.DISABLED),
        (state.by_hand, OpState.MANUAL_OVERRIDE),
        (state.charging, OpState.CHARGING),
        (state.paused or state.field_violated, OpState.WAITING_EXTERNAL),
        (bool(state.driving), OpState.NAVIGATING),
        (state.acting, OpState.WAITING_INTERNAL),
        (state.under_way, OpState.WAITING_EXTERNAL),
    )
    return next((value for holds, value in conditions if holds), OpState.IDLE)


def _task_status(state: State) -> TaskStatus:
    """Judge the order the state names: every state repeats it until the next order."""
    actions = [*(state.action_states or []), *state.instant_action_states]
    if any(_cancels(action) for action in actions):
        return TaskStatus.CANCELLED
    statuses = {ACTION[action.action_status] for action in state.action_states or []}
    if "failed" in statuses:
        return TaskStatus.FAILED
    if not state.under_way and statuses <= {"finished"}:
        return TaskStatus.FINISHED
    return TaskStatus.STARTED


def _cancels(action: Action) -> bool:
    return action.action_type == "cancelOrder" and action.action_status == "FINISHED"


def _readings(message: Visualization) -> tuple[tuple[SampleColumns, ...], int]:
    at = np.array([microseconds(message.timestamp)], dtype=np.int64)
    parts, quality = [], 0
    for key, reading in _named_readings(message):
        if reading is None:
            continue
        part, partial = scale_column(key, at, [reading])
        quality |= partial
        if len(part.ts_us):
            parts.append(part)
    return tuple(parts), quality


def _named_readings(message: Visualization) -> Iterator[tuple[str, Reading]]:
    place = message.agv_position or message.mobile_robot_position
    if place is not None:
        yield from (("x_m", place.x), ("y_m", place.y), ("theta_rad", place.theta))
        sure = place.position_initialized
        sure = place.localized if sure is None else sure
        yield "localized", None if sure is None else float(sure)
    speed = message.velocity
    if speed is not None and speed.vx is not None:
        yield "speed_mps", math.hypot(speed.vx, speed.vy or 0.0)
    if isinstance(message, State):
        yield from _carried(message)


def _carried(state: State) -> Iterator[tuple[str, Reading]]:
    power = state.power
    if power is not None:
        charge = power.battery_charge
        charge = power.state_of_charge if charge is None else charge
        yield "soc", None if charge is None else charge / 100
        yield "voltage_v", power.battery_voltage
        health = power.battery_health
        yield "soh", None if health is None else health / 100
    weights = [load.weight for load in state.loads or [] if load.weight is not None]
    if weights:
        yield "load_kg", math.fsum(weights)
