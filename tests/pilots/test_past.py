"""A demo pilot's past counts once all of it is there, and not a part of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dispatch.models import Delivery
from pilots import services, tasks
from pilots.errors import NotMeasuredYetError
from pilots.models import GateReview
from pilots.services.robots import fleet_file, fleet_folder
from robot_bridge.simulator import credentials
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


def played(pilot):
    deployments = pilot.deployments.select_related("robot__vendor").order_by("pk")
    files = [fleet_file(each.robot) for each in deployments]
    return [credentials.read(file) for file in files if file.exists()]


def test_robots_of_a_pilot_share_a_first_day_though_its_start_moves(walk):
    one = walk(criteria=[simple_criterion()])
    signed_for = one.pilot.starts_on
    services.fast_forward(pilot=one.pilot, by=one.first, days=40)
    task = Delivery.objects.get(payload__task="pilots.send_past")
    tasks.send_past(**task.payload["arguments"])
    one.pilot.refresh_from_db()
    for leaving in one.pilot.deployments.all():
        services.withdraw_robot(deployment=leaving, by=one.maker, reason="Spares due.")
        services.withdraw_robot(deployment=leaving, by=one.first)

    one.enrol("Q-late", "welding_line_good")

    assert one.pilot.starts_on == signed_for - timedelta(days=40)
    assert {each.first_day for each in played(one.pilot)} == {signed_for}


def test_past_of_a_robot_without_a_first_day_gives_it_the_pilots_and_keeps_it(walk):
    one = walk(criteria=[simple_criterion()])
    known = played(one.pilot)
    for robot in known:
        credentials.write(fleet_folder(), replace(robot, first_day=None))

    services.fast_forward(pilot=one.pilot, by=one.first)
    task = Delivery.objects.get(payload__task="pilots.send_past")
    tasks.send_past(**task.payload["arguments"])

    one.pilot.refresh_from_db()
    assert played(one.pilot) == [
        replace(robot, first_day=one.pilot.starts_on) for robot in known
    ]


@pytest.mark.parametrize(
    ("chosen", "lived"),
    [("welding_line_bad", "welding_line_bad"), (None, "welding_line_good")],
)
def test_profile_chosen_wins_over_a_robots_own_file(walk, chosen, lived):
    one = walk(profile="welding_line_good", criteria=[simple_criterion()])

    services.fast_forward(pilot=one.pilot, by=one.first, days=2, profile=chosen)
    task = Delivery.objects.get(payload__task="pilots.send_past")
    tasks.send_past(**task.payload["arguments"])

    assert {each.profile for each in played(one.pilot)} == {lived}
