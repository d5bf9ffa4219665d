"""The integers that KPIs share, and the order in which states keep them.

`up` and `operating` are read off the operational state. Up: able to work, or
charging. Waiting for others is neither up nor down: fair availability counts it.
Operating: switched on and in service, so neither charging nor disabled.
"""

from typing import Final

from kpis.engine.definition import Condition, Part, Source, among, at_most
from robot_bridge.telemetry import (
    MINUTE_US,
    FaultLevel,
    Kind,
    OpState,
    SafetyKind,
    TaskStatus,
)

UP: Final = (
    OpState.NAVIGATING,
    OpState.IDLE,
    OpState.CHARGING,
    OpState.WAITING_INTERNAL,
)
WAITING_FOR_OTHERS: Final = (OpState.WAITING_HUMAN, OpState.WAITING_EXTERNAL)
OPERATING: Final = (
    OpState.NAVIGATING,
    OpState.IDLE,
    OpState.WAITING_HUMAN,
    OpState.WAITING_EXTERNAL,
    OpState.WAITING_INTERNAL,
    OpState.MANUAL_OVERRIDE,
)
REPAIR_LIMIT_US: Final = 30 * MINUTE_US


def time(key: str, *where: Condition) -> Part:
    return Part(key, Source.SPANS, "length_us", where)


def times_of(key: str, kind: Kind, value: str, *where: Condition) -> Part:
    """Count how often a thing of this kind came to this value."""
    return Part(
        key, Source.EDGES, "", (among("kind", kind), among("value", value), *where)
    )


def length_of(key: str, kind: Kind, was: str, value: str) -> Part:
    """Sum the time things of this kind took from one value to the next."""
    steps = (among("kind", kind), among("was", was), among("value", value))
    return Part(key, Source.EDGES, "since_us", steps)


def safety_of(key: str, *kinds: SafetyKind) -> Part:
    return times_of(key, Kind.SAFETY, "active", among("ref", *kinds))


KNOWN_US: Final = time("known_us")
UP_US: Final = time("up_us", among("op_state", *UP))
WAITING_US: Final = time("waiting_us", among("op_state", *WAITING_FOR_OTHERS))
OPERATING_US: Final = time("operating_us", among("op_state", *OPERATING))
NAVIGATING_US: Final = time("navigating_us", among("op_state", OpState.NAVIGATING))
DEGRADED_US: Final = time("degraded_us", among("degraded", 1))

FAULTS: Final = times_of(
    "stopping_faults", Kind.FAULT, "raised", among("number", FaultLevel.STOPPING)
)
REPAIRS: Final = times_of("repairs", Kind.REPAIR, "finished")
REPAIRS_TIMED: Final = times_of(
    "repairs_timed", Kind.REPAIR, "finished", among("was", "started")
)
REPAIRS_IN_TIME: Final = times_of(
    "repairs_within_30_min",
    Kind.REPAIR,
    "finished",
    among("was", "started"),
    at_most("since_us", REPAIR_LIMIT_US),
)
REPAIR_US: Final = length_of("repair_us", Kind.REPAIR, "started", "finished")

TASKS_FINISHED: Final = times_of("tasks_finished", Kind.TASK, TaskStatus.FINISHED)
TASKS_FAILED: Final = times_of("tasks_failed", Kind.TASK, TaskStatus.FAILED)
TASKS_CANCELLED: Final = times_of("tasks_cancelled", Kind.TASK, TaskStatus.CANCELLED)
TASKS_TIMED: Final = times_of(
    "tasks_timed", Kind.TASK, TaskStatus.FINISHED, among("was", TaskStatus.STARTED)
)
CYCLE_US: Final = length_of(
    "cycle_us", Kind.TASK, TaskStatus.STARTED, TaskStatus.FINISHED
)
TASKS_DUE: Final = times_of(
    "tasks_due", Kind.TASK, TaskStatus.FINISHED, among("is_due", 1)
)
TASKS_ON_TIME: Final = times_of(
    "tasks_on_time", Kind.TASK, TaskStatus.FINISHED, among("on_time", 1)
)

INTERVENTIONS: Final = times_of("interventions", Kind.INTERVENTION, "started")
INTERVENTIONS_TIMED: Final = times_of(
    "interventions_timed", Kind.INTERVENTION, "finished", among("was", "started")
)
INTERVENTION_US: Final = length_of(
    "intervention_us", Kind.INTERVENTION, "started", "finished"
)

ESTOPS: Final = safety_of("estops", SafetyKind.ESTOP)
PROTECTIVE_STOPS: Final = safety_of("protective_stops", SafetyKind.PROTECTIVE_STOP)
BREACHES: Final = safety_of("breaches", SafetyKind.GEOFENCE, SafetyKind.SEPARATION)

SAMPLE_ROWS: Final = Part("sample_rows", Source.SAMPLES)
EVENT_ROWS: Final = Part("event_rows", Source.EVENTS)

# These two are told beside the states: by the ledger, and by who asks.
EXPECTED: Final = Part("expected", Source.LEDGER, "expected")
STORED: Final = Part("stored", Source.LEDGER, "stored")
DUE_US: Final = Part("due_us", Source.DUTY, "length_us")

# The order of a stored state's integers. Append only: states outlive the program.
FACTS: Final = (
    SAMPLE_ROWS,
    EVENT_ROWS,
    KNOWN_US,
    UP_US,
    WAITING_US,
    OPERATING_US,
    NAVIGATING_US,
    DEGRADED_US,
    FAULTS,
    REPAIRS,
    REPAIRS_TIMED,
    REPAIRS_IN_TIME,
    REPAIR_US,
    TASKS_FINISHED,
    TASKS_FAILED,
    TASKS_CANCELLED,
    TASKS_TIMED,
    CYCLE_US,
    TASKS_DUE,
    TASKS_ON_TIME,
    INTERVENTIONS,
    INTERVENTIONS_TIMED,
    INTERVENTION_US,
    ESTOPS,
    PROTECTIVE_STOPS,
    BREACHES,
)
FACT_KEYS: Final = tuple(part.key for part in FACTS)
