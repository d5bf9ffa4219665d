from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pilots.gate import (
    Comparator,
    Criterion,
    Day,
    Evidence,
    Law,
    Look,
    Outcome,
    Reason,
    assess,
    overall,
    preview,
)

START = date(2026, 3, 2)
DAYS = 70
LOOKS = tuple(
    Look(number, START + timedelta(days=day - 1))
    for number, day in enumerate(range(28, DAYS + 1, 7), 1)
)
SUCCESS = Criterion(
    kpi="task_success",
    law=Law.RATE_BY_DAY,
    comparator=Comparator.AT_LEAST,
    minimum=Fraction(93, 100),
    target=Fraction(96, 100),
    coverage_min=Fraction(9, 10),
    evidence_kind="live",
)
MTBF = replace(
    SUCCESS,
    kpi="mtbf",
    law=Law.TIME_PER_COUNT,
    minimum=Fraction(40),
    target=Fraction(80),
    unit="h",
    scale=Fraction(1, 3_600_000_000),
)
INTERVENTIONS = replace(
    SUCCESS,
    kpi="interventions_per_h",
    law=Law.COUNT_PER_TIME,
    comparator=Comparator.AT_MOST,
    minimum=Fraction(1, 40),
    target=Fraction(1, 80),
    unit="/h",
    scale=Fraction(3_600_000_000),
)
REPAIRS = replace(
    SUCCESS, kpi="repairs_30min", law=Law.SHARE_OF_CASES, minimum=Fraction(9, 10)
)
GOOD = [49, 50, 48, 50, 50, 49, 47]
POOR = [44, 41, 46, 40, 43, 45, 42]


def days_of(numerators, den=50):
    return tuple(
        Day(START + timedelta(days=i), num, den) for i, num in enumerate(numerators)
    )


def evidence_of(days, **changes):
    known = {
        "kind": "live",
        "days": tuple(days),
        "due_days": tuple(START + timedelta(days=i) for i in range(DAYS)),
        "as_of": START + timedelta(days=len(days) - 1),
        "fresh_on": START + timedelta(days=len(days) - 1),
        "coverage": Fraction(99, 100),
        "robots": {"R1": tuple(days)},
        "robots_due": 1,
    }
    return Evidence(**known | changes)


def codes(verdict):
    return [reason.code for reason in verdict.reasons]


def test_good_days_pass_at_the_first_look_that_shows_it():
    verdict = assess(SUCCESS, evidence_of(days_of(GOOD * 5)), LOOKS)

    assert verdict.outcome is Outcome.PASS
    assert verdict.look == LOOKS[0]
    assert verdict.low > 0.93
    assert (verdict.num, verdict.den) == (sum(GOOD) * 5, 35 * 50)


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
    ],
)
@pytest.mark.parametrize("numerators", [GOOD, POOR])
def test_doubtful_evidence_decides_nothing(changes, code, numerators):
    evidence = evidence_of(days_of(numerators * 5), **changes)

    verdict = assess(SUCCESS, evidence, LOOKS)

    assert verdict.outcome is Outcome.NOT_ENOUGH_EVIDENCE
    assert codes(verdict) == [code]
    assert verdict.estimate is not None


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


def mtbf_days(failures, hours=20):
    return tuple(
        Day(START + timedelta(days=i), hours * 3_600_000_000, n)
        for i, n in enumerate(failures)
    )


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


CRITERIA = st.sampled_from([SUCCESS, MTBF, INTERVENTIONS, REPAIRS])
SHARES = st.lists(st.integers(0, 20), min_size=0, max_size=DAYS)


@given(criterion=CRITERIA, as_of=st.integers(0, DAYS - 1))
def test_nothing_measured_is_never_decided(criterion, as_of):
    on = START + timedelta(days=as_of)
    evidence = evidence_of((), as_of=on, fresh_on=on)
    silent = evidence_of(days_of([0] * DAYS, 0), as_of=on, fresh_on=on)

    assert assess(criterion, evidence, LOOKS).outcome is Outcome.NOT_ENOUGH_EVIDENCE
    assert assess(criterion, silent, LOOKS).outcome is Outcome.NOT_ENOUGH_EVIDENCE


@settings(max_examples=60)
@given(numerators=SHARES, cut=st.integers(0, DAYS))
def test_cutting_off_the_end_never_makes_a_pass(numerators, cut):
    whole = days_of(numerators, 20)
    at_end = START + timedelta(days=max(len(whole) - 1, 0))
    full = assess(SUCCESS, evidence_of(whole, as_of=at_end, fresh_on=at_end), LOOKS)
    kept = whole[:cut]
    last = kept[-1].on if kept else None
    cut_off = assess(SUCCESS, evidence_of(kept, as_of=at_end, fresh_on=last), LOOKS)

    if full.outcome is not Outcome.PASS:
        assert cut_off.outcome is not Outcome.PASS


@settings(max_examples=60)
@given(
    numerators=st.lists(st.integers(15, 20), min_size=28, max_size=DAYS),
    gone=st.sampled_from(["coverage", "fresh_on", "robots", "days"]),
)
def test_taking_away_what_is_known_never_decides(numerators, gone):
    empty = {"coverage": None, "fresh_on": None, "robots": {}, "days": ()}
    evidence = replace(evidence_of(days_of(numerators, 20)), **{gone: empty[gone]})

    assert assess(SUCCESS, evidence, LOOKS).outcome is Outcome.NOT_ENOUGH_EVIDENCE


@settings(max_examples=60)
@given(
    numerators=st.lists(st.integers(15, 20), min_size=28, max_size=DAYS),
    keep=st.integers(0, 27),
)
def test_fewer_days_than_the_law_needs_never_decide(numerators, keep):
    whole = days_of(numerators, 20)
    sparse = (*whole[: keep - 1], whole[-1]) if keep else ()
    evidence = evidence_of(
        sparse, as_of=whole[-1].on, fresh_on=whole[-1].on, robots={"R1": sparse}
    )

    assert assess(SUCCESS, evidence, LOOKS).outcome is Outcome.NOT_ENOUGH_EVIDENCE


@settings(max_examples=40)
@given(numerators=st.lists(st.integers(12, 20), min_size=28, max_size=DAYS))
def test_a_verdict_agrees_with_its_own_interval(numerators):
    verdict = assess(SUCCESS, evidence_of(days_of(numerators, 20)), LOOKS)

    if verdict.outcome is Outcome.PASS:
        assert verdict.low > 0.93 - 1e-6
    if verdict.outcome is Outcome.FAIL:
        assert verdict.high < 0.93 + 1e-6
    assert not (verdict.outcome is Outcome.PASS and "undecided" in codes(verdict))
