"""A purchase by programs alone: from a call to a signed contract."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from procurement.models import Submission
from tests.factories import pass_deadline
from tests.portals.calling import Caller
from tests.procurement.walk import MILESTONES, PLAN, Walk

pytestmark = pytest.mark.django_db
WRITTEN = {
    name: str(value) if isinstance(value, Decimal) else value
    for name, value in PLAN.items()
}


@pytest.fixture
def walk():
    return Walk().publish()


def drafted(walk, vendor, **plan):
    answer = Caller(vendor).post(
        "submissions/",
        brief=walk.brief.code,
        plan=WRITTEN | plan,
        milestones=MILESTONES,
    )
    assert answer.status_code == 201, answer.json()
    return answer.json()


def test_purchase_runs_from_draft_to_signed_contract(walk):
    official, vendor, reviewer = (
        Caller(each) for each in (walk.official, walk.vendor(), walk.reviewer())
    )
    brief, call = f"briefs/{walk.brief.code}/", f"calls/{walk.call.code}/"

    draft = vendor.post("submissions/", brief=walk.brief.code).json()
    lacking = vendor.get(f"submissions/{draft['code']}/missing/").json()
    own = f"submissions/{draft['code']}/"
    saved = vendor.patch(own, plan=WRITTEN, milestones=MILESTONES).json()
    submitted = vendor.post(f"{own}submit/")
    opened = official.post(f"{call}advance/", target="opened")
    minutes = official.get(f"{call}minutes/").json()
    (load,) = official.get(f"{brief}reviewers/").json()
    review = official.post(f"{own}assign/", reviewer=load["id"]).json()
    assigned = f"assignments/{review['code']}/"
    reviewer.post(f"{assigned}declare/", has_conflict=False)
    sheet = [
        {"criterion": each["number"], "points": "8"}
        for each in opened.json()["criteria"]
    ]
    reviewer.post(f"{assigned}score/", scores=sheet)
    finished = reviewer.post(f"{assigned}finish/").json()
    (rank,) = official.get(f"{brief}ranking/").json()
    award = official.post("awards/", submission=draft["code"], reason="The best.")
    today = timezone.localdate().isoformat()
    contract = official.post(
        f"awards/{award.json()['code']}/contract/", starts_on=today
    ).json()
    vendor.post(f"contracts/{contract['code']}/sign/")
    signed = official.post(f"contracts/{contract['code']}/sign/").json()

    assert {each["rule"] for each in lacking} >= {"plan_is_complete"}
    assert saved["plan"]["unit_price_cny"] == "320000.50"
    assert submitted.json()["submitted_at"] is not None
    assert minutes["received"] == 1
    assert finished["state"] == "finished"
    assert (rank["submission"], rank["mean"]) == (draft["code"], "80.00")
    assert award.status_code == 201
    assert signed["state"] == "signed"
    assert len(signed["criteria"]) == 2


def test_call_is_drafted_opened_and_put_off():
    walk = Walk()
    official = Caller(walk.official)
    now = timezone.now()

    made = official.post(
        "calls/",
        programme=walk.call.programme.code,
        batch_no=4,
        title_zh="第四批",
        title_en="Fourth batch",
        opens_at=(now - timedelta(days=1)).isoformat(),
        closes_at=(now + timedelta(days=9)).isoformat(),
    )
    own = f"calls/{made.json()['code']}/"
    later = (now + timedelta(days=20)).isoformat()
    opened = official.post(f"{own}advance/", target="open")
    put_off = official.post(f"{own}deadline/", closes_at=later, reason="A holiday.")

    assert made.status_code == 201
    assert sum(each["weight"] for each in made.json()["criteria"]) == 100
    assert opened.json()["state"] == "open"
    assert put_off.json()["closes_at"].startswith(later[:10])


def test_draft_brief_is_published_and_cancelled():
    walk = Walk()
    official, own = Caller(walk.official), f"briefs/{walk.brief.code}/advance/"

    published = official.post(own, target="published")
    unreasoned = official.post(own, target="cancelled")
    cancelled = official.post(own, target="cancelled", reason="The need is gone.")

    assert published.json()["state"] == "published"
    assert unreasoned.json()["detail"] == "Say why the brief is cancelled."
    assert cancelled.json()["state"] == "cancelled"


def test_incomplete_submission_lists_every_rule_that_objects(walk):
    vendor = walk.vendor()
    draft = drafted(walk, vendor, summary="", robots=1)

    refused = Caller(vendor).post(f"submissions/{draft['code']}/submit/")

    assert refused.status_code == 409
    fields = {each["field"] for each in refused.json()["problems"]}
    assert fields == {"summary", "robots"}
    assert Submission.objects.get(code=draft["code"]).state == "draft"


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "stays a draft: it is not submitted"), ("zh-hans", "仍为草稿，未提交")],
)
def test_late_submission_stays_a_draft_and_says_so(walk, language, words):
    vendor = walk.vendor()
    draft = drafted(walk, vendor)
    pass_deadline(walk.call, close=False)

    late = Caller(vendor, language=language).post(
        f"submissions/{draft['code']}/submit/"
    )

    assert late.status_code == 409
    assert late.json()["code"] == "submission_before_the_deadline"
    assert words in late.json()["detail"]
    kept = Submission.objects.get(code=draft["code"])
    assert (kept.state, kept.plan.summary) == ("draft", PLAN["summary"])


def test_submitted_content_changes_by_a_revision_alone(walk):
    vendor = walk.vendor()
    submission = walk.submission(vendor)
    caller, own = Caller(vendor), f"submissions/{submission.code}/"

    refused = caller.patch(own, plan={"summary": "Another."})
    revision = caller.post("submissions/", brief=walk.brief.code).json()

    assert refused.status_code == 400
    assert "only a draft can be changed" in refused.json()["detail"]
    assert revision["code"] != submission.code
    assert revision["plan"]["summary"] == PLAN["summary"]


def test_withdrawn_submission_takes_no_part(walk):
    vendor = walk.vendor()
    submission = walk.submission(vendor)

    answer = Caller(vendor).post(f"submissions/{submission.code}/withdraw/")

    assert answer.json()["state"] == "withdrawn"


def test_reviewer_reads_the_plan_only_after_declaring(walk):
    submission = walk.submission()
    walk.open(submission)
    reviewer = walk.reviewer()
    assignment = walk.assignment(submission, reviewer)
    caller, own = Caller(reviewer), f"submissions/{submission.code}/"

    before = caller.get(own).json()
    caller.post(f"assignments/{assignment.code}/declare/", has_conflict=False)
    after = caller.get(own).json()

    assert (before["plan"], before["milestones"]) == (None, None)
    assert after["plan"]["summary"] == PLAN["summary"]
    assert len(after["milestones"]) == 3


def test_score_of_an_unknown_criterion_saves_none(walk):
    submission = walk.submission()
    walk.open(submission)
    assignment = walk.assignment(submission)
    caller = Caller(assignment.reviewer)
    own = f"assignments/{assignment.code}/"
    caller.post(f"{own}declare/", has_conflict=False)

    refused = caller.post(
        f"{own}score/",
        scores=[{"criterion": 1, "points": "8"}, {"criterion": 77, "points": "8"}],
    )

    assert refused.status_code == 400
    assert "has no criterion 77; it has 1, 2" in refused.json()["detail"]
    assert caller.get(own).json()["scores"] == []


def test_second_contract_of_an_award_is_refused(walk):
    submission = walk.submission()
    walk.open(submission)
    walk.review(submission)
    award = walk.award(submission)
    official = Caller(walk.official)
    today = timezone.localdate().isoformat()
    official.post(f"awards/{award.code}/contract/", starts_on=today)

    again = official.post(f"awards/{award.code}/contract/", starts_on=today)

    assert again.status_code == 409
    assert again.json()["code"] == "award_has_one_contract"
