from collections import Counter
from datetime import date
from itertools import pairwise

import pytest

from robot_bridge.simulator.slots import (
    BEATS,
    HOURS,
    TENS,
    aligned,
    last_aligned,
    slots,
)
from robot_bridge.simulator.world import RobotWorld
from robot_bridge.telemetry import DAY_US, HOUR_US, MINUTE_US

WORLD = RobotWorld(5, "welding_line", "A-1")
MIDNIGHT = WORLD.day_start(20_700)


def silent_world():
    """Return a world and a day in which its robot falls silent."""
    for number in range(60):
        world = RobotWorld(5, "welding_line_bad", f"S-{number}")
        if world.day(20_700).silences:
            return world
    raise AssertionError("no silent robot among sixty")


@pytest.mark.parametrize("grid", [HOURS, TENS, BEATS])
def test_slots_of_a_part_have_the_seq_they_have_in_the_whole(grid):
    world = silent_world()
    start = world.day_start(20_700)
    whole = set(slots(world, grid, start, start + DAY_US))

    middle = aligned(world, grid, start + 9 * HOUR_US + 7)
    parts = [*slots(world, grid, start, middle)]
    parts += slots(world, grid, middle, start + DAY_US)

    assert set(parts) == whole
    assert len(parts) == len(whole)
    assert all(after.seq == before.seq + 1 for before, after in pairwise(parts))


def test_slots_leave_out_the_hours_out_of_reach():
    world = silent_world()
    start = world.day_start(20_700)
    ((low, high),) = world.day(20_700).silences

    found = list(slots(world, TENS, start, start + DAY_US))

    within = [slot for slot in found if low <= slot.start_us and slot.end_us <= high]
    assert within == []
    assert len(found) < DAY_US // TENS.slot_us


def test_slots_start_a_session_a_day_and_one_where_a_run_began():
    run = MIDNIGHT + 5 * HOUR_US

    found = list(slots(WORLD, TENS, run, MIDNIGHT + 2 * DAY_US, run_us=run))

    firsts = [slot for slot in found if slot.seq == 0]
    assert [slot.start_us for slot in firsts] == [run, MIDNIGHT + DAY_US]
    assert len({slot.session for slot in found}) == 2
    whole_day = list(slots(WORLD, TENS, MIDNIGHT, MIDNIGHT + DAY_US))
    assert found[0].session != whole_day[0].session
    assert (
        found[-1].session
        == next(slots(WORLD, TENS, MIDNIGHT + DAY_US, MIDNIGHT + 2 * DAY_US)).session
    )


def test_aligned_and_last_aligned_agree_on_a_boundary():
    assert aligned(WORLD, HOURS, MIDNIGHT) == MIDNIGHT
    assert last_aligned(WORLD, HOURS, MIDNIGHT) == MIDNIGHT
    assert aligned(WORLD, HOURS, MIDNIGHT + 1) == MIDNIGHT + HOUR_US
    assert last_aligned(WORLD, HOURS, MIDNIGHT + HOUR_US - 1) == MIDNIGHT


def test_slots_of_less_than_one_are_none():
    assert not list(slots(WORLD, TENS, MIDNIGHT + 1, MIDNIGHT + 9 * MINUTE_US))


@pytest.mark.parametrize("grid", [HOURS, BEATS])
def test_slots_of_a_life_meet_the_same_mishaps_whichever_day_it_begins(grid):
    told = []
    for first_day in (date(2026, 3, 1), date(2027, 11, 30)):
        world = RobotWorld(5, "welding_line_bad", "A-1", first_day)
        start = world.day_start(world.born + 12)
        days = 30 * DAY_US if grid is HOURS else DAY_US // 4
        found = list(slots(world, grid, start, start + days))
        told.append([(slot.start_us - start, slot.seq, slot.mishap) for slot in found])

    assert told[0] == told[1]
    assert {"lost", ""} <= Counter(mishap for *_, mishap in told[0]).keys()


def test_slots_of_another_life_belong_to_other_sessions():
    start = MIDNIGHT + DAY_US
    lives = [
        RobotWorld(5, "welding_line", "A-1", day) for day in (None, date(2026, 9, 5))
    ]

    sessions = {
        slot.session
        for world in lives
        for slot in slots(world, TENS, start, start + TENS.slot_us)
    }

    assert len(sessions) == len(lives)
