import re

import pytest

from accounts.enums import Role
from procurement.enums import AssignmentState, SubmissionState
from procurement.models import Assignment, Score, Submission
from tests.factories import (
    make_assignment,
    make_brief,
    make_organisation,
    make_submission,
    make_user,
)

pytestmark = pytest.mark.django_db

PLAN = {
    "summary": "s",
    "scenario_fit": "f",
    "approach": "a",
    "robot_maker": "Maker",
    "robot_model": "M1",
    "robots": "2",
    "interfaces": ["native"],
    "data_needed": "d",
    "site_needs": "n",
    "safety_concept": "c",
    "service_concept": "v",
    "software_policy": "p",
    "poc_price_cny": "1000",
    "unit_price_cny": "1000",
}


def milestones(*weeks):
    rows = {
        "milestones-TOTAL_FORMS": str(len(weeks)),
        "milestones-INITIAL_FORMS": "0",
    }
    for number, each in enumerate(weeks):
        rows[f"milestones-{number}-title"] = f"Stage {number}"
        rows[f"milestones-{number}-weeks"] = str(each)
    return rows


@pytest.fixture
def english(client):
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def vendor():
    return make_user(Role.VENDOR)


def test_vendor_answers_a_brief_by_clicks(english, vendor):
    brief = make_brief(poc_robots=2)
    english.force_login(vendor)

    started = english.post(f"/vendors/briefs/{brief.code}/answer/")
    code = Submission.objects.get().code
    listed = english.get(started.url).content.decode()
    english.post(f"/vendors/submissions/{code}/plan/", PLAN)
    english.post(f"/vendors/submissions/{code}/milestones/", milestones(4, 5))
    checked = english.get(f"/vendors/submissions/{code}/check/").content.decode()
    english.post(f"/vendors/submissions/{code}/submit/")
    receipt = english.get(f"/vendors/submissions/{code}/").content.decode()

    submission = Submission.objects.get()
    assert "Still missing" in listed
    assert "Still missing" not in checked
    assert submission.state == SubmissionState.SUBMITTED
    assert submission.content_digest in receipt


def test_submit_says_what_is_missing(english, vendor):
    brief = make_brief()
    english.force_login(vendor)
    english.post(f"/vendors/briefs/{brief.code}/answer/")
    code = Submission.objects.get().code

    answer = english.post(f"/vendors/submissions/{code}/submit/")

    assert answer.status_code >= 400
    assert "8 to 12 weeks" in answer.content.decode()
    assert Submission.objects.get().state == SubmissionState.DRAFT


def test_autosave_keeps_what_was_typed_and_refuses_what_is_not_a_number(
    english, vendor
):
    brief = make_brief()
    english.force_login(vendor)
    english.post(f"/vendors/briefs/{brief.code}/answer/")
    url = f"/vendors/submissions/{Submission.objects.get().code}/plan/"
    asks = {"accept": "application/json"}

    good = english.post(url, {"summary": "half"}, headers=asks)
    bad = english.post(url, {"unit_price_cny": "much"}, headers=asks)

    assert (good.status_code, bad.status_code) == (200, 422)
    assert Submission.objects.get().plan.summary == "half"
    assert "number" in bad.json()["detail"]


def test_plan_marks_what_submitting_needs(english, vendor):
    english.force_login(vendor)
    english.post(f"/vendors/briefs/{make_brief().code}/answer/")
    code = Submission.objects.get().code

    page = english.get(f"/vendors/submissions/{code}/plan/").content.decode()

    marks = re.findall(
        r"(Summary|Interfaces|Software updates)\s*<span\s+class=\"pg-optional\"\s*>"
        r"(.*?)</span>",
        page,
        re.DOTALL,
    )
    assert dict(marks) == {
        "Summary": "(needed to submit)",
        "Interfaces": "(needed to submit)",
        "Software updates": "(optional)",
    }


def test_submission_of_another_vendor_does_not_exist(english, vendor):
    theirs = make_submission(SubmissionState.SUBMITTED)
    english.force_login(vendor)

    assert english.get(f"/vendors/submissions/{theirs.code}/").status_code == 404


def test_official_meets_no_submission_before_the_opening(english):
    city = make_organisation(is_demo=True)
    theirs = make_submission(SubmissionState.SUBMITTED, brief=make_brief(city=city))
    english.force_login(make_user(Role.OFFICIAL, organisation=city))

    assert english.get(f"/officials/submissions/{theirs.code}/").status_code == 404
    assert theirs.code not in english.get("/officials/submissions/").content.decode()


@pytest.fixture
def assigned():
    institute = make_organisation("institute", is_demo=True)
    reviewer = make_user(Role.REVIEWER, organisation=institute)
    return make_assignment(reviewer=reviewer)


def test_reviewer_reads_only_after_declaring(english, assigned):
    english.force_login(assigned.reviewer)
    url = f"/institutes/assignments/{assigned.code}/"

    before = english.get(url).content.decode()
    english.post(f"{url}declare/", {"has_conflict": "no"})
    after = english.get(url).content.decode()

    assert "Technical plan" not in before
    assert "Technical plan" in after


def test_conflict_bars_the_reviewer_for_good(english, assigned):
    english.force_login(assigned.reviewer)
    url = f"/institutes/assignments/{assigned.code}/"

    english.post(f"{url}declare/", {"has_conflict": "yes", "ground": "family"})
    page = english.get(url).content.decode()

    assert Assignment.objects.get().state == AssignmentState.BARRED
    assert "Technical plan" not in page


def test_declaration_asks_for_an_answer(english, assigned):
    english.force_login(assigned.reviewer)

    answer = english.post(f"/institutes/assignments/{assigned.code}/declare/", {})

    assert answer.status_code == 422
    assert Assignment.objects.get().state == AssignmentState.ASSIGNED


def test_reviewer_scores_and_finishes(english, assigned):
    english.force_login(assigned.reviewer)
    url = f"/institutes/assignments/{assigned.code}/"
    english.post(f"{url}declare/", {"has_conflict": "no"})
    criteria = list(assigned.submission.brief.call.criteria.all())
    sheet = {f"criterion-{each.number}-points": "7" for each in criteria}

    early = english.post(f"{url}move/finished/")
    english.post(f"{url}score/", sheet)
    done = english.post(f"{url}move/finished/")

    assert early.status_code >= 400
    assert done.url == "/institutes/assignments/"
    assert Score.objects.count() == len(criteria)
    assert Assignment.objects.get().state == AssignmentState.FINISHED
