from decimal import Decimal

import pytest

from procurement.models import BriefKpi
from procurement.workflow.planning import chance_of


def chance(kpi, minimum, target, days=56, tasks=None, robots=2):
    row = BriefKpi(
        kpi=kpi,
        minimum=Decimal(minimum),
        target=Decimal(target),
        window_days=days,
        tasks_per_day=tasks,
    )
    return chance_of(row, robots)


@pytest.mark.parametrize(
    ("easy", "hard"),
    [
        (("task_success", "0.85", "0.97", 56, 50), ("task_success", "0.95", "0.955")),
        (("mtbf", "20", "100"), ("mtbf", "20", "22")),
        (("estops_per_100h", "5", "0.5"), ("estops_per_100h", "5", "4.8")),
        (
            ("repairs_within_30_min", "0.8", "0.99", 56, 2),
            ("repairs_within_30_min", "0.8", "0.82", 56, 2),
        ),
    ],
)
def test_chance_is_high_for_a_wide_margin_and_low_for_a_narrow_one(easy, hard):
    assert chance(*easy) > Decimal("0.8") > chance(*hard)


def test_more_robots_raise_the_chance_of_a_count():
    one = chance("mtbf", "20", "40", robots=1)

    assert chance("mtbf", "20", "40", robots=6) > one


def test_no_failure_at_all_is_a_target_too():
    assert chance("estops_per_100h", "5", "0") > Decimal("0.8")


@pytest.mark.parametrize("kpi", ["mean_repair_time", "no_such_kpi"])
def test_chance_is_unknown_where_no_law_decides(kpi):
    assert chance(kpi, "30", "20") is None
