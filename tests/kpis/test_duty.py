from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpis.engine.duty import Duty, Exclusion, Presence, Shift, due_spans, length_by_day
from robot_bridge.telemetry import DAY_US, HOUR_US, MINUTE_US, Window


def us(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000


WEEK = Window(us("2026-03-01T16:00"), us("2026-03-08T16:00"))  # Monday, Shanghai


def told(spans):
    return [
        (span.robot_id, str(span.day), span.start_us, span.end_us) for span in spans
    ]


def test_due_spans_are_the_sites_local_days():
    spans = due_spans([7], WEEK, Duty())

    assert [span.day for span in spans] == [date(2026, 3, day) for day in range(2, 9)]
    assert {span.length_us for span in spans} == {DAY_US}


def test_due_spans_of_a_night_shift_belong_to_the_day_it_starts():
    duty = Duty(shifts=(Shift(22 * 60, 30 * 60, weekdays=(0,)),))

    spans = due_spans([7], WEEK, duty)

    assert told(spans) == [
        (7, "2026-03-02", us("2026-03-02T14:00"), us("2026-03-02T22:00"))
    ]


def test_due_spans_keep_presence_and_leave_exclusions_out_in_whole_minutes():
    eight = us("2026-03-02T00:00")
    duty = Duty(
        shifts=(Shift(8 * 60, 10 * 60),),
        presence=(Presence(7, eight + 1, eight + DAY_US),),
        exclusions=(
            Exclusion(None, eight + HOUR_US + 5, eight + HOUR_US + MINUTE_US + 1),
            Exclusion(8, eight, eight + HOUR_US),
        ),
    )

    spans = due_spans([7, 8], WEEK, duty)

    assert told(spans) == [
        (7, "2026-03-02", eight + MINUTE_US, eight + HOUR_US),
        (7, "2026-03-02", eight + HOUR_US + 2 * MINUTE_US, eight + 2 * HOUR_US),
    ]
    assert length_by_day(spans) == {(7, date(2026, 3, 2)): 117 * MINUTE_US}


def test_due_spans_of_an_empty_window_are_none():
    assert due_spans([7], Window(WEEK.start_us, WEEK.start_us), Duty()) == []


def test_shift_that_ends_before_it_starts_is_refused():
    with pytest.raises(ValueError, match="a shift from minute 60 to 60"):
        Shift(60, 60)


SHIFTS = st.builds(
    lambda start, length, days: Shift(start, start + length, tuple(days)),
    st.integers(0, 1439),
    st.integers(1, 1440),
    st.sets(st.integers(0, 6), min_size=1),
)
TIMES = st.integers(WEEK.start_us - DAY_US, WEEK.end_us + DAY_US)


@given(
    st.lists(SHIFTS, max_size=3),
    st.lists(st.tuples(st.sampled_from([None, 7, 8]), TIMES, TIMES), max_size=4),
    st.lists(st.tuples(st.sampled_from([7, 8]), TIMES, TIMES), max_size=4),
    TIMES,
    st.integers(0, 3 * DAY_US),
    st.sampled_from(["Asia/Shanghai", "Asia/Kathmandu", "Europe/Berlin"]),
)
def test_due_spans_never_overlap_nor_leave_the_window(
    shifts, excluded, present, start_us, length_us, zone
):
    window = Window(start_us, start_us + length_us)
    duty = Duty(
        zone,
        tuple(shifts),
        tuple(Presence(*each) for each in present),
        tuple(Exclusion(*each) for each in excluded),
    )

    spans = due_spans([7, 8], window, duty)

    assert all(window.start_us <= each.start_us < each.end_us for each in spans)
    assert all(each.end_us <= window.end_us for each in spans)
    for robot_id in (7, 8):
        own = [each for each in spans if each.robot_id == robot_id]
        assert all(a.end_us <= b.start_us for a, b in pairwise(own))
    every = due_spans([7, 8], window, duty, exclude=False)
    assert sum(e.length_us for e in spans) <= sum(e.length_us for e in every)
