"""What the demo city shows follows from seed and law, and not from the calendar."""

import math

import pytest

from kpis.engine.statistics import MINIMUM_DAYS
from pilots.gate import Outcome, overall, preview
from pilots.gate.laws import read, with_data
from portals.management.city import fleet, texts
from portals.management.commands.demo import LIVE_DAYS
from tests.robot_bridge.lives import (
    LOOKS,
    START,
    WEEKS_DAYS,
    criterion,
    evidence,
    lived,
    verdicts,
)

# Days depend on each other too much above 0.5; the demo keeps well below.
DEPENDENCE = 0.42


def robots(brief, model, profile):
    count = texts.BRIEFS[brief]["poc_robots"]
    serials = [f"{model}-{number:02d}" for number in range(1, count + 1)]
    return {serial: lived(profile, serial, fleet.SEED) for serial in serials}


@pytest.fixture(scope="module")
def running():
    return robots("delivery", "QY-S2", "welding_line")


@pytest.fixture(scope="module")
def finished():
    return robots("inspection", "LT-Patrol", "inspection_route")


def test_running_pilot_passes_one_fails_one_and_leaves_one_open(running):
    found = verdicts(texts.KPIS["delivery"], running, LIVE_DAYS)

    assert {kpi: each.outcome for kpi, each in found.items()} == {
        "task_success": Outcome.PASS,
        "availability": Outcome.PASS,
        "mtbf": Outcome.FAIL,
        "repairs_within_30_min": Outcome.NOT_ENOUGH_EVIDENCE,
        "interventions_per_hour": Outcome.PASS,
        "estops_per_100h": Outcome.PASS,
    }
    together = overall(list(found.values()))
    assert together.outcome is Outcome.NOT_ENOUGH_EVIDENCE


def test_running_pilot_stands_far_from_every_threshold(running):
    found = verdicts(texts.KPIS["delivery"], running, LIVE_DAYS)

    def last(kpi):
        return found[kpi].readings[-1].reading

    assert last("task_success").low > 0.97
    assert last("availability").low > 0.87
    assert last("mtbf").high < 0.7 * 8
    assert last("interventions_per_hour").high < 0.5 * 0.5
    assert last("estops_per_100h").high < 0.5 * 6


@pytest.mark.parametrize("days", range(LIVE_DAYS, WEEKS_DAYS, 4))
def test_running_pilot_shows_live_what_its_looks_show(running, days):
    """Repairs decide at the end alone; live they are read as if it were now."""
    found = verdicts(texts.KPIS["delivery"], running, days, weigh=preview)

    assert found["task_success"].outcome is Outcome.PASS
    assert found["mtbf"].outcome is Outcome.FAIL
    repairs = found["repairs_within_30_min"]
    assert repairs.outcome is Outcome.NOT_ENOUGH_EVIDENCE
    assert repairs.low < 0.895
    assert repairs.high > 0.905


def test_finished_pilot_waits_for_its_last_look_and_passes_it(finished):
    by_look = [
        verdicts(texts.KPIS["inspection"], finished, (look.on - START).days + 1)
        for look in LOOKS
    ]

    outcomes = [overall(list(found.values())).outcome for found in by_look]
    *before, last = outcomes
    assert set(before) == {Outcome.NOT_ENOUGH_EVIDENCE}
    assert last is Outcome.PASS
    assert by_look[-1]["repairs_within_30_min"].low > 0.93
    assert by_look[-1]["mtbf"].low > 1.25 * 20


@pytest.mark.parametrize("brief", ["delivery", "inspection"])
def test_no_day_of_the_demo_depends_on_the_one_before(brief, request):
    lives = request.getfixturevalue("running" if brief == "delivery" else "finished")
    for row in texts.KPIS[brief]:
        law = criterion(row)
        days = with_data(law, evidence(row["kpi"], lives, WEEKS_DAYS).days)
        for length in range(MINIMUM_DAYS, len(days) + 1):
            found = read(law, days[:length], 2.0).autocorrelation
            if found is not None:
                assert found + 1 / math.sqrt(length) < DEPENDENCE, (row, length)
