"""Criteria and days for the gate's tests."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from pilots.gate import (
    Comparator,
    Criterion,
    Day,
    Evidence,
    Law,
    Look,
    Roll,
)

START = date(2026, 3, 2)
DAYS = 70
LOOKS = tuple(
    Look(number, START + timedelta(days=day - 1))
    for number, day in enumerate(range(28, DAYS + 1, 7), 1)
)
SUCCESS = Criterion(
    kpi="task_success",
    law=Law.RATE_BY_DAY,
    comparator=Comparator.AT_LEAST,
    minimum=Fraction(93, 100),
    target=Fraction(96, 100),
    coverage_min=Fraction(9, 10),
    evidence_kind="live",
)
MTBF = replace(
    SUCCESS,
    kpi="mtbf",
    law=Law.TIME_PER_COUNT,
    minimum=Fraction(40),
    target=Fraction(80),
    unit="h",
    scale=Fraction(1, 3_600_000_000),
)
INTERVENTIONS = replace(
    SUCCESS,
    kpi="interventions_per_h",
    law=Law.COUNT_PER_TIME,
    comparator=Comparator.AT_MOST,
    minimum=Fraction(1, 40),
    target=Fraction(1, 80),
    unit="/h",
    scale=Fraction(3_600_000_000),
)
REPAIRS = replace(
    SUCCESS, kpi="repairs_30min", law=Law.SHARE_OF_CASES, minimum=Fraction(9, 10)
)
GOOD = [49, 50, 48, 50, 50, 49, 47]
POOR = [44, 41, 46, 40, 43, 45, 42]


def days_of(numerators, den=50):
    return tuple(
        Day(START + timedelta(days=i), num, den) for i, num in enumerate(numerators)
    )


def evidence_of(days, **changes):
    known = {
        "kind": "live",
        "days": tuple(days),
        "due_days": tuple(START + timedelta(days=i) for i in range(DAYS)),
        "as_of": START + timedelta(days=len(days) - 1),
        "fresh_on": START + timedelta(days=len(days) - 1),
        "coverage": Fraction(99, 100),
        "robots": {"R1": tuple(days)},
        "robots_due": 1,
    }
    known |= changes
    rolls = [Roll(on, 1, ("R1",)) for on in known["due_days"] if on <= known["as_of"]]
    return Evidence(**{"roll": tuple(rolls)} | known)


def codes(verdict):
    return [reason.code for reason in verdict.reasons]


def mtbf_days(failures, hours=20):
    return tuple(
        Day(START + timedelta(days=i), hours * 3_600_000_000, n)
        for i, n in enumerate(failures)
    )
