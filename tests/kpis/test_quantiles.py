from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpis import services
from kpis.engine import states
from kpis.engine.quantiles import (
    bins_of,
    floor_of,
    nearest_rank,
    rank,
    rank_in_bins,
)
from kpis.models import CycleBin
from pilotgate_offline import twins
from robot_bridge.telemetry import HOUR_US, MINUTE_US, SECOND_US, Window
from tests.kpis.messages import message, told
from tests.kpis.rows import telemetry as rows
from tests.kpis.test_states import BACKEND, arrow
from tests.robot_bridge.messages import now_us

SHARES = st.sampled_from([Fraction(1, 2), Fraction(95, 100), Fraction(99, 100)])
LENGTHS = st.lists(st.integers(0, 2**45), min_size=1, max_size=60)


def counted(lengths):
    numbers, counts = np.unique(bins_of(np.array(lengths)), return_counts=True)
    return dict(zip(numbers.tolist(), counts.tolist(), strict=True))


@given(LENGTHS, st.integers(1, 100))
def test_the_nearest_rank_equals_its_twin(lengths, hundredths):
    found = nearest_rank(lengths, Fraction(hundredths, 100))

    assert found == twins.quantile(sorted(lengths), hundredths)
    assert found in lengths


@given(LENGTHS, SHARES, st.integers(0, 2**45))
def test_a_quantile_is_within_a_limit_when_that_share_of_cases_is(
    lengths, share, limit
):
    """What lets a gate decide "p95 <= x" as the rate of cases within x."""
    within = Fraction(sum(each <= limit for each in lengths), len(lengths))

    assert (nearest_rank(lengths, share) <= limit) == (within >= share)


@given(LENGTHS, SHARES)
def test_bins_tell_the_quantile_to_a_128th(lengths, share):
    exact = nearest_rank(lengths, share)

    near = rank_in_bins(counted(lengths), share)

    assert near <= exact <= near * (1 + 2**-7)


@given(LENGTHS, LENGTHS)
def test_bins_of_two_parts_add_up_to_those_of_the_whole(one, two):
    both = counted(one)
    for number, count in counted(two).items():
        both[number] = both.get(number, 0) + count

    assert both == counted([*one, *two])


@given(st.integers(0, 2**53))
def test_a_bins_floor_lies_in_it(value):
    (number,) = bins_of(np.array([value])).tolist()

    assert floor_of(number) <= value
    assert bins_of(np.array([floor_of(number)])).tolist() == [number]


def test_no_case_has_no_quantile():
    assert nearest_rank([], Fraction(1, 2)) is None
    assert rank_in_bins({}, Fraction(1, 2)) is None


@pytest.mark.parametrize("share", [Fraction(0), Fraction(101, 100)])
def test_a_share_out_of_range_is_refused(share):
    with pytest.raises(ValueError, match="above 0 and at most 1"):
        rank(3, share)


@settings(deadline=None, max_examples=15)
@given(rows())
def test_cases_are_those_of_the_twin(told_):
    folded = states.parts_by_minute(BACKEND, *arrow(*told_))

    assert sorted(folded.cases["since_us"].to_pylist()) == twins.cycle_times(
        twins.distinct(told_[1])
    )


@pytest.mark.django_db(transaction=True)
def test_exact_cycle_times_come_from_the_lake(robot, settled):
    start_us = now_us() - 3 * HOUR_US
    start_us -= start_us % HOUR_US
    for number, took_s in enumerate([60, 20, 40, 30]):
        at_us = start_us + number * 10 * MINUTE_US
        settled(
            message(robot, 2 * number, at_us, told("task", "started", f"T{number}")),
            message(
                robot,
                2 * number + 1,
                at_us + took_s * SECOND_US,
                told("task", "finished", f"T{number}"),
            ),
        )

    found = services.cycle_times(
        robots=[robot.pk],
        window=Window(start_us, start_us + 35 * MINUTE_US),
        shares=[Fraction(1, 2), Fraction(95, 100)],
        evidence="sim",
    )

    assert found == {Fraction(1, 2): 30 * SECOND_US, Fraction(95, 100): 60 * SECOND_US}
    near = services.live_cycle_times(
        robots=[robot.pk],
        window=Window(start_us, start_us + HOUR_US),
        shares=found,
        evidence="sim",
    )
    assert all(
        near[each] <= exact <= near[each] * 129 / 128 for each, exact in found.items()
    )
    assert services.recompute(check=True)[0].is_right


@pytest.mark.django_db(transaction=True)
def test_bins_that_went_astray_are_found_and_put_right(robot, settled):
    start_us = now_us() - 3 * HOUR_US
    start_us -= start_us % HOUR_US
    settled(
        message(robot, 0, start_us, told("task", "started", "T1")),
        message(robot, 2, start_us + MINUTE_US, told("task", "finished", "T1")),
    )
    settled(message(robot, 1, start_us + SECOND_US, told("task", "started", "T2")))
    services.repair([robot.pk])
    CycleBin.objects.update(count=7)

    (report,) = services.recompute(check=False)

    assert report.differing == (("cycles", start_us),)
    assert list(CycleBin.objects.values_list("count", flat=True)) == [1]
