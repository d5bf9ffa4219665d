"""Who knows what exists: each test first makes a thing that could leak."""

import pytest
from django.contrib import admin
from django.core import serializers as dumps

from accounts.enums import Role
from accounts.models import AuditEntry
from accounts.services import clock
from dispatch.models import Delivery, Notice
from procurement import services
from procurement.enums import SubmissionState
from procurement.models import (
    Assignment,
    Award,
    Brief,
    BriefKpi,
    Call,
    ConflictDeclaration,
    OpeningMinutes,
    PlanMilestone,
    PocContract,
    Programme,
    ReviewCriterion,
    Score,
    Site,
    Submission,
    TechnicalPlan,
)
from tests.factories import (
    make_brief,
    make_call,
    make_contract,
    make_organisation,
    make_submission,
    make_user,
    move_state,
)
from tests.procurement.walk import Walk

pytestmark = pytest.mark.django_db
S = SubmissionState
AFTER_OPENING = {S.OPENED, S.INVALID, S.AWARDED, S.NOT_AWARDED}


def submission_in(state, walk):
    """Take a submission to a state by the moves there are."""
    if state in {S.DRAFT, S.SUBMITTED}:
        return make_submission(state, brief=walk.brief)
    if state == S.WITHDRAWN:
        submission = make_submission(S.SUBMITTED, brief=walk.brief)
        move_state(submission, S.WITHDRAWN)
        return submission
    submission = make_submission(S.OPENED, brief=walk.brief)
    if state == S.INVALID:
        submission.invalid_rule, submission.invalid_reason = "x", "x"
        submission.save()
    if state != S.OPENED:
        move_state(submission, state)
    return submission


def persons(walk, submission):
    def assigned(declared=None):
        reviewer = walk.reviewer()
        if submission.opened_at is None:
            Assignment.objects.create(
                submission=submission, reviewer=reviewer, assigned_by=walk.official
            )
            return reviewer
        assignment = Assignment.objects.create(
            submission=submission, reviewer=reviewer, assigned_by=walk.official
        )
        if declared is not None:
            services.declare_conflict(
                assignment=assignment,
                has_conflict=declared,
                ground="family",
                by=reviewer,
            )
        return reviewer

    return {
        "author": submission.created_by,
        "colleague": make_user(Role.VENDOR, organisation=submission.vendor),
        "other vendor": walk.vendor(),
        "official": walk.official,
        "auditor": make_user(Role.AUDITOR, organisation=walk.city),
        "other official": make_user(
            Role.OFFICIAL, organisation=make_organisation(is_demo=True)
        ),
        "undeclared reviewer": assigned(),
        "cleared reviewer": assigned(declared=False),
        "barred reviewer": assigned(declared=True),
        "other reviewer": walk.reviewer(),
        "clock": clock(),
    }


OWN = {"author", "colleague"}
KNOWS = OWN | {
    "official",
    "auditor",
    "undeclared reviewer",
    "cleared reviewer",
    "barred reviewer",
}
READS = OWN | {"official", "auditor", "cleared reviewer"}


@pytest.mark.parametrize("state", list(S))
def test_submission_is_known_and_read_by_whom_it_should(state):
    walk = Walk().publish()
    submission = submission_in(state, walk)
    people = persons(walk, submission)

    def who(queryset):
        return {name for name, user in people.items() if queryset(user).exists()}

    assert who(Submission.objects.visible_to) == (
        KNOWS if state in AFTER_OPENING else OWN
    )
    for reads in (
        Submission.objects.content_visible_to,
        TechnicalPlan.objects.visible_to,
        PlanMilestone.objects.visible_to,
    ):
        assert who(reads) == (READS if state in AFTER_OPENING else OWN)


def test_officials_count_what_arrived_and_no_more():
    walk = Walk().publish()
    walk.submission()
    walk.submission()
    walk.draft(walk.vendor())

    (brief,) = Brief.objects.visible_to(walk.official).with_arrivals()

    assert brief.arrivals == 2
    assert not Submission.objects.visible_to(walk.official).exists()


def test_content_reaches_no_other_channel_before_the_opening():
    walk = Walk().publish()
    submission = walk.submission(summary="CANARY", robot_maker="CANARY")

    assert "CANARY" in dumps.serialize("json", TechnicalPlan.objects.all())
    for rows in (
        AuditEntry.objects.all(),
        Notice.objects.all(),
        Delivery.objects.all(),
        Submission.objects.all(),
        Brief.objects.all(),
    ):
        assert "CANARY" not in dumps.serialize("json", rows)
    for model in (Submission, TechnicalPlan, PlanMilestone):
        assert not admin.site.is_registered(model)
    told = AuditEntry.objects.visible_to(walk.official)
    assert not told.filter(subject_code=submission.code).exists()


def test_opening_minutes_reach_the_city_and_who_took_part():
    walk = Walk().publish()
    author = walk.vendor()
    submission = walk.submission(author)
    withdrawn = walk.vendor()
    services.withdraw(submission=walk.submission(withdrawn), by=withdrawn)
    walk.open(submission)

    def sees(user):
        return OpeningMinutes.objects.visible_to(user).exists()

    assert sees(walk.official)
    assert sees(author)
    assert not sees(withdrawn)
    assert not sees(walk.reviewer())
    assert not sees(make_user(Role.OFFICIAL))


def test_drafts_of_a_city_are_its_own():
    walk = Walk()
    draft_call = make_call(
        "draft", programme=walk.call.programme, created_by=walk.official
    )
    colleague = make_user(Role.AUDITOR, organisation=walk.city)
    strangers = [walk.vendor(), walk.reviewer(), make_user(Role.OFFICIAL), clock()]

    for model, subject in (
        (Brief, walk.brief),
        (BriefKpi, walk.brief.kpis.first()),
        (Site, walk.site),
        (Call, draft_call),
        (ReviewCriterion, draft_call.criteria.first()),
    ):
        for user in (walk.official, colleague):
            assert model.objects.visible_to(user).filter(pk=subject.pk).exists()
        for user in strangers:
            assert not model.objects.visible_to(user).filter(pk=subject.pk).exists()
    assert not Brief.objects.public().exists()
    assert draft_call not in Call.objects.public()


def test_published_briefs_reach_vendors_and_reviewers_of_their_kind():
    walk = Walk().publish()
    real = make_user(Role.VENDOR)

    for model, subject in (
        (Brief, walk.brief),
        (BriefKpi, walk.brief.kpis.first()),
        (Site, walk.site),
        (Call, walk.call),
        (Programme, walk.call.programme),
        (ReviewCriterion, walk.call.criteria.first()),
    ):
        for user in (walk.vendor(), walk.reviewer()):
            assert model.objects.visible_to(user).filter(pk=subject.pk).exists()
        for user in (real, make_user(Role.OFFICIAL), clock()):
            assert not model.objects.visible_to(user).filter(pk=subject.pk).exists()
    assert list(Brief.objects.public()) == [walk.brief]


def test_cancelled_brief_stays_in_the_register_only_if_it_was_published():
    published, never = Walk().publish(), Walk()
    for walk in (published, never):
        services.cancel_brief(brief=walk.brief, reason="x", by=walk.official)

    assert list(Brief.objects.public()) == [published.brief]


def test_reviews_are_seen_by_their_reviewer_and_when_finished_by_the_city():
    walk = Walk().publish()
    submission = walk.submission()
    walk.open(submission)
    assignment = walk.assignment(submission)
    reviewer, other = assignment.reviewer, walk.reviewer()
    services.declare_conflict(assignment=assignment, has_conflict=False, by=reviewer)
    for criterion in walk.call.criteria.all():
        services.score(
            assignment=assignment, criterion=criterion, points=5, by=reviewer
        )

    def sees(model, user):
        return model.objects.visible_to(user).exists()

    outsiders = [submission.created_by, walk.vendor(), other, make_user(Role.OFFICIAL)]
    for model in (Assignment, ConflictDeclaration, Score):
        assert sees(model, reviewer)
        assert not any(sees(model, user) for user in outsiders)
    assert sees(Assignment, walk.official)
    assert sees(ConflictDeclaration, walk.official)
    assert not sees(Score, walk.official)
    services.finish_review(assignment=assignment, by=reviewer)
    assert sees(Score, walk.official)
    assert not any(sees(Score, user) for user in outsiders)


def test_contracts_are_for_their_two_sides_and_awards_for_all():
    contract = make_contract()
    vendor = make_user(Role.VENDOR, organisation=contract.vendor)
    official = make_user(Role.OFFICIAL, organisation=contract.city)
    strangers = [
        make_user(Role.VENDOR),
        make_user(Role.REVIEWER),
        make_user(Role.OFFICIAL),
    ]

    def who(model):
        people = [vendor, official, *strangers]
        return [user for user in people if model.objects.visible_to(user).exists()]

    assert who(PocContract) == [vendor, official]
    assert who(Award) == [vendor, official, *strangers[:2]]
    assert list(Award.objects.public()) == [contract.award]


def test_lists_take_the_same_queries_however_long(django_assert_num_queries):
    official = make_brief().created_by
    city = official.organisation
    for _number in range(5):
        make_brief(city=city)

    with django_assert_num_queries(1):
        briefs = Brief.objects.visible_to(official).with_arrivals()
        assert len(list(briefs.select_related("call__programme"))) == 6
