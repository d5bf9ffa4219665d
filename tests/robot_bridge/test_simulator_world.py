import re
from collections import Counter
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from robot_bridge.simulator import draws
from robot_bridge.simulator.profiles import PROFILES
from robot_bridge.simulator.world import EPOCH, RobotWorld
from robot_bridge.telemetry import DAY_US, HOUR_US, METRICS, Kind, OpState

DAYS = range(20_700, 20_716)
SEEN = (date(2020, 1, 1), date(2090, 12, 31))
DATE = re.compile(r"20\d{6}")


def lived(profile, robots=4, seed=11):
    worlds = [RobotWorld(seed, profile, f"R-{number}") for number in range(robots)]
    return [world.day(day) for world in worlds for day in DAYS]


def test_day_is_the_same_in_another_world_object():
    once = RobotWorld(3, "welding_line", "A-1").day(20_700)

    again = RobotWorld(3, "welding_line", "A-1").day(20_700)

    assert again.events == once.events
    assert np.array_equal(again.mark_at_us, once.mark_at_us)


@pytest.mark.parametrize(
    ("seed", "serial", "day"), [(4, "A-1", 20_700), (3, "A-2", 20_700), (3, "A-1", 1)]
)
def test_day_differs_by_seed_serial_and_day(seed, serial, day):
    one = RobotWorld(3, "welding_line", "A-1").day(20_700)

    assert RobotWorld(seed, "welding_line", serial).day(day).events != one.events


@pytest.mark.parametrize("profile", PROFILES)
def test_day_opens_and_closes_everything_within_itself(profile):
    for day in lived(profile, robots=2):
        times = [event.ts_us for event in day.events]
        assert times == sorted(times)
        assert day.start_us <= times[0]
        assert times[-1] < day.end_us == day.start_us + DAY_US
        assert np.all(np.diff(day.mark_at_us) >= 0)
        open_by_kind = Counter()
        for event in day.events:
            if event.value in {"raised", "started", "active", "entered"}:
                open_by_kind[event.kind] += 1
            if event.value in {"cleared", "finished", "failed", "released", "left"}:
                open_by_kind[event.kind] -= 1
        assert not any(open_by_kind.values())


@pytest.mark.parametrize("profile", PROFILES)
def test_signals_stay_within_what_each_metric_allows(profile):
    for day in lived(profile, robots=1):
        minutes = np.arange(day.start_us, day.end_us, 60_000_000)
        for name, values in day.signals(minutes).items():
            metric = METRICS[name]
            assert metric.low <= values.min()
            assert values.max() <= metric.high
        assert day.signals(minutes)["soc"].min() > 0.1


def test_robot_moves_only_while_it_navigates():
    day = RobotWorld(5, "welding_line", "A-1").day(20_700)
    seconds = np.arange(day.start_us, day.end_us, 30_000_000)

    speed = day.signals(seconds)["speed_mps"]

    moving = {day.state_at(int(ts)) for ts in seconds[speed > 0]}
    assert moving == {OpState.NAVIGATING}


def disabled_share(days):
    down = total = 0
    for day in days:
        ends = [*day.state_at_us[1:], day.end_us]
        for start, end, state in zip(day.state_at_us, ends, day.states, strict=True):
            total += end - start
            down += (end - start) * (state is OpState.DISABLED)
    return down / total


def task_success(days):
    ends = Counter(
        event.value for day in days for event in day.events if event.kind is Kind.TASK
    )
    return ends["finished"] / (ends["finished"] + ends["failed"])


def test_profiles_differ_as_their_names_say():
    good, line, bad = (
        lived(f"welding_line{suffix}") for suffix in ("_good", "", "_bad")
    )

    assert task_success(good) > 0.985
    assert task_success(bad) < 0.92
    assert disabled_share(good) < 0.02
    assert disabled_share(line) > 0.05


def test_repairs_last_around_the_mean_of_the_profile():
    profile = PROFILES["welding_line_good"]
    lasts, since = [], 0
    for day in lived("welding_line_good", robots=8):
        for event in day.events:
            if event.kind is Kind.FAULT and event.number == 2:
                if event.value == "raised":
                    since = event.ts_us
                else:
                    lasts.append((event.ts_us - since) / 60e6)

    assert abs(np.mean(lasts) - profile.mttr_min) < 1.5


def test_conditions_correlate_the_tasks_of_a_day():
    profile = replace(PROFILES["welding_line"], success=0.95, success_icc=0.05)

    drawn = [draws.conditions(1, profile, day).success for day in range(4000)]

    assert abs(np.mean(drawn) - 0.95) < 0.005
    assert abs(np.var(drawn) / (0.95 * 0.05) - 0.05) < 0.006


def test_version_changes_once_in_a_cycle_and_moves_the_fault_rate():
    profile = PROFILES["welding_line"]
    told = [draws.version(2, profile, day) for day in range(20_000, 20_084)]

    names = [name for name, _ in told]

    assert len(set(names)) in {2, 3}
    assert len(set(told)) == len(set(names))
    assert max(Counter(names).values()) == profile.update_every_days


def test_silence_takes_hours_and_ends_within_the_day():
    days = [day for day in lived("welding_line_bad", robots=8) if day.silences]

    assert days
    for day in days:
        for start, end in day.silences:
            assert day.start_us <= start < end <= day.end_us
            assert end - start < 10 * HOUR_US
            assert day.is_silent(start)
            assert not day.is_silent(end)


@settings(max_examples=20, deadline=None)
@given(
    profile=st.sampled_from(sorted(PROFILES)),
    seed=st.integers(0, 2**32),
    begins=st.tuples(st.dates(*SEEN), st.dates(*SEEN)),
    of_life=st.integers(-80, 80),
)
def test_life_is_the_same_whichever_day_it_begins(profile, seed, begins, of_life):
    worlds = [RobotWorld(seed, profile, "A-1", first_day) for first_day in begins]

    one, other = (world.day(world.born + of_life) for world in worlds)

    shift_us = (worlds[1].born - worlds[0].born) * DAY_US
    assert [shifted(event, -shift_us) for event in other.events] == [
        shifted(event, 0) for event in one.events
    ]
    assert np.array_equal(other.mark_at_us - shift_us, one.mark_at_us)
    assert all(np.array_equal(other.marks[name], one.marks[name]) for name in one.marks)
    assert other.software == one.software
    assert [each - shift_us for span in other.silences for each in span] == [
        each for span in one.silences for each in span
    ]


def shifted(event, by_us):
    """Move an event and when it is due, and leave its day out of what it is called."""
    due_us = event.number + by_us if event.kind is Kind.TASK else event.number
    ref = DATE.sub("", event.ref)
    return replace(event, ts_us=event.ts_us + by_us, ref=ref, number=due_us)


def test_life_goes_on_from_the_calendar_without_a_first_day():
    day = (date(2026, 9, 5) - EPOCH).days

    counted = RobotWorld(3, "welding_line", "A-1", EPOCH).day(day)

    assert RobotWorld(3, "welding_line", "A-1").day(day).events == counted.events
