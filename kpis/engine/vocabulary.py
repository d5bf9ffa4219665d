"""What parts may be made of: sources, columns, the values they can have, and sums."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from kpis.engine import meters, turns
from kpis.engine.definition import Source
from robot_bridge.telemetry import (
    METRICS,
    FaultLevel,
    Finding,
    Kind,
    OpMode,
    OpState,
    SafetyKind,
    TaskStatus,
)

COUNT: Final = "count"
TIME: Final = "time"
READING: Final = "reading"

BEGUN_AND_ENDED: Final = ("started", "finished")
# Kinds whose changes are counted, with every value they can come to; () is any.
VALUES_OF_KIND: Final[dict[str, tuple[str, ...]]] = {
    Kind.TASK: tuple(TaskStatus),
    Kind.ACTION: ("waiting", "running", "finished", "failed"),
    Kind.FAULT: ("raised", "cleared"),
    Kind.REPAIR: BEGUN_AND_ENDED,
    Kind.SAFETY: ("active", "released"),
    Kind.INTERVENTION: BEGUN_AND_ENDED,
    Kind.ASSISTANCE: ("requested", *BEGUN_AND_ENDED),
    Kind.LOAD: ("picked", "dropped"),
    Kind.CHARGE: BEGUN_AND_ENDED,
    Kind.CONNECTION: ("online", "offline", "broken", "hibernating"),
    Kind.OP_MODE: tuple(OpMode),
    Kind.SOFTWARE: (),
    Kind.PLANT_COUNT: (),
    Kind.UPDATE: (*BEGUN_AND_ENDED, "failed"),
    Kind.STOP_TEST: ("requested", "stopped", "failed"),
    Kind.WAYPOINT: ("planned", "visited", "skipped"),
    Kind.INSPECTION: tuple(Finding),
}
REFS_OF_KIND: Final[dict[str, tuple[str, ...]]] = {Kind.SAFETY: tuple(SafetyKind)}
# These columns say something of one kind alone.
ONLY_OF: Final[dict[str, str]] = {
    "is_due": Kind.TASK,
    "on_time": Kind.TASK,
    "number": Kind.FAULT,
    "component": Kind.FAULT,
}
# A change that meets the first also meets the second.
IMPLIED: Final = ((("on_time", 1), ("is_due", 1)),)
# Counters that only grow, and an on-off sign: their sum says nothing.
NEVER_SUMMED: Final = ("distance_m", "energy_wh", "localized")


@dataclass(frozen=True, slots=True)
class Column:
    """`values`: all it can have, () for any; `bounded`: "at most" may be asked."""

    is_text: bool
    values: tuple[str | int, ...] = ()
    bounded: bool = False
    unit: str = ""  # of a bounded one; the empty one is that of the metric


YES_OR_NO: Final = (0, 1)
COLUMNS: Final[dict[Source, Mapping[str, Column]]] = {
    Source.SPANS: {
        "op_state": Column(is_text=True, values=tuple(OpState)),
        "degraded": Column(is_text=False, values=YES_OR_NO),
    },
    Source.EDGES: {
        "kind": Column(is_text=True, values=tuple(VALUES_OF_KIND)),
        "value": Column(is_text=True),
        "was": Column(is_text=True),
        "ref": Column(is_text=True),
        "since_us": Column(is_text=False, bounded=True, unit="us"),
        "number": Column(is_text=False, values=(0, *FaultLevel)),
        "component": Column(is_text=True, values=(*turns.COMPONENTS, turns.UNCLASSED)),
        "is_due": Column(is_text=False, values=YES_OR_NO),
        "on_time": Column(is_text=False, values=YES_OR_NO),
    },
    Source.READINGS: {
        "metric": Column(is_text=True, values=tuple(METRICS)),
        "reading": Column(is_text=False, bounded=True),
    },
    Source.METERS: {"metric": Column(is_text=True, values=meters.READ)},
    Source.SAMPLES: {},
    Source.EVENTS: {},
    Source.LEDGER: {},
    Source.DUTY: {},
}
# What can be summed, and what such a sum is; "" counts rows. A reading is summed in
# its metric's own unit.
SUMS: Final[dict[Source, Mapping[str, str]]] = {
    Source.SPANS: {"length_us": TIME},
    Source.EDGES: {"": COUNT, "since_us": TIME, "step": COUNT},
    Source.METERS: {"": COUNT, "level": READING, "up": READING, "elapsed_us": TIME},
    Source.READINGS: {"": COUNT, "reading": READING},
    Source.SAMPLES: {"": COUNT, "corrected": COUNT, "late": COUNT},
    Source.EVENTS: {"": COUNT, "corrected": COUNT, "late": COUNT},
    Source.LEDGER: {"expected": COUNT, "stored": COUNT},
    Source.DUTY: {"length_us": TIME},
}
