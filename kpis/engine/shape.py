"""What a numerator and a denominator come to: their units, and the law that fits."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Final

from kpis.engine.definition import Condition, Law, Part, Source
from kpis.engine.vocabulary import COUNT, IMPLIED, SUMS, TIME
from robot_bridge.telemetry import (
    DAY_US,
    HOUR_US,
    METRICS,
    MINUTE_US,
    SECOND_US,
)

SHARE: Final = "1"
RATIO: Final = "{ratio}"
PER_TIME: Final = {
    "1/min": Fraction(MINUTE_US),
    "1/h": Fraction(HOUR_US),
    "1/(100.h)": Fraction(100 * HOUR_US),
    "1/(1000.h)": Fraction(1000 * HOUR_US),
    "1/d": Fraction(DAY_US),
}
OF_TIME: Final = {
    "ms": Fraction(1, 1000),
    "s": Fraction(1, SECOND_US),
    "min": Fraction(1, MINUTE_US),
    "h": Fraction(1, HOUR_US),
}
METRES_PER_KM: Final = 1000
DISTANCE: Final = METRICS["distance_m"]
ENERGY: Final = METRICS["energy_wh"]
ROWS: Final = (Source.SAMPLES, Source.EVENTS)
LESS: Final = (
    (Source.LEDGER, "stored", "expected"),
    *((rows, flag, "") for rows in ROWS for flag in ("corrected", "late")),
)
KNOWN_TIME: Final = (Source.SPANS, Source.DUTY)
Parts = Sequence[Part]


def measures(part: Part) -> str:
    """Say what a part's integer is: a count, a time, or a metric's readings."""
    told = SUMS[part.over][part.sums]
    return told if told in {COUNT, TIME} else metric_of(part)


def metric_of(part: Part) -> str:
    """Return the one metric a part reads, or ""."""
    for each in part.where:
        if each.column == "metric" and len(each.one_of) == 1:
            return str(each.one_of[0])
    return ""


def units_of(numerator: Parts, denominator: Parts) -> dict[str, Fraction]:
    """Return the units these divide to, each with its scale; none where none fits."""
    above = {measures(part) for part in numerator}
    below = {measures(part) for part in denominator}
    if len(above) != 1 or len(below) != 1:
        return {}
    (num,), (den,) = above, below
    fits = UNITS.get((num, den))
    if fits is not None:
        return dict(fits)
    if num == den:
        return {SHARE if is_share(numerator, denominator) else RATIO: Fraction(1)}
    if den == COUNT and is_mean(numerator, denominator):
        metric = METRICS[num]
        return {metric.unit: Fraction(1, metric.steps)}
    return {}


UNITS: Final[Mapping[tuple[str, str], Mapping[str, Fraction]]] = {
    (COUNT, TIME): PER_TIME,
    (TIME, COUNT): OF_TIME,
    (COUNT, "distance_m"): {"1/km": Fraction(METRES_PER_KM * DISTANCE.steps)},
    ("distance_m", TIME): {"km/h": Fraction(HOUR_US, METRES_PER_KM * DISTANCE.steps)},
    ("energy_wh", TIME): {"W": Fraction(HOUR_US, ENERGY.steps)},
}


def law_of(
    numerator: Parts, denominator: Parts, *, better: str, few_cases: bool = False
) -> Law:
    """Return the law that fits the shape; what fits none is shown and never decides.

    Events that should be few are judged as rare ones, those that should be many by
    their daily mean. `few_cases`: too few fall on a day for the day to be the unit.
    """
    above, below = measures(numerator[0]), measures(denominator[0])
    if above == below:
        if not is_share(numerator, denominator):
            return Law.MEAN_BY_DAY
        return Law.SHARE_OF_CASES if few_cases else Law.RATE_BY_DAY
    if is_mean(numerator, denominator) or is_metered(numerator, denominator):
        return Law.MEAN_BY_DAY
    if (above, below) == (COUNT, TIME) and _all_over(denominator, KNOWN_TIME):
        return Law.COUNT_PER_TIME if better == "lower" else Law.MEAN_BY_DAY
    if (above, below) == (TIME, COUNT) and _all_over(numerator, KNOWN_TIME):
        return Law.TIME_PER_COUNT if better == "higher" else Law.MEAN_BY_DAY
    return Law.SHOWN


def _all_over(parts: Parts, sources: Sequence[Source]) -> bool:
    return all(part.over in sources for part in parts)


def is_metered(numerator: Parts, denominator: Parts) -> bool:
    """Say whether the rise of a meter is divided by the time of its readings."""
    both = (*numerator, *denominator)
    metrics = {metric_of(part) for part in both}
    sums = {part.sums for part in numerator}, {part.sums for part in denominator}
    return (
        _all_over(both, (Source.METERS,))
        and len(metrics) == 1
        and sums == ({"up"}, {"elapsed_us"})
    )


def is_mean(numerator: Parts, denominator: Parts) -> bool:
    """Say whether a sum is divided by the number of the very rows it sums."""
    if len(numerator) != 1 or len(denominator) != 1:
        return False
    (above,), (below,) = numerator, denominator
    return bool(
        above.sums
        and not below.sums
        and above.over is below.over
        and set(above.where) == set(below.where)
    )


def is_share(numerator: Parts, denominator: Parts) -> bool:
    """Say whether the numerator can never be more than the denominator.

    So it is when each part above counts among the rows of one part below, and those
    that share such a part share no row; a sum of readings may lie below zero.
    """
    if {measures(part) for part in (*numerator, *denominator)} - {COUNT, TIME}:
        return False
    return _finds_room(tuple(numerator), tuple(denominator), ())


def _finds_room(
    parts: tuple[Part, ...], below: Parts, placed: tuple[tuple[Part, Part], ...]
) -> bool:
    if not parts:
        return True
    first, rest = parts[0], parts[1:]
    return any(
        is_within(first, room)
        and all(is_apart(first, other) for other, at in placed if at is room)
        and _finds_room(rest, below, (*placed, (first, room)))
        for room in below
    )


def is_within(part: Part, room: Part) -> bool:
    """Say whether every row that one part takes in is taken in by the other."""
    if part.over is not room.over or part.sums != room.sums:
        return _always_less(part, room)
    met = (*part.where, *implied_by(part.where))
    return all(
        any(_is_stricter(each, asked) for each in met if each.column == asked.column)
        for asked in room.where
    )


def _always_less(part: Part, room: Part) -> bool:
    """Known time lies within time due, what is stored within what is expected.

    So do flagged rows within all rows of their source.
    """
    if (part.over, room.over) == (Source.SPANS, Source.DUTY):
        return True
    return part.over is room.over and (part.over, part.sums, room.sums) in LESS


def implied_by(where: Sequence[Condition]) -> tuple[Condition, ...]:
    told = {(each.column, each.one_of) for each in where}
    return tuple(
        Condition(then[0], one_of=(then[1],))
        for (column, value), then in IMPLIED
        if (column, (value,)) in told
    )


def _is_stricter(each: Condition, asked: Condition) -> bool:
    if asked.at_most is not None:
        bound = asked.at_most
        if each.at_most is not None:
            return each.at_most <= bound
        return all(isinstance(one, int) and one <= bound for one in each.one_of)
    return bool(each.one_of) and set(each.one_of) <= set(asked.one_of)


def is_apart(part: Part, other: Part) -> bool:
    """Say whether no row can be taken in by both parts."""
    return any(
        each.column == asked.column
        and each.at_most is None
        and asked.at_most is None
        and not set(each.one_of) & set(asked.one_of)
        for each in part.where
        for asked in other.where
    )
