"""Second opinions stand beside a verdict and never in its place."""

import math
from dataclasses import replace

import pytest

from kpis.engine.statistics import (
    clopper_pearson,
    log_e_mtbf_above,
    log_e_share_above,
    mtbf_span,
)
from pilots.gate import Comparator, Law, assess, dependence, second_opinion
from tests.pilots.test_gate.cases import (
    GOOD,
    INTERVENTIONS,
    LOOKS,
    MTBF,
    SUCCESS,
    days_of,
    evidence_of,
    mtbf_days,
)


def test_tasks_taken_one_by_one_speak_long_before_the_days_do():
    days = days_of([50] * 14)
    opinion = second_opinion(SUCCESS, days)

    assert opinion.log_e == log_e_share_above(700, 700, 0.93)
    assert (opinion.low, opinion.high) == clopper_pearson(700, 700, 0.05)
    assert opinion.shows
    assert assess(SUCCESS, evidence_of(days), LOOKS).outcome == "not_enough_evidence"


def test_a_share_to_stay_under_is_read_by_its_misses():
    at_most = replace(
        SUCCESS, comparator=Comparator.AT_MOST, minimum=1 - SUCCESS.minimum
    )
    opinion = second_opinion(at_most, days_of([1] * 14))

    assert opinion.log_e == pytest.approx(log_e_share_above(686, 700, 0.93))


def test_failures_taken_one_by_one_give_the_chi_square_bound():
    opinion = second_opinion(MTBF, mtbf_days([0, 1, 0, 0, 0, 0, 0]))
    low, high = mtbf_span(140, 1, 0.05)

    assert (opinion.low, opinion.high) == pytest.approx((low, high))
    assert opinion.log_e == pytest.approx(log_e_mtbf_above(1, 140, 40))
    assert opinion.shows == (opinion.log_e > math.log(20))


def test_events_an_hour_are_the_same_turned_round():
    hours = 3_600_000_000
    days = [replace(day, num=0, den=20 * hours) for day in mtbf_days([0] * 7)]
    opinion = second_opinion(INTERVENTIONS, days)

    assert opinion.low == 0
    assert opinion.high == pytest.approx(1 / mtbf_span(140, 0, 0.05)[0])


@pytest.mark.parametrize(
    ("criterion", "days"),
    [
        (SUCCESS, ()),
        (SUCCESS, days_of([3_000_000] * 30, 3_600_000)),
        (replace(SUCCESS, law=Law.MEAN_BY_DAY), days_of(GOOD * 5)),
        (replace(MTBF, comparator=Comparator.AT_MOST), mtbf_days([1] * 30)),
    ],
)
def test_there_is_no_second_opinion_where_nothing_is_independent(criterion, days):
    assert second_opinion(criterion, days) is None


def test_dependence_is_told_from_the_28th_day_on():
    drift = days_of([50] * 14 + [40] * 14)

    assert dependence(SUCCESS, drift[:27]) is None
    assert dependence(SUCCESS, drift).is_large
    assert dependence(SUCCESS, drift).icc > 0.05
    assert not dependence(SUCCESS, days_of(GOOD * 4)).is_large
