"""The integers that KPIs share, and the order in which states keep them.

`up` and `operating` are read off the operational state. Up: able to work, or
charging. Waiting for others is neither up nor down: fair availability counts it.
Operating: switched on and in service, so neither charging nor disabled. Autonomous:
operating and not driven by hand; unassisted: not waiting for a person either.
"""

from typing import Final

from kpis.engine.definition import Condition, Part, Source, among, at_most
from robot_bridge.telemetry import (
    MINUTE_US,
    FaultLevel,
    Finding,
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
AUTONOMOUS: Final = (
    OpState.NAVIGATING,
    OpState.IDLE,
    OpState.WAITING_HUMAN,
    OpState.WAITING_EXTERNAL,
    OpState.WAITING_INTERNAL,
)
UNASSISTED: Final = (
    OpState.NAVIGATING,
    OpState.IDLE,
    OpState.WAITING_EXTERNAL,
    OpState.WAITING_INTERNAL,
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


def metered(key: str, metric: str, column: str = "") -> Part:
    return Part(key, Source.METERS, column, (among("metric", metric),))


def failed(component: str) -> Part:
    """Count the stopping faults of a component, as `turns.COMPONENTS` tells them."""
    return times_of(
        f"faults_{component}",
        Kind.FAULT,
        "raised",
        among("number", FaultLevel.STOPPING),
        among("component", component),
    )


def found(key: str, said: Finding, found_to_be: Finding) -> Part:
    """Count items of which the robot said one thing and the observer another."""
    return times_of(key, Kind.INSPECTION, found_to_be, among("was", said))


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

GEOFENCE_BREACHES: Final = safety_of("geofence_breaches", SafetyKind.GEOFENCE)
SEPARATION_BREACHES: Final = safety_of("separation_breaches", SafetyKind.SEPARATION)

AUTONOMOUS_US: Final = time("autonomous_us", among("op_state", *AUTONOMOUS))
UNASSISTED_US: Final = time("unassisted_us", among("op_state", *UNASSISTED))

# Of meters: what they rose by, and the time in which they were read.
DISTANCE_MM: Final = metered("distance_mm", "distance_m", "up")
DISTANCE_US: Final = metered("distance_us", "distance_m", "elapsed_us")
ENERGY_MWH: Final = metered("energy_mwh", "energy_wh", "up")
ENERGY_US: Final = metered("energy_us", "energy_wh", "elapsed_us")
SOH_PPM: Final = metered("soh_ppm", "soh", "level")
SOH_READ: Final = metered("soh_read", "soh")

SAMPLES_CORRECTED: Final = Part("samples_corrected", Source.SAMPLES, "corrected")
SAMPLES_LATE: Final = Part("samples_late", Source.SAMPLES, "late")
EVENTS_CORRECTED: Final = Part("events_corrected", Source.EVENTS, "corrected")
EVENTS_LATE: Final = Part("events_late", Source.EVENTS, "late")

# The counter of a plant or an observer that counts tasks done.
COUNTED_TASKS: Final = Part(
    "counted_tasks",
    Source.EDGES,
    "step",
    (among("kind", Kind.PLANT_COUNT), among("ref", "tasks")),
)

FAULTS_JOINT: Final = failed("joint")
FAULTS_BATTERY: Final = failed("battery")
FAULTS_DRIVE: Final = failed("drive")
FAULTS_SENSOR: Final = failed("sensor")
FAULTS_UNCLASSED: Final = failed("unclassed")

ASSISTANCES: Final = times_of("assistances", Kind.ASSISTANCE, "started")
ASSISTANCES_ASKED: Final = times_of(
    "assistances_asked", Kind.ASSISTANCE, "started", among("was", "requested")
)
RESPONSE_US: Final = length_of("response_us", Kind.ASSISTANCE, "requested", "started")

STOPS_TESTED: Final = times_of("stops_tested", Kind.STOP_TEST, "stopped")
STOPS_FAILED: Final = times_of("stops_failed", Kind.STOP_TEST, "failed")
STOPS_TIMED: Final = times_of(
    "stops_timed", Kind.STOP_TEST, "stopped", among("was", "requested")
)
STOP_US: Final = length_of("stop_us", Kind.STOP_TEST, "requested", "stopped")

DEFECTS_CAUGHT: Final = found("defects_caught", Finding.FLAGGED, Finding.DEFECTIVE)
DEFECTS_MISSED: Final = found("defects_missed", Finding.PASSED, Finding.DEFECTIVE)
FALSE_ALARMS: Final = found("false_alarms", Finding.FLAGGED, Finding.SOUND)
RIGHTLY_PASSED: Final = found("rightly_passed", Finding.PASSED, Finding.SOUND)

WAYPOINTS_VISITED: Final = times_of("waypoints_visited", Kind.WAYPOINT, "visited")
WAYPOINTS_SKIPPED: Final = times_of("waypoints_skipped", Kind.WAYPOINT, "skipped")

UPDATES_FINISHED: Final = times_of("updates_finished", Kind.UPDATE, "finished")
UPDATES_FAILED: Final = times_of("updates_failed", Kind.UPDATE, "failed")

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
    AUTONOMOUS_US,
    UNASSISTED_US,
    DISTANCE_MM,
    DISTANCE_US,
    ENERGY_MWH,
    ENERGY_US,
    SOH_PPM,
    SOH_READ,
    SAMPLES_CORRECTED,
    SAMPLES_LATE,
    EVENTS_CORRECTED,
    EVENTS_LATE,
    COUNTED_TASKS,
    FAULTS_JOINT,
    FAULTS_BATTERY,
    FAULTS_DRIVE,
    FAULTS_SENSOR,
    FAULTS_UNCLASSED,
    GEOFENCE_BREACHES,
    SEPARATION_BREACHES,
    ASSISTANCES,
    ASSISTANCES_ASKED,
    RESPONSE_US,
    STOPS_TESTED,
    STOPS_FAILED,
    STOPS_TIMED,
    STOP_US,
    DEFECTS_CAUGHT,
    DEFECTS_MISSED,
    FALSE_ALARMS,
    RIGHTLY_PASSED,
    WAYPOINTS_VISITED,
    WAYPOINTS_SKIPPED,
    UPDATES_FINISHED,
    UPDATES_FAILED,
)
# Beyond these a fact is rarely other than zero, and a state leaves its zeros out.
DENSE_FACTS: Final = 34
FACT_KEYS: Final = tuple(part.key for part in FACTS)
