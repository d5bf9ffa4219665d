"""Changes: each time a thing was told to be other than before."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from pilotgate_offline.twins.rows import HIGHEST, MINUTE_US, Row, lines

STOPPING = 2  # the level of a fault that ends operation
COMPONENTS = {
    "joint": ("joint", "wrist", "elbow", "shoulder", "gripper", "finger"),
    "battery": ("battery", "bms", "charg"),
    "sensor": ("sensor", "lidar", "camera", "scanner", "laser", "encoder"),
    "drive": ("drive", "motor", "wheel", "brake", "steer", "traction", "axle"),
}
SMALL_LETTERS = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"
)


@dataclass(frozen=True)
class Edge:
    robot: int
    evidence: str
    software: str
    ts_us: int
    kind: str
    ref: str
    value: str
    number: int | None
    was: str | None
    since_us: int | None
    step: int | None  # by how much a plant's counter rose


@dataclass(frozen=True)
class Stand:
    """What a thing was last told to be, and when."""

    token: tuple[str, int | None]
    ts_us: int
    number: int | None


def fault_level(number: int | None) -> int:
    """Read a fault's level; one that does not say it stops the robot."""
    return 1 if number is not None and number < STOPPING else STOPPING


def faults_in(snapshot: str) -> dict[str, int]:
    """Read a FAULTS snapshot: code -> level."""
    try:
        entries = json.loads(snapshot)
    except ValueError:
        return {}
    if not isinstance(entries, list):
        return {}
    found: dict[str, int] = {}
    for entry in entries:
        if isinstance(entry, list) and entry and entry[0] is not None:
            level = fault_level(entry[1] if len(entry) > 1 else None)
            found[str(entry[0])] = max(level, found.get(str(entry[0]), 0))
    return found


def spelled_out(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield the rows that tell a value, with FAULTS snapshots taken apart."""
    last: str | None = None
    for row in rows:
        if row["kind"] != "faults":
            yield row
            continue
        if row["value"] == last:
            continue
        now, before = faults_in(row["value"]), faults_in(last or "[]")
        last = row["value"]
        for code in sorted(now.keys() | before.keys()):
            value = "raised" if code in now else "cleared"
            told = {"kind": "fault", "ref": code, "value": value}
            yield {**row, **told, "number": now.get(code)}


def edges(events: Iterable[Row]) -> Iterator[Edge]:
    """Yield each change of the value of a (kind, ref); a repetition is none."""
    for (robot, evidence), rows in lines(events).items():
        stands: dict[tuple[str, str], Stand] = {}
        for row in spelled_out(rows):
            kind, number = row["kind"], row["number"]
            if kind in {"op_state", "degraded", "session"}:
                continue
            if kind == "fault":
                number = fault_level(number) if row["value"] == "raised" else 0
            numbered = kind in {"fault", "plant_count"}
            token = (row["value"], number if numbered else None)
            before = stands.get((kind, row["ref"]))
            if before is not None and before.token == token:
                continue
            stands[kind, row["ref"]] = Stand(token, row["ts_us"], number)
            yield Edge(
                robot,
                evidence,
                row["software"],
                row["ts_us"],
                kind,
                row["ref"],
                row["value"],
                number,
                before.token[0] if before else None,
                row["ts_us"] - before.ts_us if before else None,
                step_of(before.number, number)
                if before and kind == "plant_count"
                else None,
            )


def step_of(before: int | None, number: int | None) -> int | None:
    """Say by how much a counter rose; one that fell began anew, and did not rise."""
    if before is None or number is None:
        return None
    if max(abs(before), abs(number)) > HIGHEST:
        return None
    return number - before if number >= before else None


def component_of(code: str) -> str:
    """Say which component a fault's code names: the first whose word is in it."""
    letters = code.translate(SMALL_LETTERS)
    for component, words in COMPONENTS.items():
        if any(word in letters for word in words):
            return component
    return "unclassed"


def facts_of_edge(edge: Edge) -> Iterator[tuple[str, int]]:
    reader = FACTS_OF_KIND.get(edge.kind)
    if reader is not None:
        yield from reader(edge)


def _of_fault(edge: Edge) -> Iterator[tuple[str, int]]:
    if edge.value == "raised" and edge.number == STOPPING:
        yield "stopping_faults", 1
        yield f"faults_{component_of(edge.ref)}", 1


def _of_repair(edge: Edge) -> Iterator[tuple[str, int]]:
    if edge.value != "finished":
        return
    yield "repairs", 1
    if edge.was == "started" and edge.since_us is not None:
        yield "repairs_timed", 1
        yield "repair_us", edge.since_us
        if edge.since_us <= 30 * MINUTE_US:
            yield "repairs_within_30_min", 1


def _of_task(edge: Edge) -> Iterator[tuple[str, int]]:
    if edge.value in {"finished", "failed", "cancelled"}:
        yield f"tasks_{edge.value}", 1
    if edge.value != "finished":
        return
    if edge.was == "started" and edge.since_us is not None:
        yield "tasks_timed", 1
        yield "cycle_us", edge.since_us
    if edge.number is not None:
        yield "tasks_due", 1
        if edge.ts_us <= edge.number:
            yield "tasks_on_time", 1


def _of_intervention(edge: Edge) -> Iterator[tuple[str, int]]:
    if edge.value == "started":
        yield "interventions", 1
    if edge.value == "finished" and edge.was == "started" and edge.since_us is not None:
        yield "interventions_timed", 1
        yield "intervention_us", edge.since_us


def _of_safety(edge: Edge) -> Iterator[tuple[str, int]]:
    names = {
        "estop": "estops",
        "protective_stop": "protective_stops",
        "geofence": "breaches",
        "separation": "breaches",
    }
    if edge.value == "active" and edge.ref in names:
        yield names[edge.ref], 1
        if edge.ref in {"geofence", "separation"}:
            yield f"{edge.ref}_breaches", 1


def _of_assistance(edge: Edge) -> Iterator[tuple[str, int]]:
    if edge.value != "started":
        return
    yield "assistances", 1
    if edge.was == "requested" and edge.since_us is not None:
        yield "assistances_asked", 1
        yield "response_us", edge.since_us


def _of_stop_test(edge: Edge) -> Iterator[tuple[str, int]]:
    if edge.value == "failed":
        yield "stops_failed", 1
    if edge.value != "stopped":
        return
    yield "stops_tested", 1
    if edge.was == "requested" and edge.since_us is not None:
        yield "stops_timed", 1
        yield "stop_us", edge.since_us


def _of_inspection(edge: Edge) -> Iterator[tuple[str, int]]:
    names = {
        ("flagged", "defective"): "defects_caught",
        ("passed", "defective"): "defects_missed",
        ("flagged", "sound"): "false_alarms",
        ("passed", "sound"): "rightly_passed",
    }
    if (edge.was or "", edge.value) in names:
        yield names[edge.was or "", edge.value], 1


def _of_waypoint(edge: Edge) -> Iterator[tuple[str, int]]:
    if edge.value in {"visited", "skipped"}:
        yield f"waypoints_{edge.value}", 1


def _of_update(edge: Edge) -> Iterator[tuple[str, int]]:
    if edge.value in {"finished", "failed"}:
        yield f"updates_{edge.value}", 1


def _of_plant_count(edge: Edge) -> Iterator[tuple[str, int]]:
    if edge.ref == "tasks" and edge.step is not None:
        yield "counted_tasks", edge.step


FACTS_OF_KIND: dict[str, Callable[[Edge], Iterator[tuple[str, int]]]] = {
    "fault": _of_fault,
    "repair": _of_repair,
    "task": _of_task,
    "intervention": _of_intervention,
    "safety": _of_safety,
    "assistance": _of_assistance,
    "stop_test": _of_stop_test,
    "inspection": _of_inspection,
    "waypoint": _of_waypoint,
    "update": _of_update,
    "plant_count": _of_plant_count,
}


def cycle_times(events: Iterable[Row]) -> list[int]:
    """Return how long each task took that was seen to start and to finish, in µs."""
    return sorted(
        edge.since_us
        for edge in edges(events)
        if edge.kind == "task"
        and (edge.was, edge.value) == ("started", "finished")
        and edge.since_us is not None
    )


def quantile(ordered: list[int], hundredths: int) -> int | None:
    """Return the nearest rank: the smallest that so many hundredths do not exceed."""
    for number, value in enumerate(ordered, start=1):
        if 100 * number >= hundredths * len(ordered):
            return value
    return None
