"""A robot against today's process, beside statsmodels and scipy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep

from kpis.engine.statistics import (
    Interval,
    Sample,
    compare_means,
    compare_shares,
    difference,
    intraclass_correlation,
)


@pytest.mark.parametrize(
    ("robot", "today", "expected"),
    [
        ((56, 70), (48, 80), (0.0524, 0.3339)),
        ((9, 10), (3, 10), (0.1705, 0.8090)),
        ((10, 10), (0, 20), (0.6791, 1.0000)),
    ],
)
def test_compare_shares_gives_newcombes_table(robot, today, expected):
    """Table II of Newcombe (1998), method 10, contrasts (a), (b) and (g)."""
    found = compare_shares(robot, today, 0.025)

    assert (found.low, found.high) == pytest.approx(expected, abs=5e-5)


@given(
    robot=st.tuples(st.integers(0, 80), st.integers(1, 80)),
    today=st.tuples(st.integers(0, 80), st.integers(1, 80)),
)
def test_compare_shares_agrees_with_statsmodels(robot, today):
    one, other = ((done, done + missed) for done, missed in (robot, today))
    expected = confint_proportions_2indep(*one, *other, method="newcomb", alpha=0.05)

    found = compare_shares(one, other, 0.025)

    assert (found.low, found.high) == pytest.approx(expected, abs=1e-9)
    assert found.low <= found.estimate <= found.high


def test_compare_means_agrees_with_welch_of_scipy():
    robot, today = [41.0, 43.5, 39.2, 44.1, 40.0], [52.0, 61.0, 47.5, 58.2]
    expected = stats.ttest_ind(robot, today, equal_var=False).confidence_interval(0.95)

    found = compare_means(
        Sample(np.mean(robot), np.std(robot, ddof=1), len(robot)),
        Sample(np.mean(today), np.std(today, ddof=1), len(today)),
        0.025,
    )

    assert (found.low, found.high) == pytest.approx(tuple(expected))
    assert found.estimate == pytest.approx(np.mean(robot) - np.mean(today))


def test_a_difference_is_as_sure_as_its_wider_side():
    sure, wide = Interval(0.95, 0.94, 0.96), Interval(0.95, 0.90, 0.99)
    today = Interval(0.92, 0.91, 0.93)

    assert difference(sure, today).low > 0
    assert difference(wide, today).low < 0


@pytest.mark.parametrize(
    "ask",
    [
        lambda: compare_shares((1, 2), (0, 0), 0.05),
        lambda: compare_shares((3, 2), (1, 2), 0.05),
        lambda: compare_means(Sample(1, 1, 1), Sample(1, 1, 9), 0.05),
        lambda: compare_means(Sample(1, 0, 5), Sample(2, 0, 5), 0.05),
    ],
)
def test_what_cannot_be_compared_is_refused(ask):
    with pytest.raises(ValueError, match=r"share|mean"):
        ask()


@pytest.mark.parametrize("icc", [0.0, 0.05, 0.2])
def test_intraclass_correlation_finds_what_was_drawn(icc):
    rng = np.random.default_rng(11)
    due = rng.integers(20, 80, 4000)
    strength = 1 / icc - 1 if icc else 1e9
    done = rng.binomial(due, rng.beta(0.9 * strength, 0.1 * strength, 4000))

    assert intraclass_correlation(done, due) == pytest.approx(icc, abs=0.012)


def test_intraclass_correlation_of_nothing_to_tell_is_zero():
    assert intraclass_correlation([1, 0], [1, 1]) == 0
    assert intraclass_correlation([5], [9]) == 0
    assert intraclass_correlation([9, 9], [9, 9]) == 0
