"""The canonical telemetry: its columns, metrics, event kinds and windows.

Every adapter writes these rows and every KPI reads them. Values are scaled
integers and instants are int64 microseconds UTC, so that any engine adds them to
the same bits in any order.
"""

from dataclasses import dataclass
from enum import IntEnum, IntFlag, StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

SECOND_US: Final = 1_000_000
MINUTE_US: Final = 60 * SECOND_US
HOUR_US: Final = 60 * MINUTE_US
DAY_US: Final = 24 * HOUR_US


@dataclass(frozen=True, slots=True)
class Metric:
    """One measured quantity: unit (UCUM) and how many stored steps make one unit."""

    key: str
    unit: str
    steps: int
    low: float
    high: float


METRICS: Final = {
    metric.key: metric
    for metric in (
        Metric("soc", "1", 1_000_000, 0.0, 1.0),
        Metric("soh", "1", 1_000_000, 0.0, 1.0),
        Metric("voltage_v", "V", 1_000, 0.0, 2_000.0),
        Metric("current_a", "A", 1_000_000, -2_000.0, 2_000.0),
        Metric("x_m", "m", 1_000, -1e7, 1e7),
        Metric("y_m", "m", 1_000, -1e7, 1e7),
        Metric("theta_rad", "rad", 1_000_000, -7.0, 7.0),
        Metric("localized", "1", 1, 0.0, 1.0),
        Metric("speed_mps", "m/s", 1_000, -100.0, 100.0),
        Metric("speed_radps", "rad/s", 1_000_000, -1_000.0, 1_000.0),
        Metric("load_kg", "kg", 1_000, 0.0, 100_000.0),
        Metric("temp_c", "Cel", 1_000, -100.0, 500.0),
        Metric("power_w", "W", 1_000, -1e6, 1e6),
        Metric("distance_m", "m", 1_000, 0.0, 1e9),
        Metric("energy_wh", "W.h", 1_000, 0.0, 1e9),
    )
}

# A joint's reading carries its number behind the metric, as in "temp_c.j3".
METRIC_SEPARATOR: Final = "."


class Kind(StrEnum):
    """What an event row tells.

    `value` moves (kind, ref) from one value to the next; a row that repeats the
    value is a snapshot and counts nothing. FAULTS is a snapshot of the whole set.
    """

    SESSION = "session"  # started; number = declared interval in µs
    CONNECTION = "connection"  # online | offline | broken | hibernating
    OP_STATE = "op_state"  # OpState
    OP_MODE = "op_mode"  # OpMode
    TASK = "task"  # ref = task; TaskStatus; number = due by, µs UTC
    ACTION = "action"  # ref = action; waiting | running | finished | failed
    FAULT = "fault"  # ref = code; raised | cleared; number = FaultLevel
    FAULTS = "faults"  # value = JSON array of [code, level], sorted
    REPAIR = "repair"  # ref = repair; started | finished
    DEGRADED = "degraded"  # entered | left
    SAFETY = "safety"  # ref = SafetyKind; active | released
    INTERVENTION = "intervention"  # ref = id; started | finished
    ASSISTANCE = "assistance"  # ref = id; requested | started | finished
    LOAD = "load"  # picked | dropped
    CHARGE = "charge"  # started | finished
    SOFTWARE = "software"  # value = version; ref "": of the robot itself
    UPDATE = "update"  # ref = version; started | finished | failed
    PLANT_COUNT = "plant_count"  # ref = counter; number = count so far
    STOP_TEST = "stop_test"  # ref = test; requested | stopped | failed
    WAYPOINT = "waypoint"  # ref = waypoint; planned | visited | skipped
    INSPECTION = "inspection"  # ref = item; Finding, the robot's before the observer's
    GAP = "gap"  # number = messages missing
    CLOCK_JUMP = "clock_jump"  # number = offset in µs
    IDENTITY_VIOLATION = "identity_violation"


class OpState(StrEnum):
    """MassRobotics AMR Interop 1.0, operationalState."""

    NAVIGATING = "navigating"
    IDLE = "idle"
    DISABLED = "disabled"
    OFFLINE = "offline"
    CHARGING = "charging"
    WAITING_HUMAN = "waiting_human"
    WAITING_EXTERNAL = "waiting_external"
    WAITING_INTERNAL = "waiting_internal"
    MANUAL_OVERRIDE = "manual_override"


class OpMode(StrEnum):
    """VDA 5050 2.1, operatingMode; the last three are of 3.0."""

    AUTOMATIC = "automatic"
    SEMIAUTOMATIC = "semiautomatic"
    MANUAL = "manual"
    SERVICE = "service"
    TEACH_IN = "teach_in"
    STARTUP = "startup"
    INTERVENED = "intervened"


class TaskStatus(StrEnum):
    ASSIGNED = "assigned"
    STARTED = "started"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"


class SafetyKind(StrEnum):
    ESTOP = "estop"
    PROTECTIVE_STOP = "protective_stop"
    GEOFENCE = "geofence"
    SEPARATION = "separation"


class Finding(StrEnum):
    """What a robot says of an inspected item, and what an observer finds it to be."""

    PASSED = "passed"
    FLAGGED = "flagged"
    SOUND = "sound"
    DEFECTIVE = "defective"


class FaultLevel(IntEnum):
    """Only STOPPING faults end operation, and so count as failures."""

    WARNING = 1
    STOPPING = 2


class Evidence(StrEnum):
    """Where telemetry was gathered; given by a deployment or a permission."""

    LIVE = "live"
    TESTBED = "testbed"
    SIM = "sim"
    RECORDED = "recorded"
    SHOWCASE = "showcase"


class TimeSource(IntEnum):
    """Which clock a row's `ts_us` comes from."""

    ROBOT = 0
    CORRECTED = 1
    RECEIVED = 2


class Quality(IntFlag):
    CLOCK_CORRECTED = 1
    CLOCK_REPLACED = 2
    LATE = 4
    SCHEMA_WARNING = 8
    PARTIAL = 16


HEADER_FIELDS: Final = (
    ("robot_id", pa.int64()),
    ("stream", pa.string()),
    ("session", pa.string()),
    ("seq", pa.int64()),
    ("ordinal", pa.int32()),
    ("ts_us", pa.int64()),
    ("recv_us", pa.int64()),
    ("ts_src", pa.int8()),
    ("quality", pa.int32()),
    ("evidence", pa.string()),
    ("software", pa.string()),
)
SAMPLES: Final = pa.schema(
    [*HEADER_FIELDS, ("metric", pa.string()), ("value", pa.int64())]
)
EVENTS: Final = pa.schema(
    [
        *HEADER_FIELDS,
        ("kind", pa.string()),
        ("ref", pa.string()),
        ("value", pa.string()),
        ("number", pa.int64()),
    ]
)
# The one order in which rows are read, whatever order they arrived in.
READING_ORDER: Final = ("robot_id", "ts_us", "stream", "session", "seq", "ordinal")


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message as a wire delivered it; `name` is the authenticated sender."""

    topic: str
    payload: bytes
    name: str
    recv_us: int


@dataclass(frozen=True, slots=True)
class Header:
    """Who sent a message and where it stands in its stream.

    `seq` None: the message stands outside any sequence (a last will).
    `sent_us` None: the message does not say when it was sent.
    """

    vendor: str
    serial: str
    stream: str
    session: str
    seq: int | None
    sent_us: int | None
    interval_us: int
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    ts_us: int
    kind: Kind
    value: str
    ref: str = ""
    number: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class SampleColumns:
    """One metric's samples in a message: two int64 arrays of one length."""

    metric: str
    ts_us: npt.NDArray[np.int64]
    value: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Parsed:
    """What an adapter makes of one message, before ledger, clock and deployment."""

    header: Header
    samples: tuple[SampleColumns, ...]
    events: tuple[Event, ...]
    quality: int = 0  # of Quality flags
    digest: bytes = b""  # of the payload without its time of sending


@dataclass(frozen=True, slots=True)
class Window:
    """A half-open span [start_us, end_us) in µs UTC."""

    start_us: int
    end_us: int

    def __post_init__(self) -> None:
        if self.end_us < self.start_us:
            raise ValueError(
                f"a window ends before it starts: [{self.start_us}, {self.end_us}) µs"
            )

    @property
    def length_us(self) -> int:
        return self.end_us - self.start_us
