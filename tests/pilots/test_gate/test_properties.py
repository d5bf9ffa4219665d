from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from pilots.gate import (
    Outcome,
    assess,
)
from tests.pilots.test_gate.cases import (
    DAYS,
    INTERVENTIONS,
    LOOKS,
    MTBF,
    REPAIRS,
    START,
    SUCCESS,
    codes,
    days_of,
    evidence_of,
)

CRITERIA = st.sampled_from([SUCCESS, MTBF, INTERVENTIONS, REPAIRS])
SHARES = st.lists(st.integers(0, 20), min_size=0, max_size=DAYS)


@given(criterion=CRITERIA, as_of=st.integers(0, DAYS - 1))
def test_nothing_measured_is_never_decided(criterion, as_of):
    on = START + timedelta(days=as_of)
    evidence = evidence_of((), as_of=on, fresh_on=on)
    zeros = [replace(day, rows=0) for day in days_of([0] * DAYS, 50)]
    silent = evidence_of(zeros, as_of=on, fresh_on=on)

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
    gone=st.sampled_from(["coverage", "fresh_on", "robots", "days", "roll"]),
)
def test_taking_away_what_is_known_never_decides(numerators, gone):
    empty = {"coverage": None, "fresh_on": None, "robots": {}, "days": (), "roll": ()}
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
