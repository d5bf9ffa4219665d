"""A quick look at what `make bench-gate` measures at length: the law keeps its word."""

import pytest

from bench._gate_paths import Cell, decisions, draw_tasks, naive

RUNS = 2_000
CELLS = [
    Cell("independent", icc=0.1, most=0.05),
    Cell("dependent", icc=0.05, correlation=0.3, most=0.065),
    Cell("unequal", icc=0.2, tasks=(5, 200), most=0.06),
    Cell("missing", icc=0.1, missing=0.2, most=0.06),
    Cell("streaks", 28, 0.95, perfect=0.2, tasks=(5, 5), most=0.06),
    Cell("bursts", bursts=(0.1, 0.6, 0.0), most=0.06),
    Cell("failures in twos", minimum=50.0, counts=True, cluster=2.0, most=0.06),
]


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
def test_a_robot_at_the_minimum_seldom_passes(cell):
    found, *_drawn = decisions(cell, RUNS)

    assert (found == 1).mean() <= cell.most


@pytest.mark.parametrize(("icc", "least"), [(0.0, 0.95), (0.05, 0.55)])
def test_a_robot_at_its_target_is_passed(icc, least):
    cell = Cell("at target", minimum=0.93, true=0.95, icc=icc)

    assert (decisions(cell, RUNS)[0] == 1).mean() >= least


def test_days_that_follow_each_other_closely_are_left_open():
    cell = Cell("closely", icc=0.1, correlation=0.6)

    assert (decisions(cell, RUNS)[0] == 0).mean() > 0.5


def test_rules_that_are_often_used_pass_a_robot_at_the_minimum():
    cell = Cell("naive", 84)
    found = naive(*draw_tasks(cell.rng, cell, RUNS), cell.minimum)

    assert found == pytest.approx(
        {"peek": 0.89, "seven": 0.75, "exact": 0.21}, abs=0.03
    )
