"""What PostgreSQL refuses once a gate is decided, and before it is, by raw SQL."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from pilots.models import Deployment
from tests.factories import make_robot
from tests.pilots.factories import make_pilot, make_review, sign_fully
from tests.pilots.refusals import refused

pytestmark = pytest.mark.django_db


def run(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def move(pilot, state):
    run("UPDATE pilots_pilot SET state = %s WHERE id = %s", state, pilot.pk)
    pilot.refresh_from_db()


def deploy(pilot, **fields):
    given = {
        "robot": make_robot(vendor=pilot.contract.vendor),
        "start_at": pilot.midnight(pilot.starts_on),
        "deployed_by": pilot.opened_by,
    }
    return Deployment.objects.create(pilot=pilot, **given | fields)


@pytest.mark.parametrize("source", ["planned", "running", "in_review"])
def test_an_undecided_pilot_is_neither_promoted_nor_refused(source):
    pilot = make_pilot(days_ago=30, state=source)

    with refused("promotion_needs_a_review_that_unlocks"):
        move(pilot, "promoted")
    with refused("refusal_needs_three_signatures"):
        move(pilot, "refused")
    for state in ("promoted", "refused"):
        with refused("promotion_needs_a_review|refusal_needs_three"):
            make_pilot(state=state)


def test_a_passed_and_signed_pilot_is_promoted_and_never_refused():
    review = make_review()
    pilot = review.gate.pilot
    with refused("promotion_needs_a_review_that_unlocks"):
        move(pilot, "promoted")
    sign_fully(review)

    with refused("refusal_needs_three_signatures"):
        move(pilot, "refused")
    move(pilot, "promoted")
    assert pilot.state == "promoted"


@pytest.mark.parametrize("outcome", ["pass", "fail"])
def test_a_pilot_signed_no_is_refused_and_never_promoted(outcome):
    review = make_review(outcome=outcome)
    pilot = review.gate.pilot
    sign_fully(review, "no")

    with refused("promotion_needs_a_review_that_unlocks"):
        move(pilot, "promoted")
    move(pilot, "refused")
    assert pilot.state == "refused"


def test_another_pilots_review_promotes_nobody_else():
    sign_fully(make_review())

    with refused("promotion_needs_a_review_that_unlocks"):
        move(make_pilot(days_ago=30), "promoted")


@pytest.mark.parametrize("outcome", ["pass", "fail"])
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE pilots_deployment SET start_at = start_at + interval '1 hour'",
        "UPDATE pilots_deployment SET end_at = start_at + interval '20 days'",
        "UPDATE pilots_deployment SET robot_id = %s",
        "DELETE FROM pilots_deployment",
    ],
)
def test_a_deployment_stands_in_the_days_a_decided_review_covers(outcome, change):
    pilot = make_pilot(days_ago=30)
    deploy(pilot)
    other = make_robot(vendor=pilot.contract.vendor)
    make_review(look=pilot.gates.get().looks.first(), outcome=outcome)

    with refused("deployment_stands_as_reviewed"):
        run(change, *([other.pk] if "%s" in change else []))


def test_a_deployment_ends_and_begins_freely_after_the_days_reviewed():
    pilot = make_pilot(days_ago=30)
    look = pilot.gates.get().looks.first()
    over = pilot.midnight(look.on + timedelta(days=1))
    open_one, later = deploy(pilot), deploy(pilot, start_at=timezone.now())
    make_review(look=look)
    one = "UPDATE pilots_deployment SET end_at = %s WHERE id = %s"

    with refused("deployment_stands_as_reviewed"):
        run(one, over - timedelta(seconds=1), open_one.pk)
    run(one, over, open_one.pk)
    run(
        "UPDATE pilots_deployment SET start_at = start_at + interval '1 hour' "
        "WHERE id = %s",
        later.pk,
    )
    with refused("deployment_stands_as_reviewed"):
        run(
            "UPDATE pilots_deployment SET start_at = %s WHERE id = %s",
            over - timedelta(days=1),
            later.pk,
        )


def test_a_deployment_moves_while_nothing_is_decided():
    pilot = make_pilot(days_ago=30)
    made = deploy(pilot)
    look = pilot.gates.get().looks.first()
    make_review(look=look, outcome="not_enough_evidence")

    run("UPDATE pilots_deployment SET start_at = start_at + interval '1 day'")
    made.refresh_from_db()
    assert made.start_at == pilot.midnight(pilot.starts_on) + timedelta(days=1)
