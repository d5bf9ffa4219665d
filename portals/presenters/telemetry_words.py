"""What canonical names of telemetry are called on a page; the name stands beside."""

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from portals.presenters.pieces import Cell
from robot_bridge.telemetry import METRIC_SEPARATOR, Kind, OpState

METRIC_WORDS: Final = {
    "soc": gettext_noop("State of charge"),
    "soh": gettext_noop("Battery health"),
    "voltage_v": gettext_noop("Voltage"),
    "current_a": gettext_noop("Current"),
    "x_m": gettext_noop("Position x"),
    "y_m": gettext_noop("Position y"),
    "theta_rad": gettext_noop("Heading"),
    "localized": gettext_noop("Localised"),
    "speed_mps": gettext_noop("Speed"),
    "speed_radps": gettext_noop("Turning speed"),
    "load_kg": gettext_noop("Load"),
    "temp_c": gettext_noop("Temperature"),
    "power_w": gettext_noop("Power"),
    "distance_m": gettext_noop("Distance driven"),
    "energy_wh": gettext_noop("Energy used"),
}
KIND_WORDS: Final[dict[str, str]] = {
    Kind.SESSION: gettext_noop("Reporting interval"),
    Kind.CONNECTION: gettext_noop("Connection"),
    Kind.OP_STATE: gettext_noop("Operational state"),
    Kind.OP_MODE: gettext_noop("Operating mode"),
    Kind.TASK: gettext_noop("Task"),
    Kind.ACTION: gettext_noop("Action"),
    Kind.FAULT: gettext_noop("Fault"),
    Kind.FAULTS: gettext_noop("All faults"),
    Kind.REPAIR: gettext_noop("Repair"),
    Kind.DEGRADED: gettext_noop("Degraded mode"),
    Kind.SAFETY: gettext_noop("Safety"),
    Kind.INTERVENTION: gettext_noop("Intervention"),
    Kind.ASSISTANCE: gettext_noop("Assistance"),
    Kind.LOAD: gettext_noop("Loading"),
    Kind.CHARGE: gettext_noop("Charging"),
    Kind.SOFTWARE: gettext_noop("Software"),
    Kind.UPDATE: gettext_noop("Software update"),
    Kind.STOP_TEST: gettext_noop("Emergency-stop test"),
    Kind.WAYPOINT: gettext_noop("Waypoint"),
    Kind.INSPECTION: gettext_noop("Inspected item"),
    Kind.PLANT_COUNT: gettext_noop("Plant's count"),
    Kind.GAP: gettext_noop("Gap in the sequence"),
    Kind.CLOCK_JUMP: gettext_noop("Clock jump"),
    Kind.IDENTITY_VIOLATION: gettext_noop("Identity violation"),
}
STATE_WORDS: Final[dict[str, str]] = {
    OpState.NAVIGATING: gettext_noop("Driving"),
    OpState.IDLE: gettext_noop("Idle"),
    OpState.DISABLED: gettext_noop("Out of action"),
    OpState.OFFLINE: gettext_noop("Switched off"),
    OpState.CHARGING: gettext_noop("Charging"),
    OpState.WAITING_HUMAN: gettext_noop("Waiting for a person"),
    OpState.WAITING_EXTERNAL: gettext_noop("Waiting for the site"),
    OpState.WAITING_INTERNAL: gettext_noop("Handling"),
    OpState.MANUAL_OVERRIDE: gettext_noop("Driven by hand"),
}
VALUE_WORDS: Final[dict[str, str]] = {
    "started": gettext_noop("started"),
    "finished": gettext_noop("finished"),
    "failed": gettext_noop("failed"),
    "cancelled": gettext_noop("cancelled"),
    "assigned": gettext_noop("assigned"),
    "raised": gettext_noop("raised"),
    "cleared": gettext_noop("cleared"),
    "entered": gettext_noop("entered"),
    "left": gettext_noop("left"),
    "active": gettext_noop("active"),
    "released": gettext_noop("released"),
    "picked": gettext_noop("picked"),
    "dropped": gettext_noop("dropped"),
    "requested": gettext_noop("requested"),
    "stopped": gettext_noop("stopped"),
    "planned": gettext_noop("planned"),
    "visited": gettext_noop("visited"),
    "skipped": gettext_noop("skipped"),
    "passed": gettext_noop("found in order"),
    "flagged": gettext_noop("flagged"),
    "sound": gettext_noop("sound"),
    "defective": gettext_noop("defective"),
}


def metric_cell(metric: str) -> Cell:
    name, _sign, part = metric.partition(METRIC_SEPARATOR)
    word = _(METRIC_WORDS[name]) if name in METRIC_WORDS else name
    return Cell(f"{word} {part}".strip(), note=metric)


def kind_cell(kind: str) -> Cell:
    word = KIND_WORDS.get(kind)
    return Cell(_(word) if word else kind, note=kind)


def value_cell(kind: str, value: str) -> Cell:
    """Say a value in words where it has some; a version or a reason is as it came."""
    word = (STATE_WORDS if kind == Kind.OP_STATE else VALUE_WORDS).get(value)
    return Cell(_(word), note=value) if word else Cell(value)
