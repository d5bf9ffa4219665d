"""What a robot says in the native batch protocol."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import orjson

from robot_bridge.simulator.slots import METRICS, Slot
from robot_bridge.simulator.timeline import Instants, Timeline, Values
from robot_bridge.simulator.world import RobotWorld
from robot_bridge.telemetry import Event, Kind

TOPIC: Final = "pilotgate/v1/{vendor}/{serial}/telemetry"
OPTIONS: Final = orjson.OPT_SERIALIZE_NUMPY
COLUMNAR_FROM: Final = 3  # samples; fewer are told row by row


def topic(vendor_code: str, serial: str) -> str:
    return TOPIC.format(vendor=vendor_code, serial=serial)


def instant(ts_us: int) -> str:
    """Write µs UTC as ISO 8601."""
    return str(np.datetime64(ts_us, "us")) + "Z"


def payload(world: RobotWorld, slot: Slot, *, sent_us: int, skew_us: int = 0) -> bytes:
    """Say everything of one slot; `skew_us` is the robot's clock error."""
    timeline = world.day(world.day_of(slot.start_us))
    told: dict[str, Any] = {
        "v": 1,
        "session": slot.session,
        "seq": slot.seq,
        "sent": instant(sent_us + skew_us),
        "interval_ms": slot.grid.step_us // 1000,
        **samples(timeline, slot, skew_us),
        "events": [say(event, skew_us) for event in events(timeline, slot)],
    }
    return orjson.dumps(told, option=OPTIONS)


def samples(timeline: Timeline, slot: Slot, skew_us: int) -> dict[str, Any]:
    """Say a slot's samples as columns; row by row where few, or not all alike."""
    ts_us = np.arange(slot.start_us, slot.end_us, slot.grid.step_us, dtype=np.int64)
    if timeline.silences:
        heard = [not timeline.is_silent(int(ts)) for ts in ts_us]
        ts_us = ts_us[heard]
    read = timeline.signals(ts_us)
    if slot.grid.seldom_us or len(ts_us) < COLUMNAR_FROM:
        return {"samples": list(rows(slot, ts_us, read, skew_us))}
    return {
        "samples": {
            "t0": instant(int(ts_us[0]) + skew_us),
            "dt_us": ts_us - ts_us[0],
            "cols": {name: read[name] for name in slot.grid.metrics},
        }
    }


def rows(
    slot: Slot, ts_us: Instants, read: dict[str, Values], skew_us: int
) -> Iterator[dict[str, Any]]:
    grid = slot.grid
    values = {name: column.tolist() for name, column in read.items()}
    for row, ts in enumerate(ts_us.tolist()):
        is_whole = grid.seldom_us and (ts - slot.start_us) % grid.seldom_us == 0
        metrics = METRICS if is_whole else grid.metrics
        yield {"ts": ts + skew_us, "m": {name: values[name][row] for name in metrics}}


def events(timeline: Timeline, slot: Slot) -> Iterator[Event]:
    """Yield the slot's events, behind the state it begins in.

    Out of reach nothing is told, and the state is told anew on coming back.
    """
    spans = heard(timeline, slot.start_us, slot.end_us)
    for start_us, end_us in spans:
        yield Event(start_us, Kind.OP_STATE, timeline.state_at(start_us).value)
        for event in timeline.events_in(start_us, end_us):
            if event.ts_us > start_us or event.kind is not Kind.OP_STATE:
                yield event


def heard(timeline: Timeline, start_us: int, end_us: int) -> Iterator[tuple[int, int]]:
    """Yield the parts of a span in which the robot is within reach."""
    for low, high in timeline.silences:
        if start_us < low:
            yield start_us, min(low, end_us)
        start_us = max(start_us, min(high, end_us))
    if start_us < end_us:
        yield start_us, end_us


def say(event: Event, skew_us: int) -> dict[str, Any]:
    told: dict[str, Any] = {
        "ts": instant(event.ts_us + skew_us),
        "kind": event.kind.value,
        "value": event.value,
    }
    if event.ref:
        told["ref"] = event.ref
    if event.number is not None:
        told["number"] = event.number
    return told
