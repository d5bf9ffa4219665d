"""News leads to what it tells of, and is read once it was opened."""

import pytest
from django.urls import reverse

from accounts.enums import Role
from dispatch.enums import NoticeKind
from dispatch.models import Notice
from dispatch.services import post, start_job
from tests.factories import make_brief, make_organisation, make_submission, make_user
from tests.pilots.factories import make_pilot

pytestmark = pytest.mark.django_db


def told(client, person, subject):
    """Post a notice to a person, log in, and open it from the list."""
    (notice,) = post(person, NoticeKind.JOB_FINISHED, subject=subject)
    client.force_login(person)
    url = reverse("account:notice_open", args=[notice.pk])
    return notice, url


def test_notice_leads_to_its_subject_in_each_readers_portal(english):
    pilot = make_pilot(demo=True)
    found = {}

    for role, house in ((Role.OFFICIAL, pilot.city), (Role.VENDOR, pilot.vendor)):
        person = make_user(role, organisation=house)
        _notice, url = told(english, person, pilot)
        found[role] = english.get(url).url

    assert found == {
        Role.OFFICIAL: f"/officials/pilots/{pilot.code}/",
        Role.VENDOR: f"/vendors/pilots/{pilot.code}/",
    }


@pytest.mark.parametrize("page", ["/account/notices/", "/vendors/"])
def test_news_is_a_link_and_opening_it_marks_it_read(english, page):
    submission = make_submission()
    person = make_user(Role.VENDOR, organisation=submission.vendor)
    notice, url = told(english, person, submission)

    shown = english.get(page).text
    english.get(url)
    notice.refresh_from_db()

    assert f'href="{url}"' in shown
    assert notice.read_at is not None


def test_reading_again_keeps_when_it_was_read(english):
    brief = make_brief()
    city = make_organisation(is_demo=True)
    notice, url = told(english, make_user(organisation=city), brief)

    times = set()
    for _again in range(2):
        english.get(url)
        times.add(Notice.objects.get(pk=notice.pk).read_at)

    assert len(times) == 1


def test_notice_of_what_has_no_page_is_no_link(english):
    person = make_user(organisation=make_organisation(is_demo=True))
    notice, url = told(english, person, person)

    shown = english.get("/account/notices/").text
    answer = english.get(url)

    assert notice.sentence in shown
    assert url not in shown
    assert answer.url == "/account/notices/"


def test_job_leads_to_its_page_outside_the_portals(english):
    person = make_user(organisation=make_organisation(is_demo=True))
    job = start_job("report", by=person)
    _notice, url = told(english, person, job)

    assert english.get(url).url == f"/account/jobs/{job.code}/"


def test_notice_of_another_person_does_not_exist(english):
    city = make_organisation(is_demo=True)
    mine, other = make_user(organisation=city), make_user(organisation=city)
    (notice,) = post(other, NoticeKind.JOB_FINISHED, subject=make_brief())
    english.force_login(mine)

    answer = english.get(reverse("account:notice_open", args=[notice.pk]))

    assert answer.status_code == 404
    assert Notice.objects.get(pk=notice.pk).read_at is None
