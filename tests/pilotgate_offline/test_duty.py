from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from kpis.engine.duty import Duty, Exclusion, Presence, Shift, due_spans
from pilotgate_offline.duty import due_time
from robot_bridge.telemetry import DAY_US, MINUTE_US, Window

# Days on which Berlin's clocks change, and days on which they do not.
STARTS = [datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 10, 24, tzinfo=UTC)]
ZONES = ["Asia/Shanghai", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu"]
SHIFTS = st.builds(
    lambda start, length, weekdays: Shift(
        start, min(start + length, 2880), tuple(sorted(weekdays))
    ),
    st.integers(0, 1439),
    st.integers(1, 1440),
    st.sets(st.integers(0, 6), min_size=1),
)


@st.composite
def duties(draw):
    start_us = int(draw(st.sampled_from(STARTS)).timestamp()) * 1_000_000
    start_us += draw(st.integers(-600, 600)) * MINUTE_US
    end_us = start_us + draw(st.integers(0, 3 * 1440)) * MINUTE_US
    at = st.integers(start_us - DAY_US, end_us + DAY_US)
    spans = st.tuples(at, at).map(sorted)
    presence = draw(st.lists(st.tuples(st.sampled_from([1, 2]), spans), max_size=3))
    out = draw(st.lists(st.tuples(st.sampled_from([None, 1, 2]), spans), max_size=3))
    return Window(start_us, end_us), Duty(
        draw(st.sampled_from(ZONES)),
        tuple(draw(st.lists(SHIFTS, min_size=1, max_size=3))),
        tuple(Presence(robot, *span) for robot, span in presence),
        tuple(Exclusion(robot, *span) for robot, span in out),
    )


def joined(pairs):
    """Join what touches within a day: where a shift ends says nothing."""
    found = []
    for start_us, end_us, day in pairs:
        if found and found[-1][1:] == [start_us, day]:
            found[-1][1] = end_us
        else:
            found.append([start_us, end_us, day])
    return found


@settings(max_examples=60)
@given(duties(), st.booleans())
def test_due_time_equals_the_engines(asked, exclude):
    window, duty = asked

    for robot in (1, 2):
        engine = due_spans([robot], window, duty, exclude=exclude)
        found = due_time(
            robot, (window.start_us, window.end_us), duty.as_json(), exclude=exclude
        )
        assert joined((s.start_us, s.end_us, s.day) for s in found) == joined(
            (s.start_us, s.end_us, s.day) for s in engine
        )
