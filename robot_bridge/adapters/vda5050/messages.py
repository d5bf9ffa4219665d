"""The messages of VDA 5050 2.x and 3.0, as far as they are mapped.

One struct reads both: where 3.0 renamed a field, both names are optional.

Source: VDA 5050 2.1.0, 6.10 "state", 6.11 "visualization", 6.14 "connection"; 3.0.0.
"""

from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec

from robot_bridge.adapters.scaling import Reading
from robot_bridge.telemetry import FaultLevel, OpMode

Text = Annotated[str, msgspec.Meta(max_length=256)]

OP_MODE: Final = {
    "AUTOMATIC": OpMode.AUTOMATIC,
    "SEMIAUTOMATIC": OpMode.SEMIAUTOMATIC,
    "MANUAL": OpMode.MANUAL,
    "SERVICE": OpMode.SERVICE,
    "TEACHIN": OpMode.TEACH_IN,
    "TEACH_IN": OpMode.TEACH_IN,
    "STARTUP": OpMode.STARTUP,
    "INTERVENED": OpMode.INTERVENED,
}
CONNECTION: Final = {
    "ONLINE": "online",
    "OFFLINE": "offline",
    "CONNECTIONBROKEN": "broken",
    "CONNECTION_BROKEN": "broken",
    "HIBERNATING": "hibernating",
}
ACTION: Final = {
    "WAITING": "waiting",
    "RETRIABLE": "waiting",
    "INITIALIZING": "running",
    "RUNNING": "running",
    "PAUSED": "running",
    "FINISHED": "finished",
    "FAILED": "failed",
}
# 3.0 divides FATAL into CRITICAL and FATAL; both stop the robot.
FAULT_LEVEL: Final = {
    "WARNING": FaultLevel.WARNING,
    "URGENT": FaultLevel.WARNING,
    "CRITICAL": FaultLevel.STOPPING,
    "FATAL": FaultLevel.STOPPING,
}
BY_HAND: Final = frozenset({OpMode.MANUAL, OpMode.SERVICE, OpMode.TEACH_IN})


class Message(msgspec.Struct, rename="camel"):
    manufacturer: Text
    serial_number: Text
    header_id: Annotated[int, msgspec.Meta(ge=0, le=2**32 - 1)]
    timestamp: datetime
    version: Text = ""


class Position(msgspec.Struct, rename="camel"):
    x: Reading = None
    y: Reading = None
    theta: Reading = None
    position_initialized: bool | None = None
    localized: bool | None = None  # 3.0


class Velocity(msgspec.Struct):
    vx: Reading = None
    vy: Reading = None


class Battery(msgspec.Struct, rename="camel"):
    battery_charge: Reading = None
    state_of_charge: Reading = None  # 3.0
    battery_voltage: Reading = None
    battery_health: Reading = None
    charging: bool | None = None


class Safety(msgspec.Struct, rename="camel"):
    e_stop: Literal["AUTOACK", "MANUAL", "REMOTE", "NONE"] | None = None
    active_emergency_stop: Text | None = None  # 3.0
    field_violation: bool | None = None

    @property
    def emergency(self) -> bool | None:
        told = self.e_stop or self.active_emergency_stop
        return None if told is None else told != "NONE"


class Fault(msgspec.Struct, rename="camel"):
    error_type: Text
    error_level: Literal["WARNING", "URGENT", "CRITICAL", "FATAL"]


class Action(msgspec.Struct, rename="camel"):
    action_id: Text
    action_status: Literal[
        "WAITING",
        "RETRIABLE",
        "INITIALIZING",
        "RUNNING",
        "PAUSED",
        "FINISHED",
        "FAILED",
    ]
    action_type: Text = ""


class Load(msgspec.Struct):
    weight: Reading = None


class Stop(msgspec.Struct):
    """A node or an edge still to be travelled."""

    released: bool = True


class Visualization(Message):
    agv_position: Position | None = None
    mobile_robot_position: Position | None = None  # 3.0
    velocity: Velocity | None = None


class State(Visualization):
    order_id: Text | None = None
    node_states: list[Stop] | None = None
    edge_states: list[Stop] | None = None
    driving: bool | None = None
    paused: bool = False
    action_states: list[Action] | None = None
    instant_action_states: list[Action] = []
    battery_state: Battery | None = None
    power_supply: Battery | None = None  # 3.0
    operating_mode: (
        Literal[
            "AUTOMATIC",
            "SEMIAUTOMATIC",
            "MANUAL",
            "SERVICE",
            "TEACHIN",
            "TEACH_IN",
            "STARTUP",
            "INTERVENED",
        ]
        | None
    ) = None
    errors: list[Fault] | None = None
    safety_state: Safety | None = None
    loads: list[Load] | None = None

    @property
    def power(self) -> Battery | None:
        return self.battery_state or self.power_supply

    @property
    def fatal(self) -> bool:
        return any(
            FAULT_LEVEL[fault.error_level] is FaultLevel.STOPPING
            for fault in self.errors or []
        )

    @property
    def stopped(self) -> bool:
        return self.safety_state is not None and bool(self.safety_state.emergency)

    @property
    def charging(self) -> bool:
        return self.power is not None and bool(self.power.charging)

    @property
    def field_violated(self) -> bool:
        return self.safety_state is not None and bool(self.safety_state.field_violation)

    @property
    def by_hand(self) -> bool:
        mode = self.operating_mode
        return mode is not None and OP_MODE[mode] in BY_HAND

    @property
    def acting(self) -> bool:
        return any(
            ACTION[action.action_status] == "running"
            for action in self.action_states or []
        )

    @property
    def under_way(self) -> bool:
        return bool(self.node_states or self.edge_states)


class Connection(Message, kw_only=True):
    connection_state: Literal[
        "ONLINE", "OFFLINE", "CONNECTIONBROKEN", "CONNECTION_BROKEN", "HIBERNATING"
    ]
