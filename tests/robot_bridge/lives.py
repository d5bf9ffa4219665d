"""Simulated lives counted the plain way, and weighed by the gate's law.

No broker, lake or database: what a profile comes to follows from seed and law.
"""

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction

from kpis.engine.definition import CATALOGUE
from kpis.engine.parts import OPERATING, UP
from kpis.engine.statistics import look_days
from pilots.gate import Comparator, Criterion, Day, Evidence, Law, Look, Roll, assess
from robot_bridge.simulator.world import EPOCH, RobotWorld
from robot_bridge.telemetry import DAY_US, HOUR_US, MINUTE_US, Kind

START = date(2026, 9, 5)
WEEKS_DAYS = 70
DUE = tuple(START + timedelta(days=day) for day in range(WEEKS_DAYS))
LOOKS = [Look(number, DUE[day - 1]) for number, day in enumerate(look_days(70), 1)]
WITHIN_US = 30 * MINUTE_US
UTC_8_US = 8 * HOUR_US


def lived(profile, serial, seed, days=WEEKS_DAYS, first=0):
    """Count a robot's local days, from the `first` day of its life."""
    world = RobotWorld(seed, profile, serial, START)
    begins = (START - EPOCH).days + first
    counts = [Counter() for _ in range(days)]

    def of(ts_us):
        day = (ts_us + UTC_8_US) // DAY_US - begins
        return counts[day] if 0 <= day < days else Counter()

    for day in range(begins - 1, begins + days):
        timeline = world.day(day)
        add_times(timeline, of)
        add_events(timeline, of)
    return counts


def add_times(timeline, of):
    ends = [*timeline.state_at_us[1:], timeline.end_us]
    for start, end, state in zip(
        timeline.state_at_us, ends, timeline.states, strict=True
    ):
        for low, high in split_at_midnight(start, end):
            silent = sum(
                max(0, min(high, silent_to) - max(low, silent_from))
                for silent_from, silent_to in timeline.silences
            )
            told = high - low - silent
            of(low)["known"] += told
            of(low)["up"] += told * (state in UP)
            of(low)["operating"] += told * (state in OPERATING)


def split_at_midnight(start, end):
    midnight = ((start + UTC_8_US) // DAY_US + 1) * DAY_US - UTC_8_US
    if end <= midnight:
        return [(start, end)]
    return [(start, midnight), (midnight, end)]


def add_events(timeline, of):
    begun = {}
    for event in timeline.events:
        if timeline.is_silent(event.ts_us):
            continue
        count = of(event.ts_us)
        if event.kind is Kind.REPAIR and event.value == "finished":
            lasted = event.ts_us - begun.get(event.ref, 0)
            count["repaired"] += 1
            count["in_time"] += lasted <= WITHIN_US
        elif event.kind is Kind.REPAIR:
            begun[event.ref] = event.ts_us
        else:
            count[event.kind, event.value, *told_apart(event)] += 1


def told_apart(event):
    if event.kind is Kind.FAULT:
        return (event.number,)
    return (event.ref,) if event.kind is Kind.SAFETY else ()


FINISHED, FAILED = (Kind.TASK, "finished"), (Kind.TASK, "failed")
INTEGERS = {
    "task_success": lambda day, _: (day[FINISHED], day[FINISHED] + day[FAILED]),
    "availability": lambda day, robots: (day["up"], robots * DAY_US),
    "mtbf": lambda day, _: (day["operating"], day[Kind.FAULT, "raised", 2]),
    "repairs_within_30_min": lambda day, _: (day["in_time"], day["repaired"]),
    "interventions_per_hour": lambda day, _: (
        day[Kind.INTERVENTION, "started"],
        day["operating"],
    ),
    "estops_per_100h": lambda day, _: (
        day[Kind.SAFETY, "active", "estop"],
        day["operating"],
    ),
}


def criterion(row):
    """Read a brief's KPI row as the gate would after its contract was signed."""
    known = CATALOGUE[row["kpi"]]
    return Criterion(
        kpi=row["kpi"],
        law=Law(str(known.law)),
        comparator=Comparator(str(row["comparator"])),
        minimum=Fraction(row["minimum"]),
        target=Fraction(row["target"]),
        coverage_min=Fraction(row["coverage_min"]),
        evidence_kind="sim",
        unit=known.unit,
        scale=known.scale,
        mandatory=row["mandatory"],
    )


def evidence(kpi, fleet, days):
    """Shape the first days of robots' counts (serial -> days) into evidence."""
    pooled = [sum(each, Counter()) for each in zip(*fleet.values(), strict=True)][:days]

    def told(counts, size):
        pairs = [INTEGERS[kpi](count, size) for count in counts[:days]]
        return tuple(Day(on, *pair) for on, pair in zip(DUE, pairs, strict=False))

    return Evidence(
        kind="sim",
        days=told(pooled, len(fleet)),
        due_days=DUE,
        as_of=DUE[days - 1],
        fresh_on=DUE[days - 1],
        coverage=Fraction(
            sum(day["known"] for day in pooled), len(fleet) * days * DAY_US
        ),
        robots={serial: told(own, 1) for serial, own in fleet.items()},
        robots_due=len(fleet),
        roll=tuple(Roll(on, len(fleet), tuple(sorted(fleet))) for on in DUE[:days]),
    )


def verdicts(rows, fleet, days=WEEKS_DAYS, weigh=assess):
    """Weigh a brief's KPI rows over the first days of a fleet, by KPI."""
    return {
        row["kpi"]: weigh(criterion(row), evidence(row["kpi"], fleet, days), LOOKS)
        for row in rows
    }
