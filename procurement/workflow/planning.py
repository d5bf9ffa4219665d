"""Each KPI's chance to be decided by the registered end, robot at target."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Final

from kpis.engine.definition import Kpi, Law
from kpis.engine.statistics import DayShape, plan_counts, plan_days, plan_share
from kpis.services import definition_of
from procurement.models import Brief, BriefKpi
from procurement.rules import Objection
from procurement.rules.briefs import chances_are_fair
from robot_bridge.telemetry import HOUR_US

# What a plan assumes of a day where a brief does not say.
HOURS_A_DAY: Final = 16
NEVER_H: Final = 1e9
PLACES: Final = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Terms:
    """What a chance depends on; equal terms are simulated once."""

    kpi: str
    minimum: Decimal
    target: Decimal
    days: int
    tasks: int | None
    robots: int


def chance_of(row: BriefKpi, robots: int) -> Decimal | None:
    """Return the chance, or None where no law decides this KPI or no plan is known."""
    return simulated(
        Terms(
            row.kpi,
            Decimal(row.minimum),
            Decimal(row.target),
            row.window_days,
            row.tasks_per_day,
            robots,
        )
    )


@lru_cache(maxsize=1024)
def simulated(terms: Terms) -> Decimal | None:
    kpi = definition_of(terms.kpi)
    planner = PLANNERS.get(kpi.law) if kpi else None
    if kpi is None or planner is None:
        return None
    chance = planner(kpi, terms)
    return None if chance is None else Decimal(str(chance)).quantize(PLACES)


def by_day(_kpi: Kpi, terms: Terms) -> float:
    plan = plan_days(
        float(terms.minimum),
        float(terms.target),
        terms.days,
        DayShape(tasks=terms.tasks),
    )
    return plan.at_target.passed


def by_count(kpi: Kpi, terms: Terms) -> float:
    plan = plan_counts(
        hours_between(kpi, terms.minimum),
        hours_between(kpi, terms.target),
        terms.days,
        HOURS_A_DAY * terms.robots,
    )
    return plan.at_target.passed


def by_cases(_kpi: Kpi, terms: Terms) -> float | None:
    if not terms.tasks:
        return None
    cases = terms.tasks * terms.days
    return plan_share(float(terms.minimum), float(terms.target), cases).at_target.passed


def hours_between(kpi: Kpi, value: Decimal) -> float:
    """Turn a count over time, or a time per count, into hours between two counts."""
    if not value:
        return NEVER_H
    if kpi.law is Law.TIME_PER_COUNT:
        return float(Fraction(value) / kpi.scale / HOUR_US)
    return float(kpi.scale / HOUR_US / Fraction(value))


PLANNERS: Final = {
    Law.RATE_BY_DAY: by_day,
    Law.COUNT_PER_TIME: by_count,
    Law.TIME_PER_COUNT: by_count,
    Law.SHARE_OF_CASES: by_cases,
}


def chance_warnings(brief: Brief) -> list[Objection]:
    """Name the KPIs that would probably end undecided. A warning, not a refusal."""
    return chances_are_fair(
        [
            (row.kpi, row.chance)
            for row in brief.kpis.all()
            if row.mandatory and row.chance is not None
        ]
    )
