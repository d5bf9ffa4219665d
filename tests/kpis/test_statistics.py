import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from kpis.engine.statistics import (
    Finding,
    Look,
    burst_size,
    clopper_pearson,
    confidence_limits,
    fixed_plan_risks,
    hall,
    log_e_mtbf_above,
    log_e_mtbf_below,
    log_e_share_above,
    log_e_share_below,
    look_days,
    mtbf_low_failure_terminated,
    mtbf_low_time_terminated,
    overdispersion,
    read_counts,
    read_days,
    read_share,
    spending_bounds,
    summarise,
    wilson,
)

LOOKS = tuple(Look(d, d / 56) for d in look_days(56))
FIRST, LAST = spending_bounds(LOOKS)[0], spending_bounds(LOOKS)[-1]


def exact_log_e(done, tried, edge):
    beta = Fraction(
        math.factorial(done) * math.factorial(tried - done), math.factorial(tried + 1)
    )
    below = sum(
        math.comb(tried + 1, j) * edge**j * (1 - edge) ** (tried + 1 - j)
        for j in range(done + 1, tried + 2)
    )
    null = (1 - edge) * edge**done * (1 - edge) ** (tried - done)
    return math.log(beta * (1 - below) / null)


@pytest.mark.parametrize(
    ("done", "tried", "expected"),
    [
        (95, 100, -0.838630030763701),
        (490, 500, 4.918624654691690),
        (980, 1000, 10.640808780091995),
    ],
)
def test_log_e_share_above_gives_the_reference(done, tried, expected):
    found = log_e_share_above(done, tried, 0.95)

    assert found == pytest.approx(expected, abs=5e-8)
    assert found == pytest.approx(exact_log_e(done, tried, Fraction(19, 20)), abs=1e-10)


@pytest.mark.parametrize(
    ("failures", "hours", "expected"),
    [
        (0, 1000, 3.664433846790067),
        (3, 1500, 1.159598293534143),
        (5, 2000, 0.820553452266886),
    ],
)
def test_log_e_mtbf_above_gives_the_reference(failures, hours, expected):
    assert log_e_mtbf_above(failures, hours, 200) == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize(
    ("failures", "hours", "expected"),
    [
        (0, 1000, 333.808200695334),
        (3, 1500, 193.457112082159),
        (5, 2000, 190.240022729970),
    ],
)
def test_mtbf_low_time_terminated_gives_the_reference(failures, hours, expected):
    low = mtbf_low_time_terminated(hours, failures, 0.05)

    assert low == pytest.approx(expected, rel=1e-9)
    assert mtbf_low_failure_terminated(hours, failures, 0.05) in (
        0.0,
        pytest.approx(2 * hours / stats.chi2.ppf(0.95, max(2 * failures, 1))),
    )


def test_zero_failures_need_the_reference_time():
    assert 1 / mtbf_low_time_terminated(1, 0, 0.1) == pytest.approx(2.302585092994)


@pytest.mark.parametrize(("done", "tried"), [(8, 10), (0, 7), (7, 7), (93, 100)])
def test_share_bounds_agree_with_statsmodels(done, tried):
    exact = proportion_confint(done, tried, alpha=0.05, method="beta")

    assert clopper_pearson(done, tried, 0.025) == pytest.approx(exact, abs=1e-10)
    assert wilson(done, tried, 0.025) == pytest.approx(
        proportion_confint(done, tried, alpha=0.05, method="wilson"), abs=1e-10
    )


def test_share_bounds_give_the_reference():
    assert clopper_pearson(8, 10, 0.025) == pytest.approx(
        (0.443904537692, 0.974789273673), abs=1e-11
    )
    assert wilson(8, 10, 0.025) == pytest.approx((0.490162471537, 0.943318), abs=1e-6)
    assert clopper_pearson(0, 0, 0.05) == (0.0, 1.0)


def test_fixed_plan_risks_give_the_handbook():
    twelve = fixed_plan_risks(discrimination=2, length=18.8, accepted=13)
    seventeen = fixed_plan_risks(discrimination=3, length=4.3, accepted=2)

    assert [round(100 * risk, 1) for risk in twelve] == [9.6, 10.6]
    assert [round(100 * risk, 1) for risk in seventeen] == [17.5, 19.7]


def test_spending_bounds_spend_alpha_and_no_more():
    rng = np.random.default_rng(7)
    walk = rng.standard_normal((200_000, 56)).cumsum(axis=1)
    bounds = spending_bounds(LOOKS)
    crossed = np.zeros(len(walk), dtype=bool)
    for look, bound in zip(LOOKS, bounds, strict=True):
        crossed |= walk[:, look.days - 1] / math.sqrt(look.days) > bound

    assert crossed.mean() == pytest.approx(0.04, abs=0.0015)
    assert list(bounds) == sorted(bounds, reverse=True)


def test_one_look_spends_all_of_alpha():
    (bound,) = spending_bounds((Look(28, 1.0),))

    assert bound == pytest.approx(stats.norm.ppf(0.96), abs=1e-4)


def test_confidence_limits_invert_halls_statistic():
    done = [45, 47, 50, 49, 44, 50, 48] * 5
    days = summarise(done, [50] * 35)
    low, high = confidence_limits(days, 2.0)

    assert low < days.mean < high
    assert hall(days, low) == pytest.approx(2.0, abs=1e-9)
    assert hall(days, high, -1) == pytest.approx(2.0, abs=1e-9)


def test_summarise_weighs_days_by_their_tasks():
    days = summarise([5, 190] * 20, [10, 200] * 20)

    assert days.mean == pytest.approx(195 / 210)
    assert days.freedom < days.effective - 1


def test_autocorrelation_shrinks_the_effective_days():
    calm = summarise([45, 50, 47, 49, 50, 44, 48, 46] * 7, [50] * 56)
    drift = summarise([44] * 14 + [50] * 14 + [45] * 14 + [49] * 14, [50] * 56)

    assert calm.effective == 56
    assert drift.effective < 10
    assert drift.autocorrelation_high > 0.5


def test_a_drifting_window_is_left_open():
    reading = read_days([48] * 28 + [50] * 28, [50] * 56, 0.9, LAST)

    assert (reading.finding, reading.reason) == (Finding.OPEN, "days_depend")


def test_too_few_days_are_left_open():
    assert read_days([50] * 27, [50] * 27, 0.5, LAST).reason == "too_few_days"
    assert read_days([], [], 0.5, LAST).reason == "nothing_seen"
    assert read_counts([0] * 27, [20.0] * 27, 1, LAST).reason == "too_few_days"


def test_a_good_window_is_shown_and_a_poor_one_refuted():
    good = [50, 49, 50, 48, 50, 50, 49] * 8
    poor = [40, 43, 45, 41, 44, 42, 40] * 8

    assert read_days(good, [50] * 56, 0.93, LAST).finding is Finding.SHOWN
    assert read_days(poor, [50] * 56, 0.93, LAST).finding is Finding.REFUTED


def test_at_most_is_the_mirror_of_at_least():
    done = [50, 49, 50, 47, 50, 50, 48] * 8
    missed = [50 - n for n in done]
    at_least = read_days(done, [50] * 56, 0.93, LAST)
    at_most = read_days(missed, [50] * 56, 1 - 0.93, LAST, side=-1)

    assert at_most.finding is at_least.finding
    assert at_most.high == pytest.approx(1 - at_least.low)


@pytest.mark.parametrize(
    ("edge", "days", "finding"),
    [
        (0.95, 28, Finding.SHOWN),
        (0.99, 28, Finding.OPEN),
        (0.99, 56, Finding.OPEN),
    ],
)
def test_a_perfect_streak_is_judged_by_its_longest_luck(edge, days, finding):
    bound = FIRST if days == 28 else LAST
    reading = read_days([50] * days, [50] * days, edge, bound)

    assert reading.finding is finding
    assert reading.low < 1
    assert (reading.low > edge) == (finding is Finding.SHOWN)


@pytest.mark.parametrize("edge", [0.9, 0.95, 0.97, 0.98, 0.99])
def test_one_miss_is_never_judged_more_kindly_than_none(edge):
    perfect = read_days([50] * 35, [50] * 35, edge, FIRST)
    one_miss = read_days([50] * 34 + [49], [50] * 35, edge, FIRST)

    assert one_miss.low <= perfect.low + 1e-9
    if one_miss.finding is Finding.SHOWN:
        assert perfect.finding is Finding.SHOWN


def test_a_streak_of_failures_is_refuted():
    assert read_days([0] * 28, [50] * 28, 0.9, FIRST).finding is Finding.REFUTED


def test_a_constant_share_is_judged_by_what_its_days_are_worth():
    reading = read_days([48] * 28, [50] * 28, 0.95, FIRST)

    assert reading.finding is Finding.OPEN
    assert reading.low < 0.95 < reading.high


def test_a_constant_mean_has_no_spread_to_judge_by():
    reading = read_days([300] * 28, [10] * 28, 40, FIRST, side=-1, share=False)

    assert (reading.finding, reading.reason) == (Finding.OPEN, "no_spread")


def test_repairs_without_a_miss_need_twenty_nine():
    assert read_share(28, 28, 0.9).finding is Finding.OPEN
    assert read_share(29, 29, 0.9).finding is Finding.SHOWN
    assert read_share(20, 29, 0.9).finding is Finding.REFUTED
    assert read_share(0, 0, 0.9).reason == "nothing_seen"


def test_a_statistic_on_its_boundary_decides_nothing():
    low = read_share(29, 30, 0.5).low
    reading = read_share(29, 30, low)

    assert (reading.finding, reading.reason) == (Finding.OPEN, "on_the_boundary")


def test_counts_without_a_failure_show_the_mtbf_and_bound_it():
    reading = read_counts([0] * 28, [20.0] * 28, 60, LAST)

    assert reading.finding is Finding.SHOWN
    assert reading.estimate is None
    assert log_e_mtbf_above(0, 560 / 2, reading.low) == pytest.approx(math.log(20))
    assert reading.high == math.inf


def test_few_failures_cannot_show_that_they_come_singly():
    """Taken one by one, 560 hours without a failure would show 100."""
    assert log_e_mtbf_above(0, 560, 100) > math.log(20)
    assert read_counts([0] * 28, [20.0] * 28, 100, LAST).finding is Finding.OPEN


def test_many_failures_refute_the_mtbf():
    counts = [1, 2, 0, 1] * 7
    reading = read_counts(counts, [20.0] * 28, 60, LAST)
    size = burst_size(counts, [20.0] * 28)

    assert reading.finding is Finding.REFUTED
    assert reading.high < 60
    assert log_e_mtbf_below(28 / size, 560 / size, reading.high) == pytest.approx(
        math.log(20)
    )


def test_burst_size_is_the_index_of_many_and_two_of_none():
    even, uneven = [1, 0] * 50, [9, 0, 0, 0, 0, 0, 0, 0, 0] * 10

    assert burst_size([0] * 28, [20.0] * 28) == 2
    assert burst_size(even, [20.0] * 100) == pytest.approx(1 + 4 / 54)
    assert burst_size(uneven, [20.0] * 90) == pytest.approx(
        stats.chisquare(uneven).statistic / 89
    )


def test_sure_bursts_need_the_days_to_agree():
    bursts = ([6] + [0] * 11) * 4
    hours = [20.0] * 48
    reading = read_counts(bursts, hours, 20, LAST)
    size = burst_size(bursts, hours)

    assert reading.method == "days"
    assert reading.low < 40 < reading.high
    assert reading.estimate == pytest.approx(40)
    assert log_e_mtbf_above(24, 960, 20) > math.log(20)
    assert log_e_mtbf_above(24 / size, 960 / size, 20) < math.log(20)
    assert reading.finding is Finding.OPEN


def test_bursts_fall_back_to_the_day():
    bursts = [0] * 9 + [9] + [0] * 9 + [8] + [0] * 10
    single = read_counts([0, 1, 0] * 9 + [1], [20.0] * 28, 100, LAST)

    assert overdispersion(bursts, [20.0] * 30) < 0.05
    assert read_counts(bursts, [20.0] * 30, 100, LAST).method == "days"
    assert single.method == "mixture"


def test_overdispersion_agrees_with_the_chi_square_of_scipy():
    counts = [2, 0, 1, 4, 0, 3]
    expected = stats.chisquare(counts).pvalue

    assert overdispersion(counts, [5.0] * 6) == pytest.approx(expected)
    assert overdispersion([0, 0], [1.0, 1.0]) == 1.0


@given(
    done=st.integers(0, 400),
    missed=st.integers(0, 400),
    edge=st.floats(0.01, 0.99),
)
def test_e_values_never_refute_both_sides(done, missed, edge):
    above = log_e_share_above(done, done + missed, edge)
    below = log_e_share_below(done, done + missed, edge)

    assert not math.isnan(above)
    assert not (above > math.log(20) and below > math.log(20))


@given(st.lists(st.integers(0, 20), min_size=28, max_size=70))
def test_a_day_reading_is_finite_and_holds_its_estimate(done):
    reading = read_days(done, [20] * len(done), 0.9, LAST)

    assert 0 <= reading.low <= reading.estimate + 1e-9
    assert reading.estimate - 1e-9 <= reading.high <= 1
    if reading.finding is Finding.SHOWN:
        assert reading.low > 0.9 - 1e-6
    if reading.finding is Finding.REFUTED:
        assert reading.high < 0.9 + 1e-6
