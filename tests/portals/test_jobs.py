"""Long work on pages and in the API: who sees it, how far it is, who stops it."""

import pytest
from django.urls import reverse

from accounts.enums import Role
from accounts.services import clock
from dispatch.enums import JobKind, JobState
from dispatch.services import progress, running, start_job
from tests.factories import make_organisation, make_user
from tests.pilots.factories import make_pilot
from tests.portals.calling import bearer

pytestmark = pytest.mark.django_db
LIST = "/account/jobs/"


@pytest.fixture
def pilot():
    return make_pilot(demo=True)


@pytest.fixture
def official(pilot, english):
    user = make_user(Role.OFFICIAL, organisation=pilot.city)
    english.force_login(user)
    return user


@pytest.fixture
def job(pilot, official):
    made = start_job(JobKind.FAST_FORWARD, by=official, subject=pilot, total=40)
    with running(made):
        progress(made, done=10)
        yield made


def test_list_draws_the_bar_and_asks_again_while_it_moves(english, job):
    page, rows = english.get(LIST), english.get(LIST, headers={"hx-request": "true"})

    for shown in (page.text, rows.text):
        assert 'max="40" value="10"' in shown
        assert "10 / 40 · 25%" in shown
        assert 'hx-trigger="every 2s"' in shown
    assert "<html" not in rows.text


def test_list_of_what_has_ended_does_not_ask_again(english, official):
    made = start_job(JobKind.RECOMPUTE, by=official, total=1)
    with running(made):
        progress(made, done=1)

    assert "hx-trigger" not in english.get(LIST).text


def test_page_leads_to_the_subject_and_back_to_the_list(english, job, pilot):
    shown = english.get(reverse("account:job_detail", args=[job.code])).text

    assert f'href="/officials/pilots/{pilot.code}/"' in shown
    assert f'href="{LIST}"' in shown
    assert f'action="{reverse("account:job_cancel", args=[job.code])}"' in shown


def test_cancelling_is_said_until_the_work_has_stopped(english, job):
    english.post(reverse("account:job_cancel", args=[job.code]))

    shown = english.get(reverse("account:job_detail", args=[job.code])).text

    assert "it stops at its next step" in shown
    assert "job_cancel" not in shown


def test_auditor_sees_the_work_and_stops_nothing(english, job, pilot):
    english.force_login(make_user(Role.AUDITOR, organisation=pilot.city))
    cancel = reverse("account:job_cancel", args=[job.code])

    shown = english.get(reverse("account:job_detail", args=[job.code])).text
    refused = english.post(cancel)

    assert cancel not in shown
    assert refused.status_code == 403


@pytest.mark.parametrize(
    ("role", "seen"), [(Role.OFFICIAL, True), (Role.VENDOR, False)]
)
def test_platforms_own_work_is_a_citys_to_see(english, pilot, role, seen):
    house = pilot.city if role == Role.OFFICIAL else pilot.vendor
    english.force_login(make_user(role, organisation=house))
    made = start_job(JobKind.RECOMPUTE, by=clock(), total=3)

    assert (made.code in english.get(LIST).text) is seen


def test_work_of_another_organisation_is_not_seen(english, job):
    stranger = make_user(organisation=make_organisation(is_demo=True))
    english.force_login(stranger)

    assert job.code not in english.get(LIST).text


def test_api_tells_and_cancels_a_job(client, job, official):
    token = bearer(official, "read"), bearer(official, "write")

    told = client.get(f"/api/v1/jobs/{job.code}/", headers=token[0]).json()
    found = client.get("/api/v1/jobs/?state=running", headers=token[0]).json()
    after = client.post(f"/api/v1/jobs/{job.code}/cancel/", headers=token[1]).json()

    assert (told["done"], told["total"], told["percent"]) == (10, 40, 25)
    assert told["moved_at"]
    assert [each["code"] for each in found["results"]] == [job.code]
    assert after["cancel_requested_at"]


def test_interrupted_work_ends_as_cancelled(official):
    made = start_job(JobKind.RECOMPUTE, by=official, total=1)

    with pytest.raises(KeyboardInterrupt), running(made):
        raise KeyboardInterrupt

    made.refresh_from_db()
    assert made.state == JobState.CANCELLED
    assert made.finished_at
