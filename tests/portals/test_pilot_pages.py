import json
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from accounts.enums import Role
from pilots.enums import GateStep
from pilots.models import Gate, Pilot, VolumeTranche
from pilots.services import deploy_robot
from portals.presenters.figures import figure_text
from procurement.enums import SubmissionState
from tests.factories import (
    make_award,
    make_brief,
    make_contract,
    make_organisation,
    make_robot,
    make_submission,
    make_user,
)
from tests.pilots.bundles import make_bundled_review
from tests.pilots.factories import (
    make_pilot,
    make_pilot_reviewer,
    sign,
    simple_criterion,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def english(client):
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def pilot():
    return make_pilot(demo=True, state="running")


@pytest.fixture
def official(pilot):
    return make_user(Role.OFFICIAL, organisation=pilot.contract.city)


@pytest.fixture
def maker(pilot):
    return make_user(Role.VENDOR, organisation=pilot.contract.vendor)


def test_official_opens_the_pilot_of_a_signed_contract(english):
    brief = make_brief(city=make_organisation(is_demo=True))
    submission = make_submission(SubmissionState.OPENED, (5, 5), brief=brief)
    contract = make_contract(award=make_award(submission=submission))
    english.force_login(make_user(Role.OFFICIAL, organisation=contract.city))

    answer = english.post(
        f"/officials/contracts/{contract.code}/pilot/", {"starts_on": "2099-01-01"}
    )

    assert answer.url == f"/officials/pilots/{Pilot.objects.get().code}/"


def test_dashboard_says_why_the_gate_is_not_passed(english, pilot, official):
    english.force_login(official)

    page = english.get(f"/officials/pilots/{pilot.code}/").content.decode()
    live = english.get(f"/officials/pilots/{pilot.code}/live/").json()

    assert "Not enough evidence" in page
    assert "not decided yet" in live["fragments"]["verdict"]
    assert "was not assessed yet" in page


@pytest.fixture
def ordered():
    """Make a pilot whose first gate is decided; the second begins tomorrow."""
    pilot = make_pilot(
        demo=True, days_ago=30, state="running", criteria=[simple_criterion()]
    )
    review = make_bundled_review(pilot=pilot)
    tomorrow = timezone.localdate() + timedelta(days=1)
    Gate.objects.create(
        pilot=pilot, stage=2, quantity=10, starts_on=tomorrow, ends_on=pilot.ends_on
    )
    return review


def test_dashboard_shows_the_last_gate_until_the_next_begins(english, ordered):
    pilot = ordered.pilot
    english.force_login(make_user(Role.OFFICIAL, organisation=pilot.contract.city))

    live = english.get(f"/officials/pilots/{pilot.code}/live/").json()["fragments"]
    asked = english.get(f"/officials/pilots/{pilot.code}/kpis/availability/")

    begins = date_format(timezone.localdate() + timedelta(days=1))
    assert "Volume gate 1, for 1 robot" in live["verdict"]
    assert f"Gate 2, for 10 robots, begins on {begins}." in live["verdict"]
    assert "not decided yet" not in live["verdict"]
    assert figure_text(ordered.verdicts.get().estimate, "1") in live["tiles"]
    assert "ago" not in live["tiles"]
    assert f"/officials/gates/{ordered.code}/kpis/availability/" in live["tiles"]
    assert asked.url == f"/officials/gates/{ordered.code}/kpis/availability/"


def test_a_decided_gate_leads_down_to_each_robots_raw_rows(english, ordered):
    pilot, gate = ordered.pilot, ordered.gate
    robot = make_robot(vendor=pilot.contract.vendor, code="R-1")
    deploy_robot(pilot=pilot, robot=robot, by=pilot.opened_by)
    english.force_login(make_user(Role.OFFICIAL, organisation=pilot.contract.city))

    kpi = english.get(f"/officials/gates/{ordered.code}/kpis/availability/")
    own = f"/officials/pilots/{pilot.code}/robots/R-1/"
    page = english.get(own, {"review": ordered.code}).content.decode()
    fallen = english.get(own).content.decode()

    noon = pilot.midnight(gate.starts_on) + timedelta(hours=12)
    shown = kpi.content.decode()
    assert f'{own}?review={ordered.code}"' in shown
    assert f'{own}rows/?until_us={int(noon.timestamp())}000000"' in shown
    told = f"gate 1, days up to {date_format(ordered.look.on)}"
    assert told in page
    assert told in fallen


def test_a_first_gate_to_come_is_told_without_a_day_to_come(english):
    pilot = make_pilot(
        demo=True, days_ago=-5, state="running", criteria=[simple_criterion()]
    )
    english.force_login(make_user(Role.OFFICIAL, organisation=pilot.contract.city))

    live = english.get(f"/officials/pilots/{pilot.code}/live/").json()["fragments"]

    begins = date_format(pilot.starts_on)
    assert f"Gate 1, for 1 robot, begins on {begins}." in live["verdict"]
    assert "days up to" not in live["verdict"]


def test_dashboard_is_hidden_from_another_vendor(english, pilot):
    english.force_login(make_user(Role.VENDOR))

    for page in ("", "live/", "stream/", "kpis/availability/"):
        url = f"/vendors/pilots/{pilot.code}/{page}"
        assert english.get(url).status_code == 404


def test_order_is_refused_with_the_reason(english, pilot, official):
    english.force_login(official)
    url = f"/officials/pilots/{pilot.code}/"

    answer = english.post(
        f"{url}order/",
        {"quantity": "1"},
        headers={"referer": f"http://testserver{url}"},
        follow=True,
    )

    assert "not assessed" in answer.content.decode()
    assert not VolumeTranche.objects.exists()


def test_exclusion_needs_a_second_person(english, pilot, official, maker):
    english.force_login(maker)
    typed = {
        "start_at": "2026-11-01T08:00",
        "end_at": "2026-11-01T09:00",
        "reason": "Power cut",
    }
    url = f"/pilots/{pilot.code}/exclusions/"
    english.post(f"/vendors{url}new/", typed)
    exclusion = pilot.exclusions.get()
    english.force_login(official)
    page = english.get(f"/officials/pilots/{pilot.code}/").content.decode()
    english.post(f"/officials{url}{exclusion.pk}/judge/", {"target": "approved"})

    exclusion.refresh_from_db()
    assert "waits for your judgement" in page
    assert (exclusion.approved, exclusion.judged_by) == (True, official)


def test_exclusion_that_ends_before_it_begins_says_so(english, pilot, maker):
    english.force_login(maker)
    typed = {
        "start_at": "2026-11-01T09:00",
        "end_at": "2026-11-01T08:00",
        "reason": "x",
    }

    answer = english.post(f"/vendors/pilots/{pilot.code}/exclusions/new/", typed)

    assert answer.status_code == 422
    assert "must end after it begins" in answer.content.decode()


def test_fast_forward_without_a_robot_says_what_is_missing(english, pilot, official):
    english.force_login(official)
    url = f"/officials/pilots/{pilot.code}/"

    answer = english.post(
        f"{url}forward/", headers={"referer": f"http://testserver{url}"}, follow=True
    )

    assert "deploy one first" in answer.content.decode()


def test_live_sends_every_part(english, pilot, official):
    english.force_login(official)

    answer = english.get(f"/officials/pilots/{pilot.code}/live/")

    assert set(json.loads(answer.content)["fragments"]) == {
        "verdict",
        "tiles",
        "intervals",
        "robots",
        "pace_words",
    }


def contract_in(city):
    brief = make_brief(city=city)
    submission = make_submission("opened", (5, 5), brief=brief)
    return make_contract(award=make_award(submission=submission))


@pytest.mark.parametrize("many", [1, 100])
def test_pilot_list_asks_the_same_number_of_queries(
    english, many, django_assert_num_queries
):
    first = make_pilot(demo=True, state="running")
    for _ in range(many - 1):
        make_pilot(contract=contract_in(first.contract.city), state="running")
    english.force_login(make_user(Role.OFFICIAL, organisation=first.contract.city))

    with django_assert_num_queries(8):
        english.get("/officials/pilots/")


def gate_row(client, portal):
    """Return the texts of the one row of a portal's list of gates."""
    (row,) = client.get(f"/{portal}/gates/").context["table"].rows
    return [cell.text for cell in row]


def test_gates_say_what_is_read_next_and_that_nobody_signs_yet(english, official):
    english.force_login(official)

    _pilot, gate, verdict, look, signer = gate_row(english, "officials")

    assert (gate, verdict, signer) == ("Gate 1", "Not assessed yet", "Nobody yet")
    first = Gate.objects.get().looks.first()
    assert look == date_format(first.on)


def test_gates_name_who_signs_next_to_each_reader(english):
    review = make_bundled_review(state="in_review")
    pilot = review.pilot
    reviewer = make_pilot_reviewer(pilot=pilot)
    readers = {
        "institutes": reviewer,
        "officials": make_user(Role.OFFICIAL, organisation=pilot.city),
        "vendors": make_user(Role.VENDOR, organisation=pilot.vendor),
    }
    seen = []

    for step in (None, GateStep.RECOMMEND, GateStep.DECIDE, GateStep.APPROVE):
        if step == GateStep.RECOMMEND:
            sign(review, step, reviewer)
        elif step:
            sign(review, step, make_user(organisation=pilot.city))
        told = {}
        for portal, person in readers.items():
            english.force_login(person)
            told[portal] = gate_row(english, portal)[-1]
        seen.append(told)

    one, two, three = (
        "An institute's reviewer",
        "An official of the city",
        "A second official",
    )
    assert seen == [
        {"institutes": "You", "officials": one, "vendors": one},
        {"institutes": two, "officials": "You", "vendors": two},
        {"institutes": three, "officials": "You", "vendors": three},
        dict.fromkeys(readers, "Fully signed"),
    ]
