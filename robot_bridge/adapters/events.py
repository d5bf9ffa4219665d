"""Which values an event from outside may carry."""

from dataclasses import replace
from enum import StrEnum
from typing import Final

import msgspec

from robot_bridge.errors import MalformedMessageError
from robot_bridge.telemetry import (
    Event,
    FaultLevel,
    Finding,
    Kind,
    OpMode,
    OpState,
    SafetyKind,
    TaskStatus,
)


def _members(enum: type[StrEnum]) -> frozenset[str]:
    return frozenset(member.value for member in enum)


_STARTED_FINISHED: Final = frozenset({"started", "finished"})
VALUES: Final = {
    Kind.SESSION: frozenset({"started"}),
    Kind.CONNECTION: frozenset({"online", "offline", "broken", "hibernating"}),
    Kind.OP_STATE: _members(OpState),
    Kind.OP_MODE: _members(OpMode),
    Kind.TASK: _members(TaskStatus),
    Kind.ACTION: frozenset({"waiting", "running", "finished", "failed"}),
    Kind.FAULT: frozenset({"raised", "cleared"}),
    Kind.REPAIR: _STARTED_FINISHED,
    Kind.DEGRADED: frozenset({"entered", "left"}),
    Kind.SAFETY: frozenset({"active", "released"}),
    Kind.INTERVENTION: _STARTED_FINISHED,
    Kind.ASSISTANCE: _STARTED_FINISHED | {"requested"},
    Kind.LOAD: frozenset({"picked", "dropped"}),
    Kind.CHARGE: _STARTED_FINISHED,
    Kind.UPDATE: _STARTED_FINISHED | {"failed"},
    Kind.STOP_TEST: frozenset({"requested", "stopped", "failed"}),
    Kind.WAYPOINT: frozenset({"planned", "visited", "skipped"}),
    Kind.INSPECTION: _members(Finding),
}
_FREE: Final = frozenset({Kind.FAULTS, Kind.SOFTWARE, Kind.PLANT_COUNT})
_NEEDS_REF: Final = frozenset(
    {
        Kind.TASK,
        Kind.ACTION,
        Kind.FAULT,
        Kind.SAFETY,
        Kind.PLANT_COUNT,
        Kind.UPDATE,
        Kind.STOP_TEST,
        Kind.WAYPOINT,
        Kind.INSPECTION,
    }
)
_NEEDS_NUMBER: Final = frozenset({Kind.SESSION, Kind.PLANT_COUNT})
LONGEST_VERSION: Final = 64  # a state's key holds no more
_LEVELS: Final = frozenset(int(level) for level in FaultLevel)
_INT64: Final = range(-(2**63), 2**63)
_faults = msgspec.json.Decoder(list[tuple[str, int]])


def checked_event(event: Event) -> Event:
    """Return an event from outside, its fault snapshot in canonical order.

    Raises:
        MalformedMessageError: a kind only the platform writes, a value the kind does
            not know, or a ref or number it needs and lacks.
    """
    if event.kind not in VALUES and event.kind not in _FREE:
        raise _refused(event, "only the platform writes this kind")
    allowed = VALUES.get(event.kind)
    if allowed is not None and event.value not in allowed:
        raise _refused(event, f"the value is one of {', '.join(sorted(allowed))}")
    if event.kind in _NEEDS_REF and not event.ref:
        raise _refused(event, "this kind needs a ref")
    if event.kind == Kind.SOFTWARE and len(event.value) > LONGEST_VERSION:
        raise _refused(event, f"a version has at most {LONGEST_VERSION} signs")
    _check_number(event)
    if event.kind == Kind.SAFETY and event.ref not in _members(SafetyKind):
        known = ", ".join(sorted(_members(SafetyKind)))
        raise _refused(event, f"the ref is one of {known}")
    if event.kind == Kind.FAULTS:
        return replace(event, value=faults_value(_fault_pairs(event)))
    return event


def faults_value(faults: list[tuple[str, int]]) -> str:
    """Return the canonical snapshot of a set of faults: JSON, sorted, no repeats."""
    return msgspec.json.encode(sorted(set(faults))).decode()


def _check_number(event: Event) -> None:
    number = event.number
    if number is None:
        if event.kind in _NEEDS_NUMBER:
            raise _refused(event, "this kind needs a number")
        if event.kind == Kind.FAULT and event.value == "raised":
            raise _refused(event, "a raised fault's number is its level, 1 or 2")
        return
    if number not in _INT64:
        raise _refused(event, "the number is a 64-bit integer")
    if event.kind == Kind.FAULT and number not in _LEVELS:
        raise _refused(event, "a fault's number is its level, 1 or 2")


def _fault_pairs(event: Event) -> list[tuple[str, int]]:
    try:
        pairs = _faults.decode(event.value)
    except msgspec.DecodeError:
        pairs = None
    if pairs is None or any(level not in _LEVELS for _code, level in pairs):
        raise _refused(event, "the value is a JSON array of [code, level 1 or 2]")
    return pairs


def _refused(event: Event, right: str) -> MalformedMessageError:
    return MalformedMessageError(
        f"event {event.kind} ref {event.ref!r} value {event.value[:64]!r}: {right}.",
        code="unknown_event",
    )
