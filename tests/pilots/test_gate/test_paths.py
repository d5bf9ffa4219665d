"""The law over many simulated runs is the gate's law, decision for decision."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import numpy as np
import pytest

from bench._gate_paths import Cell, decisions, draw_counts, draw_tasks, looks_of
from kpis.engine.statistics import decide_shares, look_days
from pilots.gate import Day, Look, Outcome, assess
from tests.pilots.test_gate.cases import MTBF, START, SUCCESS, evidence_of

RUNS = 12
SIGNS = {Outcome.PASS: 1, Outcome.FAIL: -1, Outcome.NOT_ENOUGH_EVIDENCE: 0}
SHARES = [
    Cell("at target", minimum=0.93, true=0.96),
    Cell("below the minimum", minimum=0.93, true=0.9, icc=0.05),
    Cell("near the minimum", minimum=0.93, true=0.945, icc=0.02),
    Cell("dependent", minimum=0.93, true=0.96, icc=0.2, correlation=0.6),
    Cell("unequal", 42, minimum=0.9, true=0.94, icc=0.05, tasks=(5, 200)),
    Cell("streaks", 35, minimum=0.9, true=0.99, tasks=(5, 5)),
    Cell("streaks that fail", 35, minimum=0.1, true=0.005, tasks=(5, 5)),
    Cell("time shares", 30, minimum=0.9, true=0.93, icc=0.05, tasks=(0, 0)),
    Cell("bursts", minimum=0.9, true=0.93, bursts=(0.1, 0.7, 0.0)),
]
COUNTS = [
    Cell("singly", minimum=40.0, true=150.0, counts=True),
    Cell("too many", minimum=40.0, true=15.0, counts=True),
    Cell("in bursts", minimum=10.0, true=18.0, counts=True, cluster=3.0),
    Cell("in many bursts", minimum=6.0, true=3.0, counts=True, cluster=3.0),
    Cell("none", minimum=60.0, true=1e6, counts=True),
]


def judged(criterion, cell, days):
    due = [START + timedelta(days=day) for day in range(cell.days)]
    looks = tuple(
        Look(number, due[day - 1]) for number, day in enumerate(look_days(cell.days), 1)
    )
    evidence = evidence_of(
        days, due_days=tuple(due), as_of=due[-1], fresh_on=due[-1], robots={"R1": days}
    )
    return SIGNS[assess(criterion, evidence, looks).outcome]


def share_days(done, due, present):
    on = [START + timedelta(days=int(day)) for day in np.flatnonzero(present)]
    return tuple(map(Day, on, done.astype(int).tolist(), due.astype(int).tolist()))


@pytest.mark.parametrize("cell", SHARES, ids=lambda cell: cell.name)
def test_shares_over_many_runs_are_decided_as_one_by_one(cell):
    minimum = Fraction(str(cell.minimum))
    criterion = replace(SUCCESS, minimum=minimum, target=minimum)
    found, done, due = decisions(cell, RUNS)
    everywhere = np.ones(cell.days, bool)

    one_by_one = [
        judged(criterion, cell, share_days(*run, everywhere))
        for run in zip(done, due, strict=True)
    ]

    assert found.tolist() == one_by_one


@pytest.mark.parametrize("missing", [0.1, 0.3])
def test_days_without_data_are_passed_over_alike(missing):
    cell = Cell("missing", 49, minimum=0.93, true=0.955, icc=0.02)
    minimum = Fraction(93, 100)
    criterion = replace(SUCCESS, minimum=minimum, target=minimum)
    done, due = draw_tasks(cell.rng, cell, RUNS)
    present = np.random.default_rng(3).random(cell.days) >= missing
    done, due = done[:, present], due[:, present]

    found = decide_shares(done, due, cell.minimum, looks_of(present))
    one_by_one = [
        judged(criterion, cell, share_days(*run, present))
        for run in zip(done, due, strict=True)
    ]

    assert found.tolist() == one_by_one


def test_a_share_no_day_leaves_is_decided_alike():
    done, due = np.full((1, 56), 49.0), np.full((1, 56), 50.0)
    cell = Cell("constant", minimum=0.93)
    everywhere = np.ones(56, bool)
    for edge in ("0.90", "0.96", "0.99", "0.999"):
        criterion = replace(SUCCESS, minimum=Fraction(edge), target=Fraction(edge))

        found = decide_shares(done, due, float(edge), looks_of(everywhere))

        days = share_days(done[0], due[0], everywhere)
        assert found.tolist() == [judged(criterion, cell, days)]


@pytest.mark.parametrize("cell", COUNTS, ids=lambda cell: cell.name)
def test_counts_over_many_runs_are_decided_as_one_by_one(cell):
    minimum = Fraction(str(cell.minimum))
    criterion = replace(MTBF, minimum=minimum, target=minimum)
    found = decisions(cell, RUNS)[0]
    counts, hours = draw_counts(cell.rng, cell, RUNS)
    hour_us = 3_600_000_000

    one_by_one = [
        judged(
            criterion,
            cell,
            tuple(
                Day(START + timedelta(days=day), int(hours[day]) * hour_us, int(n))
                for day, n in enumerate(run)
            ),
        )
        for run in counts
    ]

    assert found.tolist() == one_by_one


def test_the_sampled_runs_reach_every_decision():
    shares = {int(each) for cell in SHARES for each in decisions(cell, RUNS)[0]}
    counts = {int(each) for cell in COUNTS for each in decisions(cell, RUNS)[0]}

    assert shares == counts == {1, 0, -1}
