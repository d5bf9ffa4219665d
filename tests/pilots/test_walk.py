"""A pilot from its opening to an order, on what the simulator really sends."""

import pytest

from accounts.errors import NotAllowedError
from dispatch.enums import JobState
from pilots import services
from pilots.errors import GateClosedError
from pilots.gate import assess, capsule
from pilots.models import GateReview, VolumeTranche
from procurement import sealing
from tests.pilots.factories import simple_criterion


def bundle_tells_the_same(review):
    """Judge again from the stored bundle alone."""
    review = GateReview.objects.get(pk=review.pk)
    assert sealing.digest(review.bundle) == review.bundle_digest
    for told in review.bundle["kpis"]:
        verdict = assess(
            capsule.criterion_from(told["criterion"]),
            capsule.evidence_from(told["evidence"]),
            capsule.looks_from(told["looks"]),
        )
        kept = review.verdicts.get(kpi=told["criterion"]["kpi"])
        assert str(verdict.outcome) == kept.outcome
        assert (verdict.num, verdict.den) == (kept.num, kept.den)


def standing_tells_the_same(standing, review):
    """Hold the live states' integers against those the gate took from the lake."""
    assert standing.overall.outcome == review.outcome
    told = {each["criterion"]["kpi"]: each for each in review.bundle["kpis"]}
    for each in standing.kpis:
        kept = capsule.evidence_from(told[each.criterion.kpi]["evidence"])
        live = [day for day in each.evidence.days if day.on <= kept.as_of]
        assert list(kept.days) == live


def test_a_good_pilot_reaches_its_first_tranche(walk):
    good = walk(
        criteria=[
            simple_criterion(),
            simple_criterion("task_success", minimum="0.95", target="0.98"),
        ]
    )
    job = good.forward()
    standing = services.gate_state(good.pilot)
    review = services.assess_gate(pilot=good.pilot)
    good.pilot.refresh_from_db()
    bundle_tells_the_same(review)
    standing_tells_the_same(standing, review)

    assert job.state == JobState.DONE
    assert review.outcome == "pass"
    assert good.pilot.state == "in_review"
    with pytest.raises(GateClosedError, match="three signatures"):
        services.order_tranche(pilot=good.pilot, quantity=1, by=good.first)
    good.sign(review)
    assert good.pilot.state == "promoted"
    with pytest.raises(NotAllowedError):
        services.order_tranche(pilot=good.pilot, quantity=1, by=good.maker)
    tranche = services.order_tranche(pilot=good.pilot, quantity=1, by=good.first)
    with pytest.raises(GateClosedError, match="not assessed"):
        services.order_tranche(pilot=good.pilot, quantity=10, by=good.first)
    assert tranche.quantity == 1


def test_a_bad_pilot_reaches_refusal(walk):
    bad = walk(profile="welding_line_bad")
    bad.forward()
    review = services.assess_gate(pilot=bad.pilot)
    bad.sign(review, "no")

    assert review.outcome == "fail"
    assert bad.pilot.state == "refused"
    with pytest.raises(GateClosedError, match="failed"):
        services.order_tranche(pilot=bad.pilot, quantity=1, by=bad.first)
    assert not VolumeTranche.objects.exists()
