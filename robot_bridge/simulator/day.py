"""Lives one robot's day, second by second only where something happens."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from math import atan2, hypot
from typing import Final

import numpy as np

from robot_bridge.simulator.profiles import Profile
from robot_bridge.simulator.timeline import (
    CARRYING_W,
    DRIVING_W,
    MARK_FIELDS,
    Timeline,
)
from robot_bridge.telemetry import (
    MINUTE_US,
    SECOND_US,
    Event,
    FaultLevel,
    Kind,
    OpMode,
    OpState,
    SafetyKind,
)

FULL_SOC: Final = 0.92
LOW_SOC: Final = 0.28
CHARGE_PER_S: Final = 0.021 / 60
DRAIN_PER_S: Final = {OpState.NAVIGATING: 0.0031 / 60}
IDLE_DRAIN_PER_S: Final = 0.0004 / 60
POWER_W: Final = {OpState.CHARGING: -900.0, OpState.NAVIGATING: 210.0}
IDLE_POWER_W: Final = 46.0
LAST_CHARGE_US: Final = 40 * MINUTE_US
DOCK: Final = (2.0, 2.0)
RESPONSE_SHARE: Final = 0.2  # of a standstill, before anyone comes
DEGRADED_PACE: Final = 0.6


@dataclass(frozen=True, slots=True, order=True)
class Incident:
    """Something that will come upon the robot, whatever it does then."""

    at_us: int
    number: int
    name: str = field(compare=False)
    lasts_us: int = field(compare=False)
    detail: str = field(compare=False, default="")
    level: int | None = field(compare=False, default=None)


@dataclass(slots=True)
class Day:
    """A day being lived: the clock, the body, and what has been noted so far."""

    profile: Profile
    start_us: int
    end_us: int
    label: str
    now_us: int = 0
    x_m: float = DOCK[0]
    y_m: float = DOCK[1]
    soc: float = FULL_SOC
    load_kg: float = 0.0
    distance_m: float = 0.0  # since the day began, as is the energy
    energy_wh: float = 0.0
    slowed: float = 1.0
    struck: bool = False  # a stopping fault hit since this was last cleared
    number: int = 0  # of incidents
    state: OpState | None = None
    incidents: list[Incident] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    marks: list[tuple[float, ...]] = field(default_factory=list)

    def note(
        self,
        kind: Kind,
        value: str,
        ref: str = "",
        number: int | None = None,
        at_us: int | None = None,
    ) -> None:
        at = self.now_us if at_us is None else at_us
        at = min(at, self.end_us - 1)
        self.events.append(Event(at, kind, str(value), str(ref), number))

    def expect(self, incident: Incident) -> None:
        heapq.heappush(self.incidents, incident)

    def cruise_mps(self) -> float:
        return self.profile.cruise_mps * self.slowed

    def drive(self, target: tuple[float, float]) -> None:
        """Drive to a place, meeting whatever comes on the way."""
        far = hypot(target[0] - self.x_m, target[1] - self.y_m)
        self.spend(OpState.NAVIGATING, far / self.cruise_mps() + 1.0, target)

    def spend(
        self, state: OpState, seconds: float, target: tuple[float, float] | None = None
    ) -> None:
        """Stay in a state for a while; incidents interrupt and prolong it."""
        left_us = round(seconds * SECOND_US)
        while left_us > 0 and self.now_us < self.end_us:
            due = self.incidents[0].at_us if self.incidents else self.end_us
            run_us = min(left_us, max(due - self.now_us, 0), self.end_us - self.now_us)
            self.stretch(state, run_us, target, left_us)
            left_us -= run_us
            if self.incidents and due <= self.now_us:
                self.meet(heapq.heappop(self.incidents))

    def hold(self, state: OpState, lasts_us: int) -> None:
        """Be stopped in a state; nothing else comes upon a robot that stands."""
        latest = max(self.end_us - LAST_CHARGE_US, self.now_us + SECOND_US)
        until = min(self.now_us + lasts_us, latest, self.end_us)
        self.stretch(state, until - self.now_us, None, 1)

    def stretch(
        self,
        state: OpState,
        run_us: int,
        target: tuple[float, float] | None,
        left_us: int,
    ) -> None:
        """Advance clock and body; `left_us` is what the rest of the way takes."""
        if run_us <= 0:
            return
        if state is not self.state:
            self.state = state
            self.note(Kind.OP_STATE, state.value)
        seconds = run_us / SECOND_US
        across, along, speed, heading = 0.0, 0.0, 0.0, 0.0
        if target is not None:
            across = (target[0] - self.x_m) * run_us / left_us
            along = (target[1] - self.y_m) * run_us / left_us
            speed = hypot(across, along) / seconds
            heading = atan2(along, across)
        self.mark(heading, speed)
        self.x_m, self.y_m = self.x_m + across, self.y_m + along
        self.distance_m += hypot(across, along)
        power = POWER_W.get(state, IDLE_POWER_W)
        power += speed * (DRIVING_W + CARRYING_W * self.load_kg)
        self.energy_wh += max(power, 0.0) * seconds / 3600
        gain = -DRAIN_PER_S.get(state, IDLE_DRAIN_PER_S)
        if state is OpState.CHARGING:
            gain = CHARGE_PER_S
        self.soc = min(max(self.soc + gain * seconds, 0.03), FULL_SOC)
        self.now_us += run_us

    def mark(self, heading: float = 0.0, speed: float = 0.0) -> None:
        power = POWER_W.get(self.state or OpState.IDLE, IDLE_POWER_W)
        body = (self.x_m, self.y_m, self.soc, heading, self.load_kg, speed, power)
        meters = (self.distance_m, self.energy_wh)
        self.marks.append((self.now_us, *body, *meters))

    def meet(self, incident: Incident) -> None:
        """Let an incident happen; one that fell into another's time is missed."""
        if incident.name in AFTERMATHS:
            kind, value = AFTERMATHS[incident.name]
            self.note(kind, value, incident.detail, incident.level, incident.at_us)
            self.slowed = 1.0 if kind is Kind.DEGRADED else self.slowed
        elif incident.at_us >= self.now_us - SECOND_US:
            INCIDENTS[incident.name](self, incident)

    def follow(self, incident: Incident, name: str) -> None:
        """Put down when what an incident began will be over."""
        over_us = min(self.now_us + incident.lasts_us, self.end_us - 1)
        self.number += 1
        after = Incident(over_us, self.number, name, 0, incident.detail, incident.level)
        heapq.heappush(self.incidents, after)

    def finish(self, software: str, silences: tuple[tuple[int, int], ...]) -> Timeline:
        """Close what is still open and hand the day over."""
        while self.incidents:
            incident = heapq.heappop(self.incidents)
            if incident.name in AFTERMATHS:
                self.meet(incident)
        self.mark()
        events = sorted(self.events, key=lambda event: event.ts_us)
        changes = [event for event in events if event.kind is Kind.OP_STATE]
        table = np.array(self.marks)
        return Timeline(
            start_us=self.start_us,
            end_us=self.end_us,
            software=software,
            events=tuple(events),
            event_at_us=tuple(event.ts_us for event in events),
            state_at_us=tuple(event.ts_us for event in changes),
            states=tuple(OpState(event.value) for event in changes),
            mark_at_us=table[:, 0].astype(np.int64),
            marks={
                name: table[:, column]
                for column, name in enumerate(MARK_FIELDS, start=1)
            },
            silences=silences,
        )


def stopping_fault(day: Day, incident: Incident) -> None:
    """Stop until repaired; the first part of it passes before anyone comes."""
    day.struck = True
    ref = f"R-{day.label}-{incident.number}"
    level = int(FaultLevel.STOPPING)
    day.note(Kind.FAULT, "raised", incident.detail, level)
    day.hold(OpState.DISABLED, round(incident.lasts_us * RESPONSE_SHARE))
    day.note(Kind.REPAIR, "started", ref)
    day.hold(OpState.DISABLED, round(incident.lasts_us * (1 - RESPONSE_SHARE)))
    day.note(Kind.REPAIR, "finished", ref)
    day.note(Kind.FAULT, "cleared", incident.detail, level)


def warning(day: Day, incident: Incident) -> None:
    day.note(Kind.FAULT, "raised", incident.detail, incident.level)
    day.follow(incident, "warning_over")


def degraded(day: Day, incident: Incident) -> None:
    day.slowed = DEGRADED_PACE
    day.note(Kind.DEGRADED, "entered")
    day.follow(incident, "degraded_over")


def estop(day: Day, incident: Incident) -> None:
    day.note(Kind.SAFETY, "active", SafetyKind.ESTOP)
    day.hold(OpState.DISABLED, incident.lasts_us)
    day.note(Kind.SAFETY, "released", SafetyKind.ESTOP)


def protective_stop(day: Day, incident: Incident) -> None:
    if day.state is not OpState.NAVIGATING:
        return
    day.note(Kind.SAFETY, "active", SafetyKind.PROTECTIVE_STOP)
    day.hold(OpState.WAITING_EXTERNAL, incident.lasts_us)
    day.note(Kind.SAFETY, "released", SafetyKind.PROTECTIVE_STOP)


def blockage(day: Day, incident: Incident) -> None:
    if day.state is OpState.NAVIGATING:
        day.hold(OpState.WAITING_EXTERNAL, incident.lasts_us)


def intervention(day: Day, incident: Incident) -> None:
    ref = f"I-{day.label}-{incident.number}"
    day.note(Kind.INTERVENTION, "started", ref)
    day.note(Kind.OP_MODE, OpMode.MANUAL)
    day.hold(OpState.MANUAL_OVERRIDE, incident.lasts_us)
    day.note(Kind.OP_MODE, OpMode.AUTOMATIC)
    day.note(Kind.INTERVENTION, "finished", ref)


def assistance(day: Day, incident: Incident) -> None:
    """Ask for a person; the first part passes before one answers."""
    ref = f"A-{day.label}-{incident.number}"
    day.note(Kind.ASSISTANCE, "requested", ref)
    day.hold(OpState.WAITING_HUMAN, round(incident.lasts_us * RESPONSE_SHARE))
    day.note(Kind.ASSISTANCE, "started", ref)
    day.hold(OpState.WAITING_HUMAN, round(incident.lasts_us * (1 - RESPONSE_SHARE)))
    day.note(Kind.ASSISTANCE, "finished", ref)


INCIDENTS: Final[dict[str, Callable[[Day, Incident], None]]] = {
    deed.__name__: deed
    for deed in (
        stopping_fault,
        warning,
        degraded,
        estop,
        protective_stop,
        blockage,
        intervention,
        assistance,
    )
}
AFTERMATHS: Final = {
    "warning_over": (Kind.FAULT, "cleared"),
    "degraded_over": (Kind.DEGRADED, "left"),
}
