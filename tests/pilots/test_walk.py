"""A pilot from its opening to an order, on what the simulator really sends."""

import pytest

from accounts.errors import NotAllowedError
from dispatch.enums import JobState
from pilots import services
from pilots.errors import GateClosedError
from pilots.models import VolumeTranche
from tests.pilots.factories import simple_criterion


def test_a_good_pilot_reaches_its_first_tranche(walk):
    good = walk(
        criteria=[
            simple_criterion(),
            simple_criterion("task_success", minimum="0.95", target="0.98"),
        ]
    )
    job = good.forward()
    review = services.assess_gate(pilot=good.pilot)
    good.pilot.refresh_from_db()

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
