"""A robot's work: what comes upon it in a day, and the orders it carries out."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

from robot_bridge.simulator import draws
from robot_bridge.simulator.day import (
    CHARGE_PER_S,
    DOCK,
    FULL_SOC,
    LAST_CHARGE_US,
    LOW_SOC,
    Day,
    Incident,
)
from robot_bridge.simulator.profiles import Profile
from robot_bridge.simulator.timeline import Timeline
from robot_bridge.telemetry import (
    DAY_US,
    HOUR_US,
    MINUTE_US,
    SECOND_US,
    FaultLevel,
    Kind,
    OpMode,
    OpState,
    TaskStatus,
)

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
STOPPING_CODES: Final = ("drive_timeout", "lift_jammed", "lidar_lost", "wheel_slip")
WARNING_CODES: Final = ("low_tyre_grip", "camera_dirty", "motor_warm", "wifi_weak")
WARNING_LEVEL: Final = int(FaultLevel.WARNING)
STOPPING_LEVEL: Final = int(FaultLevel.STOPPING)


def live(seed: int, profile: Profile, serial: str, day: int, start_us: int) -> Timeline:
    """Live one day of a robot's life, beginning at `start_us`."""
    rng = draws.stream(seed, profile.key, serial, day)
    software, effect = draws.version(seed, profile, day)
    site = draws.conditions(seed, profile, day)
    local = timedelta(hours=profile.utc_offset_h, microseconds=start_us)
    label = f"{EPOCH + local:%Y%m%d}"
    lived = Day(profile, start_us, start_us + DAY_US, label, now_us=start_us)
    silences = quiet_hours(rng, profile, lived)
    for incident in expected(rng, profile, lived, site.fault_multiplier * effect):
        lived.expect(incident)
    if software != draws.version(seed, profile, day - 1)[0]:
        lived.note(Kind.UPDATE, "started", software)
        lived.note(Kind.UPDATE, "finished", software)
    lived.note(Kind.SOFTWARE, software)
    lived.note(Kind.OP_MODE, OpMode.AUTOMATIC)
    orders(lived, rng, serial, site.success)
    return lived.finish(software, silences)


def quiet_hours(rng: Random, profile: Profile, day: Day) -> tuple[tuple[int, int], ...]:
    """Draw when the robot is out of reach, its rows lost for good."""
    if rng.random() >= profile.silences_per_week / 7:
        return ()
    start = day.start_us + rng.randrange(18) * HOUR_US + rng.randrange(HOUR_US)
    lasts = draws.lognormal(rng, profile.silence_h, 0.4) * HOUR_US
    return ((start, min(start + round(lasts), day.end_us - HOUR_US)),)


def expected(
    rng: Random, profile: Profile, day: Day, fault_multiplier: float
) -> list[Incident]:
    """Draw what will come upon the robot, and how long each thing will last."""
    faults = 24 / profile.mtbf_h * fault_multiplier
    minute, mttr = MINUTE_US, profile.mttr_min
    plan = (
        ("stopping_fault", faults, mttr, profile.mttr_spread, STOPPING_CODES),
        ("warning", profile.warnings_per_day, 6.0, 0.6, WARNING_CODES),
        ("degraded", profile.degraded_per_week / 7, 55.0, 0.4, ("",)),
        ("estop", profile.estops_per_100h * 0.24, 2.2, 0.4, ("",)),
        ("protective_stop", profile.protective_stops_per_day, 0.5, 0.5, ("",)),
        ("blockage", profile.blockages_per_day, 1.2, 0.6, ("",)),
        ("intervention", profile.interventions_per_day, 2.5, 0.5, ("",)),
        ("assistance", profile.assistances_per_day, 0.9, 0.5, ("",)),
    )
    drawn: list[Incident] = []
    for name, times, minutes, spread, codes in plan:
        for _ in range(draws.count(rng, times)):
            day.number += 1
            level = STOPPING_LEVEL if codes is STOPPING_CODES else WARNING_LEVEL
            drawn.append(
                Incident(
                    at_us=day.start_us + rng.randrange(DAY_US),
                    number=day.number,
                    name=name,
                    lasts_us=round(draws.lognormal(rng, minutes, spread) * minute),
                    detail=rng.choice(codes),
                    level=level,
                )
            )
    return drawn


def orders(day: Day, rng: Random, serial: str, success: float) -> None:
    """Carry out orders from the start of work to its end, charging in between."""
    opens, closes = (
        day.start_us + round(hour * HOUR_US) for hour in day.profile.work_h
    )
    rest(day, opens)
    number = 0
    while day.now_us < min(closes, day.end_us - LAST_CHARGE_US - 30 * MINUTE_US):
        if day.soc < LOW_SOC:
            charge(day)
        day.spend(OpState.IDLE, rng.expovariate(1 / (day.profile.idle_min * 60)))
        number += 1
        order(day, rng, f"T-{serial}-{day.label}-{number:03d}", success)
    charge(day)
    rest(day, day.end_us)


def rest(day: Day, until_us: int) -> None:
    day.spend(OpState.IDLE, max(until_us - day.now_us, 0) / SECOND_US)


def charge(day: Day) -> None:
    day.drive(DOCK)
    day.note(Kind.CHARGE, "started")
    day.spend(OpState.CHARGING, (FULL_SOC - day.soc) / CHARGE_PER_S)
    day.note(Kind.CHARGE, "finished")


def order(day: Day, rng: Random, ref: str, success: float) -> None:
    """Fetch a load and bring it; a stopping fault on the way may fail the order."""
    profile, wide = day.profile, day.profile.floor_m
    pick, drop = (
        (round(rng.uniform(4, wide[0]), 1), round(rng.uniform(4, wide[1]), 1))
        for _ in range(2)
    )
    goes_well = rng.random() < success
    survives = rng.random() >= profile.fault_fails_task
    day.struck = False
    due_us = day.now_us + round(profile.due_min * MINUTE_US)
    day.note(Kind.TASK, TaskStatus.ASSIGNED, ref, due_us)
    day.spend(OpState.IDLE, rng.uniform(2, 20))
    day.note(Kind.TASK, TaskStatus.STARTED, ref, due_us)
    day.drive(pick)
    day.spend(OpState.WAITING_INTERNAL, draws.lognormal(rng, profile.handling_s, 0.3))
    day.load_kg = round(profile.payload_kg * rng.uniform(0.4, 1.0), 1)
    day.note(Kind.LOAD, "picked", ref)
    day.drive(drop)
    day.spend(OpState.WAITING_INTERNAL, draws.lognormal(rng, profile.handling_s, 0.3))
    day.load_kg = 0.0
    day.note(Kind.LOAD, "dropped", ref)
    done = goes_well and (survives or not day.struck)
    status = TaskStatus.FINISHED if done else TaskStatus.FAILED
    day.note(Kind.TASK, status, ref, due_us)
