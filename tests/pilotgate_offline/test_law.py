"""The law a second time: another program, the same verdicts and the same figures."""

from datetime import date, timedelta
from fractions import Fraction
from math import isclose

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpis.engine.statistics import look_days
from pilotgate_offline import gate as offline
from pilotgate_offline.terms import Criterion as OfflineCriterion
from pilots import gate
from pilots.gate import Comparator, Law

START = date(2026, 3, 2)
LENGTH = 56
FLOATS = ("estimate", "low", "high", "statistic", "critical", "autocorrelation")
HOUR_US = 3_600_000_000
ASKED = {
    Law.RATE_BY_DAY: ("0.93", "1"),
    Law.MEAN_BY_DAY: ("40", "1"),
    Law.COUNT_PER_TIME: ("0.4", str(HOUR_US)),
    Law.TIME_PER_COUNT: ("4", f"1/{HOUR_US}"),
    Law.SHARE_OF_CASES: ("0.9", "1"),
    Law.SHOWN: ("0.9", "1"),
}


@st.composite
def numbers(draw, law):
    """Return one day's numerator and denominator."""
    if law in {Law.RATE_BY_DAY, Law.SHARE_OF_CASES, Law.SHOWN}:
        due = draw(st.sampled_from([0, 1, 5, 50, 50, 50, 200]))
        missed = draw(st.sampled_from([0, 0, 1, 2, 3, 5, 20]))
        return max(due - missed, 0), due
    if law is Law.MEAN_BY_DAY:
        cases = draw(st.integers(0, 9))
        return draw(st.integers(20, 70)) * cases, cases
    hours = draw(st.sampled_from([0, 4, 8, 8])) * HOUR_US
    count = draw(st.sampled_from([0, 0, 0, 1, 1, 2, 9])) if hours else 0
    return (count, hours) if law is Law.COUNT_PER_TIME else (hours, count)


@st.composite
def cases(draw, law):
    minimum, scale = ASKED[law]
    criterion = gate.Criterion(
        kpi="asked",
        law=law,
        comparator=draw(st.sampled_from(list(Comparator))),
        minimum=Fraction(minimum),
        target=Fraction(minimum),
        coverage_min=Fraction("0.9"),
        evidence_kind="sim",
        scale=Fraction(scale),
        disagreement_max=draw(st.sampled_from([None, None, None, Fraction("0.1")])),
        mandatory=draw(st.sampled_from([True, True, False])),
    )
    shape = numbers(law)
    told = draw(st.lists(shape, min_size=1, max_size=7))
    as_of = draw(st.sampled_from([20, 28, 35, 56]))
    days = []
    for number in range(as_of):
        num, den = told[number % len(told)] if number % 11 else draw(shape)
        rows = draw(st.sampled_from([1, 1, 1, 1, 1, 1, 1, 0])) if num or den else 1
        days.append(gate.Day(START + timedelta(days=number), num, den, rows))
    return criterion, tuple(days), as_of


def evidence(days, as_of, absent, disagreement):
    due = tuple(START + timedelta(days=number) for number in range(LENGTH))
    given_ = {
        "kind": "sim",
        "due_days": due,
        "as_of": START + timedelta(days=as_of - 1),
        "coverage": Fraction("0.95"),
        "robots_due": 1,
    }
    heard = [day.on for day in days if day.rows]
    present = as_of - as_of // 11 * absent
    given_["disagreement"] = Fraction(disagreement) if disagreement else None
    roll = [
        gate.Roll(START + timedelta(days=number), 1, ("R",) if number < present else ())
        for number in range(as_of)
    ]
    engine = gate.Evidence(
        **given_,
        days=days,
        fresh_on=max(heard, default=None),
        robots={"R": days},
        roll=tuple(roll),
    )
    own = tuple(offline.Day(day.on, day.num, day.den, day.rows) for day in days)
    return engine, offline.Evidence(
        **given_, days=own, robots={"R": own}, roll=(as_of, present)
    )


@pytest.mark.parametrize("law", Law)
@settings(max_examples=40)
@given(st.data())
def test_verdict_equals_the_engines(law, data):
    criterion, days, as_of = data.draw(cases(law))
    looks = [
        (number, START + timedelta(days=day - 1))
        for number, day in enumerate(look_days(LENGTH), start=1)
    ]
    absent = data.draw(st.sampled_from([0, 0, 1, 2]))
    disagreement = data.draw(st.sampled_from(["", "0.05", "-0.2"]))
    engine, own = evidence(days, as_of, absent, disagreement)

    expected = gate.assess(criterion, engine, [gate.Look(*look) for look in looks])
    found = offline.assess(
        told(criterion), own, [offline.Look(*each) for each in looks]
    )

    assert (found.outcome, found.num, found.den, found.decided_at) == (
        str(expected.outcome),
        expected.num,
        expected.den,
        expected.look.number if expected.look else None,
    )
    assert list(found.reasons) == [reason.code for reason in expected.reasons]
    assert len(found.readings) == len(expected.readings)
    for (look, mine), theirs in zip(found.readings, expected.readings, strict=True):
        assert look.number == theirs.look.number
        assert (mine.finding, mine.reason, mine.days) == (
            str(theirs.reading.finding),
            theirs.reading.reason,
            theirs.reading.days,
        )
        for name in FLOATS:
            assert close(getattr(mine, name), getattr(theirs.reading, name)), name


def told(criterion):
    return OfflineCriterion(
        kpi=criterion.kpi,
        law=str(criterion.law),
        comparator=str(criterion.comparator),
        minimum=criterion.minimum,
        scale=criterion.scale,
        coverage_min=criterion.coverage_min,
        evidence_kind="sim",
        disagreement_max=criterion.disagreement_max,
        mandatory=criterion.mandatory,
        window_days=LENGTH,
        look_days=look_days(LENGTH),
        definition_digest="",
    )


def close(mine, theirs):
    if mine is None or theirs is None:
        return mine is theirs
    return isclose(mine, theirs, rel_tol=1e-6, abs_tol=1e-6)
