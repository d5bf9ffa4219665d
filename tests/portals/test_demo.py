import json
from datetime import timedelta

import pytest

from accounts.models import Organisation, User
from pilots.models import Deployment
from portals.management.city import cast, fleet, purchase
from portals.management.commands.demo import keep_logins
from procurement.enums import BriefState, SubmissionState
from procurement.models import Brief, Submission

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return cast.settle_in()


def test_everybody_in_the_demo_city_is_flagged_demo(people):
    assert set(cast.people()) == set(people)
    assert not Organisation.objects.filter(is_demo=False).exclude(code="pilotgate")
    assert User.objects.exclude(role="clock").count() == len(cast.PEOPLE)


def test_third_batch_leads_to_a_signed_contract_and_work_for_reviewers(people):
    briefs = purchase.run_third_batch(people)
    contract = purchase.review_and_award(briefs["delivery"], people)
    waiting = purchase.begin_reviews(briefs["care"], people)

    assert contract.state == "signed"
    assert contract.evidence_kind == "sim"
    assert {each["kpi"] for each in contract.criteria} >= {
        "task_success",
        "mtbf",
        "city.demo-city.quick_deliveries.v1",
    }
    assert len(waiting) == 4
    assert set(Brief.objects.values_list("state", flat=True)) == {
        BriefState.AWARDED,
        BriefState.IN_REVIEW,
    }


def test_fourth_batch_has_an_open_brief_with_a_sealed_plan(people):
    purchase.run_third_batch(people)

    call = purchase.open_fourth_batch(people)

    brief = call.briefs.get()
    submission = brief.submissions.get()
    assert (call.state, brief.state) == ("open", BriefState.PUBLISHED)
    assert submission.state == SubmissionState.SUBMITTED
    assert Brief.objects.visible_to(people["mianhe"]).filter(pk=brief.pk)
    assert not Submission.objects.visible_to(people["mianhe"]).filter(pk=submission.pk)


def test_pilot_opens_with_every_contracted_robot(people, settings, tmp_path):
    settings.PILOTGATE_HOME = tmp_path
    briefs = purchase.run_third_batch(people)
    contract = purchase.review_and_award(briefs["inspection"], people)

    pilot = fleet.open_with_robots(
        contract, people, profile="inspection_route", model="LT"
    )

    assert pilot.state == "running"
    assert Deployment.objects.filter(pilot=pilot).count() == contract.robots
    assert len(list((tmp_path / "fleet").glob("*.json"))) == contract.robots


def test_demo_that_was_stopped_halfway_moves_a_pilot_back_once(
    people, settings, tmp_path
):
    settings.PILOTGATE_HOME = tmp_path
    briefs = purchase.run_third_batch(people)
    contract = purchase.review_and_award(briefs["inspection"], people)
    pilot = fleet.open_with_robots(
        contract, people, profile="inspection_route", model="LT"
    )
    opened_on = pilot.starts_on

    for _ in range(2):
        fleet.move_back(pilot, people["official"], days=10)

    pilot.refresh_from_db()
    assert pilot.starts_on == opened_on - timedelta(days=10)


def test_logins_are_kept_for_the_start_to_print(settings, tmp_path):
    settings.PILOTGATE_HOME = tmp_path

    keep_logins()

    told = json.loads((tmp_path / "demo_logins.json").read_text(encoding="utf-8"))
    assert {"persona", "email", "password"} <= set(told[0])
    assert len(told) == len(cast.PEOPLE)
