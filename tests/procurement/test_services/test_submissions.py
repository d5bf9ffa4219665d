from decimal import Decimal

import pytest
from django.utils import translation

from accounts.errors import (
    NotAllowedError,
    NotFoundError,
    TransitionRefusedError,
)
from procurement import services
from procurement.enums import (
    SubmissionState,
)
from procurement.errors import RulesRefusedError
from procurement.models import (
    OpeningMinutes,
    TechnicalPlan,
)
from tests.factories import pass_deadline, triggers_off
from tests.procurement.walk import MILESTONES, PLAN, Walk

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def fields_of(refusal):
    return sorted({problem.field for problem in refusal.value.problems})


def test_submit_lists_everything_that_is_missing():
    walk = Walk().publish()
    vendor = walk.vendor()
    draft = services.save_draft_submission(
        brief=walk.brief,
        plan=PLAN | {"summary": " ", "robots": 1, "unit_price_cny": Decimal(400_001)},
        milestones=MILESTONES[:2],
        by=vendor,
    )

    with pytest.raises(RulesRefusedError) as refusal:
        services.submit(submission=draft, by=vendor)

    assert fields_of(refusal) == ["milestones", "robots", "summary", "unit_price_cny"]
    assert "last 5 weeks together" in str(refusal.value)
    assert "above the ceiling of 400,000" in str(refusal.value)
    assert services.missing(submission=draft, by=vendor) == refusal.value.problems
    draft.refresh_from_db()
    assert (draft.state, draft.submitted_at) == (SubmissionState.DRAFT, None)


def test_empty_draft_cannot_be_submitted():
    walk = Walk().publish()
    vendor = walk.vendor()
    draft = services.start_draft(brief=walk.brief, by=vendor)

    with pytest.raises(RulesRefusedError) as refusal:
        services.submit(submission=draft, by=vendor)

    assert len(refusal.value.problems) == 14  # every heading, and the weeks


def test_submit_stamps_the_databases_time_and_the_contents_hash():
    walk = Walk().publish()

    submission = walk.submission()

    assert submission.state == SubmissionState.SUBMITTED
    assert len(submission.content_digest) == 64
    assert submission.submitted_at < walk.call.closes_at


def test_late_submission_stays_a_draft_and_says_so():
    walk = Walk().publish()
    vendor = walk.vendor()
    draft = walk.draft(vendor)
    pass_deadline(walk.call)

    with pytest.raises(RulesRefusedError, match="takes no submissions"):
        services.submit(submission=draft, by=vendor)
    with pytest.raises(RulesRefusedError, match="takes no submissions"):
        services.save_draft_submission(brief=walk.brief, plan={}, by=vendor)

    draft.refresh_from_db()
    assert draft.state == SubmissionState.DRAFT


def test_draft_is_one_a_vendor_and_saved_piece_by_piece():
    walk = Walk().publish()
    vendor = walk.vendor()

    first = services.save_draft_submission(
        brief=walk.brief, plan={"summary": "One"}, by=vendor
    )
    second = services.save_draft_submission(
        brief=walk.brief, milestones=MILESTONES, by=vendor
    )

    assert first == second
    assert second.plan.summary == "One"
    assert second.milestones.all().total_weeks() == 10


def test_revision_replaces_the_submission_it_copied():
    walk = Walk().publish()
    vendor = walk.vendor()
    first = walk.submission(vendor)

    draft = services.start_draft(brief=walk.brief, by=vendor)
    copied = TechnicalPlan.objects.get(submission=draft).data_needed
    first.refresh_from_db()
    standing = first.state
    services.submit(submission=draft, by=vendor)

    first.refresh_from_db()
    assert copied == PLAN["data_needed"]
    assert standing == SubmissionState.SUBMITTED
    assert (first.state, draft.state) == ("withdrawn", "submitted")
    assert walk.open(draft).received == 1


def test_withdrawn_submission_is_never_opened():
    walk = Walk().publish()
    vendor = walk.vendor()
    submission = walk.submission(vendor)

    services.withdraw(submission=submission, by=vendor)
    minutes = walk.open(submission)

    assert submission.state == SubmissionState.WITHDRAWN
    assert minutes.entries == []


def test_submission_cannot_be_withdrawn_after_the_deadline():
    walk = Walk().publish()
    vendor = walk.vendor()
    submission = walk.submission(vendor)
    pass_deadline(walk.call)

    with pytest.raises(TransitionRefusedError, match="takes no submissions"):
        services.withdraw(submission=submission, by=vendor)


def test_vendors_reach_their_own_submissions_only():
    walk = Walk().publish()
    submission = walk.submission()
    stranger = walk.vendor()

    for deed in (services.submit, services.withdraw, services.missing):
        with pytest.raises(NotFoundError):
            deed(submission=submission, by=stranger)
    with pytest.raises(NotAllowedError):
        services.start_draft(brief=walk.brief, by=walk.official)


def test_tampered_content_is_recorded_invalid_with_the_rule():
    walk = Walk().publish()
    submission = walk.submission()
    with triggers_off("procurement_technicalplan"):
        TechnicalPlan.objects.update(unit_price_cny=1)

    minutes = walk.open(submission)

    assert submission.state == SubmissionState.INVALID
    assert submission.invalid_rule == "content_is_intact"
    assert submission.content_digest in submission.invalid_reason
    assert minutes.entries[0]["rule"] == "content_is_intact"


def test_opening_happens_once():
    walk = Walk().publish()
    walk.submission()
    walk.open()

    with pytest.raises(TransitionRefusedError):
        walk.open()

    assert OpeningMinutes.objects.count() == 1
