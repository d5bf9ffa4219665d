"""What the gate's law makes of a profile: it follows from seed and law alone.

The days are fixed, so that the answer is the same on every day it is asked.
"""

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction

import pytest

from kpis.engine.definition import CATALOGUE
from kpis.engine.parts import OPERATING, UP
from kpis.engine.statistics import look_days
from pilots.gate import Comparator, Criterion, Day, Evidence, Law, Look, Outcome, assess
from robot_bridge.simulator.world import RobotWorld
from robot_bridge.telemetry import DAY_US, HOUR_US, MINUTE_US, Kind

FIRST = 20_701
WEEKS_DAYS = 70
START = date(2026, 9, 5)
DUE = tuple(START + timedelta(days=day) for day in range(WEEKS_DAYS))
LOOKS = [Look(number, DUE[day - 1]) for number, day in enumerate(look_days(70), 1)]
WITHIN_US = 30 * MINUTE_US


def lived(profile, serial, days, seed=20_260_601):
    """Count a robot's local days, the plain way."""
    world = RobotWorld(seed, profile, serial)
    counts = [Counter() for _ in range(days)]

    def of(ts_us):
        day = (ts_us + 8 * HOUR_US) // DAY_US - FIRST
        return counts[day] if 0 <= day < days else Counter()

    for day in range(FIRST - 1, FIRST + days):
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
            told = (
                high
                - low
                - sum(
                    max(0, min(high, silent_to) - max(low, silent_from))
                    for silent_from, silent_to in timeline.silences
                )
            )
            of(low)["up"] += told * (state in UP)
            of(low)["operating"] += told * (state in OPERATING)


def split_at_midnight(start, end):
    midnight = ((start + 8 * HOUR_US) // DAY_US + 1) * DAY_US - 8 * HOUR_US
    if end <= midnight:
        return [(start, end)]
    return [(start, midnight), (midnight, end)]


def add_events(timeline, of):
    begun = {}
    for event in timeline.events:
        if timeline.is_silent(event.ts_us):
            continue
        count = of(event.ts_us)
        if event.kind is Kind.TASK:
            count[event.value] += 1
        elif event.kind is Kind.FAULT and (event.value, event.number) == ("raised", 2):
            count["faults"] += 1
        elif event.kind is Kind.REPAIR and event.value == "started":
            begun[event.ref] = event.ts_us
        elif event.kind is Kind.REPAIR:
            count["repairs"] += 1
            lasted = event.ts_us - begun.get(event.ref, 0)
            count["in_time"] += lasted <= WITHIN_US


INTEGERS = {
    "task_success": lambda day, _: (day["finished"], day["finished"] + day["failed"]),
    "availability": lambda day, robots: (day["up"], robots * DAY_US),
    "mtbf": lambda day, _: (day["operating"], day["faults"]),
    "repairs_within_30_min": lambda day, _: (day["in_time"], day["repairs"]),
}


def outcomes(profile, robots, days, **minima):
    fleet = {f"R-{n}": lived(profile, f"Q-{n}", days) for n in range(robots)}
    pooled = [sum(each, Counter()) for each in zip(*fleet.values(), strict=True)]

    def evidence(kpi):
        def told(counts, size):
            pairs = [INTEGERS[kpi](count, size) for count in counts]
            return tuple(Day(on, *pair) for on, pair in zip(DUE, pairs, strict=False))

        return Evidence(
            kind="sim",
            days=told(pooled, robots),
            due_days=DUE,
            as_of=DUE[days - 1],
            fresh_on=DUE[days - 1],
            coverage=Fraction(99, 100),
            robots={code: told(own, 1) for code, own in fleet.items()},
            robots_due=robots,
        )

    def criterion(kpi, minimum):
        known = CATALOGUE[kpi]
        least = Fraction(minimum)
        return Criterion(
            kpi=kpi,
            law=Law(str(known.law)),
            comparator=Comparator.AT_LEAST,
            minimum=least,
            target=least,
            coverage_min=Fraction(4, 5),
            evidence_kind="sim",
            unit=known.unit,
            scale=known.scale,
        )

    return {
        kpi: assess(criterion(kpi, minimum), evidence(kpi), LOOKS).outcome
        for kpi, minimum in minima.items()
    }


def test_welding_line_in_week_seven_passes_one_fails_one_and_leaves_one_open():
    assert outcomes(
        "welding_line",
        robots=6,
        days=45,
        availability="0.85",
        mtbf="8",
        repairs_within_30_min="0.9",
    ) == {
        "availability": Outcome.PASS,
        "mtbf": Outcome.FAIL,
        "repairs_within_30_min": Outcome.NOT_ENOUGH_EVIDENCE,
    }


@pytest.mark.parametrize(
    ("profile", "outcome"),
    [("welding_line_good", Outcome.PASS), ("welding_line_bad", Outcome.FAIL)],
)
@pytest.mark.parametrize("robots", [1, 3])
def test_good_line_passes_all_and_bad_line_fails_all(profile, outcome, robots):
    found = outcomes(
        profile,
        robots,
        days=70,
        task_success="0.95",
        availability="0.93",
        mtbf="8",
        repairs_within_30_min="0.9",
    )

    assert set(found.values()) == {outcome}


def test_inspection_route_passes_all():
    found = outcomes(
        "inspection_route",
        robots=3,
        days=70,
        task_success="0.90",
        availability="0.90",
        mtbf="20",
    )

    assert set(found.values()) == {Outcome.PASS}
