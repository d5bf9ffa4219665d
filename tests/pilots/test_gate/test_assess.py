from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest

from pilots.gate import (
    Comparator,
    Day,
    Law,
    Outcome,
    Reason,
    Roll,
    assess,
    overall,
    preview,
)
from tests.pilots.test_gate.cases import (
    GOOD,
    INTERVENTIONS,
    LOOKS,
    MTBF,
    POOR,
    REPAIRS,
    START,
    SUCCESS,
    codes,
    days_of,
    evidence_of,
    mtbf_days,
)


def test_good_days_pass_at_the_first_look_that_shows_it():
    verdict = assess(SUCCESS, evidence_of(days_of(GOOD * 5)), LOOKS)

    assert verdict.outcome is Outcome.PASS
    assert verdict.look == LOOKS[0]
    assert verdict.low > 0.93
    assert (verdict.num, verdict.den) == (sum(GOOD) * 4, 28 * 50)
    assert verdict.estimate == verdict.num / verdict.den


def test_poor_days_fail():
    verdict = assess(SUCCESS, evidence_of(days_of(POOR * 4)), LOOKS)

    assert verdict.outcome is Outcome.FAIL
    assert verdict.high < 0.93
    assert codes(verdict) == ["refuted"]


def test_middling_days_stay_open_and_name_the_day_that_may_decide():
    days = days_of([47, 48, 46, 48, 47, 49, 45] * 4)
    verdict = assess(SUCCESS, evidence_of(days), LOOKS)

    assert verdict.outcome is Outcome.NOT_ENOUGH_EVIDENCE
    assert codes(verdict) == ["undecided"]
    assert verdict.low < 0.93 < verdict.high
    assert verdict.earliest_on in {look.on for look in LOOKS[1:]}


def test_days_at_the_minimum_are_never_expected_to_decide():
    days = days_of([47, 46, 47, 46, 46, 47] * 5)
    verdict = assess(SUCCESS, evidence_of(days), LOOKS)

    assert verdict.outcome is Outcome.NOT_ENOUGH_EVIDENCE
    assert verdict.earliest_on is None


def test_the_first_decisive_look_stands():
    early = assess(SUCCESS, evidence_of(days_of(GOOD * 4)), LOOKS)
    later = assess(SUCCESS, evidence_of(days_of(GOOD * 4 + POOR * 4)), LOOKS)

    assert early.outcome is later.outcome is Outcome.PASS
    assert early.look == later.look


def test_between_looks_nothing_new_is_decided():
    verdict = assess(SUCCESS, evidence_of(days_of(GOOD * 3 + GOOD[:6])), LOOKS)

    assert verdict.outcome is Outcome.NOT_ENOUGH_EVIDENCE
    assert codes(verdict) == ["no_look_closed"]
    assert verdict.earliest_on == LOOKS[0].on


def test_preview_says_how_things_stand_before_a_look():
    days = days_of(GOOD * 4 + GOOD[:3])
    verdict = preview(SUCCESS, evidence_of(days), LOOKS)
    early = preview(SUCCESS, evidence_of(days[:10]), LOOKS)

    assert verdict.outcome is Outcome.PASS
    assert codes(early) == ["too_few_days"]
    assert early.reasons[0].facts["days"] == 10
    assert early.earliest_on == LOOKS[0].on


def rolls(days, heard, due=1):
    """Call the roll of days, a robot heard on the first `heard` of them."""
    on = [START + timedelta(days=day) for day in range(days)]
    return tuple(
        Roll(day, due, ("R1",) if day < on[0] + timedelta(days=heard) else ())
        for day in on
    )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": "recorded"}, "evidence_kind"),
        ({"kind": "sim"}, "evidence_kind"),
        ({"dirty": True}, "dirty"),
        ({"fresh_on": None}, "stale"),
        ({"fresh_on": START + timedelta(days=30)}, "stale"),
        ({"coverage": None}, "coverage_unknown"),
        ({"coverage": Fraction(89, 100)}, "coverage"),
        ({"robots": {}}, "silent_robots"),
        ({"robots_due": 2}, "silent_robots"),
        ({"roll": ()}, "roll_unknown"),
        ({"roll": rolls(35, 34)[:-1]}, "roll_unknown"),
        ({"roll": rolls(35, 31)}, "robots_absent"),
        ({"roll": rolls(35, 35, due=2)}, "robots_absent"),
    ],
)
@pytest.mark.parametrize("numerators", [GOOD, POOR])
def test_doubtful_evidence_decides_nothing(changes, code, numerators):
    evidence = evidence_of(days_of(numerators * 5), **changes)

    verdict = assess(SUCCESS, evidence, LOOKS)

    assert verdict.outcome is Outcome.NOT_ENOUGH_EVIDENCE
    assert codes(verdict) == [code]
    assert verdict.estimate is not None


@pytest.mark.parametrize("roll", [None, rolls(35, 32), rolls(35, 0, due=0)])
def test_few_absences_and_evidence_older_than_roll_calls_are_no_objection(roll):
    evidence = evidence_of(days_of(GOOD * 5), roll=roll)

    assert assess(SUCCESS, evidence, LOOKS).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("found", "outcome"),
    [
        (None, Outcome.NOT_ENOUGH_EVIDENCE),
        (Fraction(3, 100), Outcome.NOT_ENOUGH_EVIDENCE),
        (Fraction(-3, 100), Outcome.NOT_ENOUGH_EVIDENCE),
        (Fraction(1, 100), Outcome.PASS),
    ],
)
def test_a_disagreement_above_the_bound_decides_nothing(found, outcome):
    criterion = replace(SUCCESS, disagreement_max=Fraction(2, 100))
    evidence = evidence_of(days_of(GOOD * 5), disagreement=found)

    assert assess(criterion, evidence, LOOKS).outcome is outcome


def test_silent_days_count_against_but_never_prove():
    good = days_of(GOOD * 8)
    days = tuple(
        replace(day, num=0, rows=0) if place % 14 in {1, 2, 4, 6, 8, 9, 13} else day
        for place, day in enumerate(good)
    )
    seen = assess(SUCCESS, evidence_of(days), LOOKS)
    few = assess(
        SUCCESS,
        evidence_of(tuple(replace(d, rows=i > 8) for i, d in enumerate(good[:28]))),
        LOOKS,
    )

    assert codes(seen) == ["silence"]
    assert codes(few) == ["too_few_days"]
    assert few.reasons[0].facts["days"] == 19


def test_impossible_integers_decide_nothing():
    too_many = days_of([51] * 35)
    twice = days_of(GOOD * 5)

    assert codes(assess(SUCCESS, evidence_of(too_many), LOOKS)) == [
        "impossible_integers"
    ]
    assert codes(assess(SUCCESS, evidence_of((*twice, twice[0])), LOOKS)) == [
        "day_told_twice"
    ]


def test_one_poor_robot_withholds_the_pass_of_a_good_fleet():
    good, poor = days_of([199, 200] * 14, 200), days_of([17, 18] * 14, 20)
    fleet = tuple(
        Day(a.on, a.num + b.num, a.den + b.den) for a, b in zip(good, poor, strict=True)
    )
    evidence = evidence_of(fleet, robots={"R1": good, "R2": poor}, robots_due=2)

    verdict = assess(SUCCESS, evidence, LOOKS)

    assert verdict.outcome is Outcome.NOT_ENOUGH_EVIDENCE
    assert codes(verdict) == ["robot_below"]


def test_mtbf_passes_fails_and_stays_open():
    few = assess(MTBF, evidence_of(mtbf_days([0] * 27 + [1])), LOOKS)
    some = assess(MTBF, evidence_of(mtbf_days([0, 0, 0, 1] * 7)), LOOKS)
    many = assess(MTBF, evidence_of(mtbf_days([1, 1, 2, 1] * 7)), LOOKS)

    assert [v.outcome for v in (few, some, many)] == [
        Outcome.PASS,
        Outcome.NOT_ENOUGH_EVIDENCE,
        Outcome.FAIL,
    ]
    assert few.estimate == pytest.approx(560)
    assert few.low > 40 > many.high


def test_a_rate_at_most_is_the_mtbf_turned_round():
    failures = [0] * 27 + [1]
    turned = tuple(Day(d.on, d.den, d.num) for d in mtbf_days(failures))
    mtbf = assess(MTBF, evidence_of(mtbf_days(failures)), LOOKS)
    rate = assess(INTERVENTIONS, evidence_of(turned), LOOKS)

    assert rate.outcome is mtbf.outcome is Outcome.PASS
    assert rate.high == pytest.approx(1 / mtbf.low)
    assert rate.estimate == pytest.approx(1 / mtbf.estimate)


def test_no_failure_at_all_still_has_a_bound():
    verdict = assess(MTBF, evidence_of(mtbf_days([0] * 28)), LOOKS)

    assert verdict.outcome is Outcome.PASS
    assert verdict.estimate is None
    assert verdict.low > 40


def test_counts_written_the_wrong_way_up_decide_nothing():
    criterion = replace(MTBF, comparator=Comparator.AT_MOST)
    verdict = assess(criterion, evidence_of(mtbf_days([0] * 28)), LOOKS)

    assert codes(verdict) == ["unsuitable"]


def test_repairs_are_read_at_the_registered_end_only():
    days = days_of([1, 0, 1, 1, 0, 1, 0] * 10, 0)
    repairs = tuple(replace(day, den=day.num) for day in days)
    early = assess(REPAIRS, evidence_of(repairs[:63]), LOOKS)
    done = assess(REPAIRS, evidence_of(repairs), LOOKS)
    few = assess(REPAIRS, evidence_of((*repairs[:30], *days[30:])), LOOKS)

    assert codes(early) == ["not_at_the_end"]
    assert early.earliest_on == LOOKS[-1].on
    assert done.outcome is Outcome.PASS
    assert few.outcome is Outcome.NOT_ENOUGH_EVIDENCE


def test_a_daily_mean_is_judged_by_days():
    criterion = replace(
        SUCCESS,
        law=Law.MEAN_BY_DAY,
        comparator=Comparator.AT_MOST,
        minimum=Fraction(120),
        target=Fraction(100),
        unit="s",
        scale=Fraction(1, 1_000_000),
    )
    quick = days_of([n * 50_000_000 for n in (95, 99, 104, 97, 101, 93, 98)] * 5)
    slow = days_of([n * 50_000_000 for n in (131, 127, 140, 133, 129, 138, 131)] * 5)

    assert assess(criterion, evidence_of(quick), LOOKS).outcome is Outcome.PASS
    assert assess(criterion, evidence_of(slow), LOOKS).outcome is Outcome.FAIL


def test_a_shown_figure_decides_nothing_and_hinders_nothing():
    shown = assess(
        replace(SUCCESS, law=Law.SHOWN), evidence_of(days_of(POOR * 5)), LOOKS
    )
    passed = assess(SUCCESS, evidence_of(days_of(GOOD * 5)), LOOKS)

    assert not shown.decides
    assert overall([shown, passed]).outcome is Outcome.PASS
    assert overall([shown]).outcome is Outcome.NOT_ENOUGH_EVIDENCE


def test_overall_needs_every_criterion():
    passed = assess(SUCCESS, evidence_of(days_of(GOOD * 5)), LOOKS)
    failed = assess(SUCCESS, evidence_of(days_of(POOR * 5)), LOOKS)
    waiting = assess(SUCCESS, evidence_of(days_of(GOOD[:3])), LOOKS)

    assert overall([]).outcome is Outcome.NOT_ENOUGH_EVIDENCE
    assert overall([passed]).outcome is Outcome.PASS
    assert overall([passed, failed]).outcome is Outcome.FAIL
    assert overall([passed, waiting]).outcome is Outcome.NOT_ENOUGH_EVIDENCE
    assert overall([failed, waiting]).outcome is Outcome.FAIL


def test_overall_is_held_by_incidents_and_voided_by_broken_contracts():
    passed = assess(SUCCESS, evidence_of(days_of(GOOD * 5)), LOOKS)
    failed = assess(SUCCESS, evidence_of(days_of(POOR * 5)), LOOKS)
    incident, tampered = Reason("incident_open"), Reason("criteria_changed")

    assert overall([passed], blocking=[incident]).outcome is (
        Outcome.NOT_ENOUGH_EVIDENCE
    )
    assert overall([failed], blocking=[incident]).outcome is Outcome.FAIL
    assert overall([failed], voiding=[tampered]).outcome is (
        Outcome.NOT_ENOUGH_EVIDENCE
    )
