"""Every KPI a second time: slow, obvious, and without the platform.

Rows are plain dicts. A line is one robot's telemetry of one evidence kind. This is
written to be read by someone who wants to know whether the platform told the truth.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby
from typing import Any

Row = Mapping[str, Any]
Line = tuple[int, str]  # robot, evidence
Bucket = tuple[int, str, str, int]  # robot, evidence, software, start in µs

SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
HOUR_US = 60 * MINUTE_US
DEFAULT_INTERVAL_S = 30
LONGEST_INTERVAL_S = 300
VERSION_SIGNS = 64  # of a version told; the rest is cut
STOPPING = 2  # the level of a fault that ends operation

UP = {"navigating", "idle", "charging", "waiting_internal"}
WAITING = {"waiting_human", "waiting_external"}
OPERATING = {
    "navigating",
    "idle",
    "waiting_human",
    "waiting_external",
    "waiting_internal",
    "manual_override",
}
OP_STATES = UP | WAITING | OPERATING | {"disabled", "offline"}


@dataclass(frozen=True)
class Span:
    robot: int
    evidence: str
    software: str
    start_us: int
    end_us: int
    op_state: str
    degraded: bool


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


def place(row: Row) -> tuple[int, str, str, int, int]:
    """Say where a row stands in the reading order of its line."""
    seq = -1 if row["seq"] is None else row["seq"]
    return (row["ts_us"], row["stream"], row["session"], seq, row["ordinal"])


def distinct(rows: Iterable[Row]) -> list[Row]:
    """Keep one of each row, however often it was sent."""
    kept: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        names = ("metric",) if "metric" in row else ("kind", "ref", "value")
        told = tuple(row[name] for name in names)
        key = (row["robot_id"], row["evidence"], row["software"], *place(row), *told)
        kept.setdefault(key, row)
    return list(kept.values())


def lines(rows: Iterable[Row]) -> dict[Line, list[Row]]:
    """Sort rows into lines, each in reading order."""
    found: dict[Line, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["robot_id"], row["evidence"]].append(row)
    return {line: sorted(told, key=place) for line, told in found.items()}


def under_told_software(
    samples: Iterable[Row], events: Iterable[Row]
) -> tuple[list[Row], list[Row]]:
    """Put each row under the version its robot last told, where it told one.

    A version counts from its instant on, for every row of that instant; "" says that
    the robot does not know, and the row's own version, the deployment's, stands.
    """
    events = list(events)
    told: dict[Line, dict[int, str]] = {}
    for line, rows in lines(events).items():
        told[line] = {
            row["ts_us"]: row["value"][:VERSION_SIGNS]
            for row in rows
            if row["kind"] == "software" and row["ref"] == ""
        }
    return (
        [_under(told, row) for row in samples],
        [_under(told, row) for row in events],
    )


def _under(told: Mapping[Line, Mapping[int, str]], row: Row) -> Row:
    versions = told.get((row["robot_id"], row["evidence"]), {})
    at_us = max((ts_us for ts_us in versions if ts_us <= row["ts_us"]), default=None)
    version = "" if at_us is None else versions[at_us]
    return {**row, "software": version} if version else row


def declared_interval_s(number: int | None) -> int:
    """Read a session's declared interval: whole seconds, rounded up, 1 to 300."""
    if number is None or number <= 0:
        return DEFAULT_INTERVAL_S
    return min(-(-number // SECOND_US), LONGEST_INTERVAL_S)


@dataclass
class Held:
    """What holds at an instant of a line."""

    op_state: str | None = None  # None: not known
    degraded: bool = False
    interval_s: int = DEFAULT_INTERVAL_S
    software: str = ""

    def hear(self, rows: Iterable[Row]) -> None:
        """Take in the rows of one instant, in reading order."""
        self.software = max(row["software"] for row in rows)
        for row in rows:
            kind = row.get("kind")
            if kind == "op_state":
                self.op_state = row["value"]
            elif kind == "degraded":
                self.degraded = row["value"] == "entered"
            elif kind == "session":
                self.interval_s = declared_interval_s(row["number"])


def known_spans(samples: Iterable[Row], events: Iterable[Row]) -> Iterator[Span]:
    """Yield the time in which the operational state is known."""
    for (robot, evidence), rows in lines([*samples, *events]).items():
        held, last_us = Held(), None
        for now_us, told in groupby(rows, key=lambda row: row["ts_us"]):
            if last_us is not None:
                if now_us - last_us > 2 * held.interval_s * SECOND_US:
                    held.op_state = None  # a silence ends what is known
                if held.op_state is not None:
                    yield Span(
                        robot,
                        evidence,
                        held.software,
                        last_us,
                        now_us,
                        held.op_state,
                        held.degraded,
                    )
            held.hear(list(told))
            last_us = now_us


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
        stands: dict[tuple[str, str], tuple[tuple[str, int | None], int]] = {}
        for row in spelled_out(rows):
            kind, number = row["kind"], row["number"]
            if kind in {"op_state", "degraded", "session"}:
                continue
            if kind == "fault":
                number = fault_level(number) if row["value"] == "raised" else 0
            numbered = kind in {"fault", "plant_count"}
            token = (row["value"], number if numbered else None)
            before = stands.get((kind, row["ref"]))
            if before is not None and before[0] == token:
                continue
            stands[kind, row["ref"]] = (token, row["ts_us"])
            yield Edge(
                robot,
                evidence,
                row["software"],
                row["ts_us"],
                kind,
                row["ref"],
                row["value"],
                number,
                before[0][0] if before else None,
                row["ts_us"] - before[1] if before else None,
            )


def facts_of_span(span: Span) -> Iterator[tuple[str, int]]:
    length = span.end_us - span.start_us
    yield "known_us", length
    if span.op_state in UP:
        yield "up_us", length
    if span.op_state in WAITING:
        yield "waiting_us", length
    if span.op_state in OPERATING:
        yield "operating_us", length
    if span.op_state == "navigating":
        yield "navigating_us", length
    if span.degraded:
        yield "degraded_us", length


def facts_of_edge(edge: Edge) -> Iterator[tuple[str, int]]:
    reader = FACTS_OF_KIND.get(edge.kind)
    if reader is not None:
        yield from reader(edge)


def _of_fault(edge: Edge) -> Iterator[tuple[str, int]]:
    if edge.value == "raised" and edge.number == STOPPING:
        yield "stopping_faults", 1


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


FACTS_OF_KIND: dict[str, Callable[[Edge], Iterator[tuple[str, int]]]] = {
    "fault": _of_fault,
    "repair": _of_repair,
    "task": _of_task,
    "intervention": _of_intervention,
    "safety": _of_safety,
}


def pieces(span: Span, window: tuple[int, int]) -> Iterator[Span]:
    """Cut a span at the window's ends and at every whole minute."""
    at_us, until_us = max(span.start_us, window[0]), min(span.end_us, window[1])
    while at_us < until_us:
        stop_us = min(until_us, minute_of(at_us) + MINUTE_US)
        yield replace(span, start_us=at_us, end_us=stop_us)
        at_us = stop_us


def minute_of(ts_us: int) -> int:
    return ts_us - ts_us % MINUTE_US


def facts_by_minute(
    samples: Iterable[Row],
    events: Iterable[Row],
    window: tuple[int, int] | None = None,
) -> dict[Bucket, dict[str, int]]:
    """Compute everything the platform keeps of these rows, inside [start, end)."""
    samples, events = under_told_software(distinct(samples), distinct(events))
    start_us, end_us = window or (-(2**63), 2**63)
    facts: dict[Bucket, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    spans = known_spans(samples, events)
    for piece in (each for span in spans for each in pieces(span, (start_us, end_us))):
        minute_us = minute_of(piece.start_us)
        bucket = (piece.robot, piece.evidence, piece.software, minute_us)
        for name, number in facts_of_span(piece):
            facts[bucket][name] += number
    for edge in edges(events):
        if start_us <= edge.ts_us < end_us:
            bucket = (edge.robot, edge.evidence, edge.software, minute_of(edge.ts_us))
            for name, number in facts_of_edge(edge):
                facts[bucket][name] += number
    for row in [*samples, *events]:
        if start_us <= row["ts_us"] < end_us:
            minute_us = minute_of(row["ts_us"])
            bucket = (row["robot_id"], row["evidence"], row["software"], minute_us)
            facts[bucket]["sample_rows" if "metric" in row else "event_rows"] += 1
    return facts


Total = Mapping[str, int]


def _ratio(above: int, below: int, scale: Fraction | int = 1) -> Fraction | None:
    return Fraction(above, below) * scale if below else None


# The value of each KPI from the sums of its facts, `due_us`, `expected`, `stored`.
KPIS: dict[str, Callable[[Total], Fraction | None]] = {
    "availability": lambda t: _ratio(t["up_us"], t["due_us"]),
    "availability_fair": lambda t: _ratio(t["up_us"] + t["waiting_us"], t["due_us"]),
    "availability_known": lambda t: _ratio(t["up_us"], t["known_us"]),
    "degraded_share": lambda t: _ratio(t["degraded_us"], t["known_us"]),
    "mtbf": lambda t: _ratio(
        t["operating_us"], t["stopping_faults"], Fraction(1, HOUR_US)
    ),
    "repairs_within_30_min": lambda t: _ratio(t["repairs_within_30_min"], t["repairs"]),
    "mean_repair_time": lambda t: _ratio(
        t["repair_us"], t["repairs_timed"], Fraction(1, MINUTE_US)
    ),
    "task_success": lambda t: _ratio(
        t["tasks_finished"], t["tasks_finished"] + t["tasks_failed"]
    ),
    "tasks_cancelled_share": lambda t: _ratio(
        t["tasks_cancelled"],
        t["tasks_finished"] + t["tasks_failed"] + t["tasks_cancelled"],
    ),
    "throughput": lambda t: _ratio(t["tasks_finished"], t["operating_us"], HOUR_US),
    "mean_cycle_time": lambda t: _ratio(
        t["cycle_us"], t["tasks_timed"], Fraction(1, SECOND_US)
    ),
    "on_time_ratio": lambda t: _ratio(t["tasks_on_time"], t["tasks_due"]),
    "utilisation": lambda t: _ratio(t["navigating_us"], t["operating_us"]),
    "interventions_per_hour": lambda t: _ratio(
        t["interventions"], t["operating_us"], HOUR_US
    ),
    "mean_intervention_time": lambda t: _ratio(
        t["intervention_us"], t["interventions_timed"], Fraction(1, MINUTE_US)
    ),
    "estops_per_100h": lambda t: _ratio(t["estops"], t["operating_us"], 100 * HOUR_US),
    "protective_stops_per_100h": lambda t: _ratio(
        t["protective_stops"], t["operating_us"], 100 * HOUR_US
    ),
    "breaches_per_100h": lambda t: _ratio(
        t["breaches"], t["operating_us"], 100 * HOUR_US
    ),
    "completeness": lambda t: _ratio(t["stored"], t["expected"]),
    "coverage": lambda t: _ratio(t["known_us"], t["due_us"]),
}
