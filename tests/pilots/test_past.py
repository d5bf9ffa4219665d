"""A demo pilot's past counts once all of it is there, and not a part of it."""

import pytest

from dispatch.models import Delivery
from pilots import services, tasks
from pilots.errors import NotMeasuredYetError
from pilots.models import GateReview
from tests.pilots.factories import simple_criterion

pytestmark = pytest.mark.django_db


def test_no_look_is_read_before_the_past_is_sent_and_settled(walk):
    one = walk(criteria=[simple_criterion()])
    services.fast_forward(pilot=one.pilot, by=one.first)
    with pytest.raises(NotMeasuredYetError):
        services.assess_gate(pilot=one.pilot)

    task = Delivery.objects.get(payload__task="pilots.send_past")
    tasks.send_past(**task.payload["arguments"])
    with pytest.raises(NotMeasuredYetError):
        services.assess_gate(pilot=one.pilot)
    assert not GateReview.objects.exists()

    one.drain()
    assert services.assess_gate(pilot=one.pilot).verdicts.exists()
