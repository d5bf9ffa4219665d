"""What a robot says in VDA 5050 2.1: connection, and state on change and in time.

A state tells what is, not what happened: repairs, assistance and the like have no
word in it. Source: VDA 5050 2.1.0, 6.10 "state", 6.14 "connection".
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import cos, sin
from typing import Any, Final

import numpy as np
import orjson

from robot_bridge.simulator import native
from robot_bridge.simulator.slots import Slot
from robot_bridge.simulator.timeline import Timeline
from robot_bridge.simulator.world import RobotWorld
from robot_bridge.telemetry import (
    Event,
    FaultLevel,
    Kind,
    OpMode,
    OpState,
    SafetyKind,
    TaskStatus,
)

TOPIC: Final = "uagv/v2/{vendor}/{serial}/{name}"
VERSION: Final = "2.1.0"
MILLISECOND_US: Final = 1_000
ONLINE: Final = "ONLINE"
OFFLINE: Final = "OFFLINE"
BROKEN: Final = "CONNECTIONBROKEN"
TELLING: Final = frozenset(
    {Kind.OP_STATE, Kind.OP_MODE, Kind.TASK, Kind.FAULT, Kind.SAFETY, Kind.LOAD}
)


@dataclass(slots=True)
class Situation:
    """What holds at an instant, folded from the day's events."""

    order: str = ""
    task: str = ""
    picked: bool = False
    dropped: bool = False
    by_hand: bool = False
    faults: dict[str, int] = field(default_factory=dict)
    safety: set[str] = field(default_factory=set)

    def learn(self, event: Event) -> None:
        learn = LEARNING.get(event.kind)
        if learn is not None:
            learn(self, event)


def learn_task(now: Situation, event: Event) -> None:
    if event.value == TaskStatus.ASSIGNED:
        now.order, now.picked, now.dropped = event.ref, False, False
    now.task = event.value


def learn_load(now: Situation, event: Event) -> None:
    now.picked = True
    now.dropped = event.value == "dropped"


def learn_fault(now: Situation, event: Event) -> None:
    if event.value == "raised":
        now.faults[event.ref] = event.number or FaultLevel.WARNING
    else:
        now.faults.pop(event.ref, None)


def learn_safety(now: Situation, event: Event) -> None:
    change = now.safety.add if event.value == "active" else now.safety.discard
    change(event.ref)


def learn_mode(now: Situation, event: Event) -> None:
    now.by_hand = event.value == OpMode.MANUAL


LEARNING: Final = {
    Kind.TASK: learn_task,
    Kind.LOAD: learn_load,
    Kind.FAULT: learn_fault,
    Kind.SAFETY: learn_safety,
    Kind.OP_MODE: learn_mode,
}


def topic(vendor_code: str, serial: str, name: str) -> str:
    return TOPIC.format(vendor=vendor_code, serial=serial, name=name)


def header(username: str, ts_us: int, header_id: int) -> dict[str, Any]:
    vendor_code, _, serial = username.partition("/")
    whole_us = ts_us - ts_us % MILLISECOND_US
    return {
        "headerId": header_id,
        "timestamp": native.instant(whole_us)[:-4] + "Z",
        "version": VERSION,
        "manufacturer": vendor_code,
        "serialNumber": serial,
    }


def connection(username: str, state: str, ts_us: int, header_id: int) -> bytes:
    told = header(username, ts_us, header_id) | {"connectionState": state}
    return orjson.dumps(told)


def states(world: RobotWorld, slot: Slot) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield what to say of a slot and when: once a change, and at its end.

    The header is still to come, since it counts what was sent.
    """
    timeline = world.day(world.day_of(slot.start_us))
    last_us = slot.end_us - MILLISECOND_US
    for ts_us in (*changes(timeline, slot.start_us, last_us), last_us):
        if not timeline.is_silent(ts_us):
            yield ts_us, say(timeline, ts_us)


def changes(timeline: Timeline, start_us: int, end_us: int) -> Iterable[int]:
    events = timeline.events_in(start_us, end_us)
    return sorted({event.ts_us for event in events if event.kind in TELLING})


def say(timeline: Timeline, ts_us: int) -> dict[str, Any]:
    """Describe an instant as a state message without its header."""
    now = Situation()
    for event in timeline.events_in(timeline.start_us, ts_us + 1):
        now.learn(event)
    state = timeline.state_at(ts_us)
    read = timeline.signals(np.array([ts_us], dtype=np.int64))
    signal = {name: float(values[0]) for name, values in read.items()}
    nodes, edges = ahead(now)
    speed, theta = signal["speed_mps"], signal["theta_rad"]
    return {
        "orderId": now.order,
        "orderUpdateId": 0,
        "lastNodeId": "drop" if now.dropped else "pick" if now.picked else "dock",
        "lastNodeSequenceId": 4 if now.dropped else 2 if now.picked else 0,
        "nodeStates": nodes,
        "edgeStates": edges,
        "driving": state is OpState.NAVIGATING,
        "paused": state is OpState.WAITING_HUMAN,
        "operatingMode": "MANUAL" if now.by_hand else "AUTOMATIC",
        "actionStates": actions(now, state),
        "loads": loads(now, signal["load_kg"]),
        "batteryState": {
            "batteryCharge": round(signal["soc"] * 100, 2),
            "batteryVoltage": round(44 + 8 * signal["soc"], 2),
            "charging": state is OpState.CHARGING,
        },
        "errors": [
            {
                "errorType": code,
                "errorLevel": "FATAL" if level == FaultLevel.STOPPING else "WARNING",
            }
            for code, level in sorted(now.faults.items())
        ],
        "safetyState": {
            "eStop": "MANUAL" if SafetyKind.ESTOP in now.safety else "NONE",
            "fieldViolation": SafetyKind.PROTECTIVE_STOP in now.safety,
        },
        "agvPosition": {
            "positionInitialized": True,
            "mapId": "floor",
            "x": signal["x_m"],
            "y": signal["y_m"],
            "theta": theta,
        },
        "velocity": {
            "vx": round(speed * cos(theta), 3),
            "vy": round(speed * sin(theta), 3),
            "omega": 0.0,
        },
    }


def ahead(now: Situation) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the nodes and edges an order still has before it."""
    if not now.order or now.dropped:
        return [], []
    drop = [{"nodeId": "drop", "sequenceId": 4, "released": True}]
    last = [{"edgeId": "pick-drop", "sequenceId": 3, "released": True}]
    if now.picked:
        return drop, last
    pick = [{"nodeId": "pick", "sequenceId": 2, "released": True}]
    return pick + drop, [
        {"edgeId": "dock-pick", "sequenceId": 1, "released": True},
        *last,
    ]


def actions(now: Situation, state: OpState) -> list[dict[str, str]]:
    if not now.order:
        return []
    handling = "RUNNING" if state is OpState.WAITING_INTERNAL else "WAITING"
    pick = "FINISHED" if now.picked else handling
    drop = handling if now.picked else "WAITING"
    if now.dropped:
        drop = "FAILED" if now.task == TaskStatus.FAILED else "FINISHED"
    return [
        {"actionId": f"{now.order}-{name}", "actionType": name, "actionStatus": status}
        for name, status in (("pick", pick), ("drop", drop))
    ]


def loads(now: Situation, weight: float) -> list[dict[str, Any]]:
    if not now.picked or now.dropped:
        return []
    return [{"loadType": "box", "weight": weight}]
