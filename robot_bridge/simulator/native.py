"""What a robot says in the native batch protocol."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import orjson

from robot_bridge.simulator.slots import Slot
from robot_bridge.simulator.timeline import Timeline
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
    ts_us = np.arange(slot.start_us, slot.end_us, slot.grid.step_us, dtype=np.int64)
    if timeline.silences:
        heard = [not timeline.is_silent(int(ts)) for ts in ts_us]
        ts_us = ts_us[heard]
    read = timeline.signals(ts_us)
    signals = {name: read[name] for name in slot.grid.metrics}
    if len(ts_us) >= COLUMNAR_FROM:
        first = int(ts_us[0])
        return {
            "samples": {
                "t0": instant(first + skew_us),
                "dt_us": ts_us - first,
                "cols": signals,
            }
        }
    return {
        "samples": [
            {
                "ts": instant(int(ts) + skew_us),
                "m": {name: float(values[row]) for name, values in signals.items()},
            }
            for row, ts in enumerate(ts_us)
        ]
    }


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
