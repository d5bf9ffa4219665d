"""The robots' count of tasks against what a plant or an observer counted."""

from datetime import date
from fractions import Fraction

import pytest

from kpis.engine import duty as agreed
from kpis.engine.definition import CATALOGUE
from kpis.engine.figures import draw
from pilots.evidence import (
    CLAIMED,
    COVERAGE,
    Measured,
    Scope,
    evidence_of,
    kpis_of,
)
from pilots.models import Gate
from procurement.models import PocContract
from robot_bridge.telemetry import DAY_US, Window

FIRST, LATER = date(2026, 3, 2), date(2026, 3, 3)
SUCCESS = {"kpi": "task_success"}
BOUNDED = {"kpi": "task_success", "disagreement_max": "0.02"}
KEYS = ("task_success", COVERAGE, CLAIMED)


def scope(as_of=FIRST):
    return Scope(
        gate=Gate(starts_on=FIRST, ends_on=LATER),
        looks=(),
        as_of=as_of,
        window=Window(0, 2 * DAY_US),
        robots={1: "R1", 2: "R2"},
        robots_due=2,
        contracted=2,
        arrived=(FIRST, FIRST),
        duty=agreed.Duty(),
        evidence_kind="live",
    )


def measured(counts):
    """Measure robots of whom (finished, counted) is told by robot and day."""
    totals = {
        key: {
            "due_us": DAY_US,
            "event_rows": 9,
            "tasks_finished": finished,
            "counted_tasks": counted,
        }
        for key, (finished, counted) in counts.items()
    }
    zeros = dict.fromkeys(
        [part.key for kpi in CATALOGUE.values() for part in kpi.parts], 0
    ) | {"sample_rows": 0}
    totals = {key: zeros | parts for key, parts in totals.items()}
    kpis = [CATALOGUE[key] for key in KEYS]
    return Measured(
        fleet=draw(kpis, totals),
        robots={
            robot: draw(
                kpis, {key: each for key, each in totals.items() if key[0] == robot}
            )
            for robot in {robot for robot, _day in totals}
        },
    )


@pytest.mark.parametrize(
    ("counts", "found"),
    [
        ({(1, FIRST): (102, 100)}, Fraction(2, 100)),
        ({(1, FIRST): (95, 100)}, Fraction(-5, 100)),
        ({(1, FIRST): (102, 100), (2, FIRST): (500, 0)}, Fraction(2, 100)),
        ({(1, FIRST): (100, 100), (1, LATER): (50, 1)}, Fraction(0)),
        ({(1, FIRST): (100, 0)}, None),
    ],
    ids=["above", "below", "robot nobody counted", "day to come", "nobody counted"],
)
def test_disagreement_is_of_the_robots_and_days_that_were_counted(counts, found):
    evidence = evidence_of(scope(), BOUNDED, measured(counts), (), dirty=False)

    assert evidence.disagreement == found


def test_disagreement_is_asked_only_where_a_criterion_bounds_it():
    free, bounded = (PocContract(criteria=[told]) for told in (SUCCESS, BOUNDED))

    asked = [[kpi.key for kpi in kpis_of(each)] for each in (free, bounded)]

    assert asked == [["task_success", COVERAGE], ["task_success", COVERAGE, CLAIMED]]
    evidence = evidence_of(
        scope(), SUCCESS, measured({(1, FIRST): (9, 8)}), (), dirty=False
    )
    assert evidence.disagreement is None
