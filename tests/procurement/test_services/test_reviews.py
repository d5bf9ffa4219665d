from decimal import Decimal

import pytest
from django.utils import translation

from accounts.errors import (
    DomainError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    TransitionRefusedError,
)
from procurement import services
from procurement.enums import (
    AssignmentState,
    BriefState,
)
from procurement.errors import RulesRefusedError
from procurement.models import (
    Award,
)
from tests.procurement.walk import KPIS, Walk

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def test_review_of_a_brief_warns_where_a_gate_could_hardly_decide():
    walk = Walk()
    close = KPIS[0] | {"target": Decimal("0.905"), "tasks_per_day": 20}
    services.save_brief(brief=walk.brief, values={}, kpis=[close], by=walk.official)

    missing, warnings = services.review_brief(brief=walk.brief, by=walk.official)

    assert missing == []
    assert [warning.rule for warning in warnings] == ["gate_can_decide"]
    assert walk.brief.kpis.get().chance < Decimal("0.8")
    services.publish_brief(brief=walk.brief, by=walk.official)
    assert walk.brief.state == BriefState.PUBLISHED


def test_conflicted_reviewer_is_barred_for_good():
    walk = Walk().publish()
    submission = walk.submission()
    walk.open(submission)
    assignment = walk.assignment(submission)
    reviewer = assignment.reviewer
    criterion = walk.call.criteria.first()

    with pytest.raises(InvalidInputError, match="Name the ground"):
        services.declare_conflict(assignment=assignment, has_conflict=True, by=reviewer)
    services.declare_conflict(
        assignment=assignment, has_conflict=True, ground="shareholding", by=reviewer
    )

    assert assignment.state == AssignmentState.BARRED
    with pytest.raises(NotAllowedError, match="barred"):
        services.score(
            assignment=assignment, criterion=criterion, points=Decimal(1), by=reviewer
        )
    with pytest.raises(InvalidInputError, match="made already"):
        services.declare_conflict(
            assignment=assignment, has_conflict=False, by=reviewer
        )
    with pytest.raises(RulesRefusedError, match="0 of 0 reviews"):
        walk.award(submission)


def test_score_before_declaring_is_refused():
    walk = Walk().publish()
    submission = walk.submission()
    walk.open(submission)
    assignment = walk.assignment(submission)

    with pytest.raises(DomainError, match="after a declaration") as refusal:
        services.score(
            assignment=assignment,
            criterion=walk.call.criteria.first(),
            points=Decimal(1),
            by=assignment.reviewer,
        )

    assert refusal.value.code == "score_needs_a_review_under_way"


@pytest.mark.parametrize("points", ["-1", "10.5"])
def test_score_keeps_to_its_scale(points):
    walk = Walk().publish()
    submission = walk.submission()
    walk.open(submission)
    assignment = walk.assignment(submission)
    services.declare_conflict(
        assignment=assignment, has_conflict=False, by=assignment.reviewer
    )

    with pytest.raises(InvalidInputError, match="0 to 10 points"):
        services.score(
            assignment=assignment,
            criterion=walk.call.criteria.first(),
            points=Decimal(points),
            by=assignment.reviewer,
        )


def test_reviewers_work_on_their_own_assignments_only():
    walk = Walk().publish()
    submission = walk.submission()
    walk.open(submission)
    assignment = walk.assignment(submission)
    stranger = walk.reviewer()

    with pytest.raises(NotFoundError):
        services.declare_conflict(
            assignment=assignment, has_conflict=False, by=stranger
        )
    with pytest.raises(NotFoundError):
        services.finish_review(assignment=assignment, by=stranger)
    with pytest.raises(InvalidInputError, match="not an active reviewer"):
        walk.assignment(submission, reviewer=walk.vendor())
    with pytest.raises(DomainError, match="assigned to the submission already"):
        walk.assignment(submission, reviewer=assignment.reviewer)


def test_review_is_finished_only_with_every_score():
    walk = Walk().publish()
    submission = walk.submission()
    walk.open(submission)
    assignment = walk.assignment(submission)
    services.declare_conflict(
        assignment=assignment, has_conflict=False, by=assignment.reviewer
    )

    with pytest.raises(TransitionRefusedError, match="0 of 5 criteria"):
        services.finish_review(assignment=assignment, by=assignment.reviewer)

    assignment.refresh_from_db()
    assert assignment.finished_at is None


def test_award_waits_until_every_submission_was_reviewed():
    walk = Walk().publish()
    one, two = walk.submission(), walk.submission()
    walk.open(one, two)
    walk.review(one)

    with pytest.raises(RulesRefusedError, match="reviewed by nobody"):
        walk.award(one)
    pending = walk.assignment(two)
    with pytest.raises(RulesRefusedError, match="are not finished"):
        walk.award(one)

    assert pending.state == AssignmentState.ASSIGNED
    assert not Award.objects.exists()


def test_cooperative_innovation_needs_an_odd_group_of_three():
    walk = Walk(
        values={
            "route": "cooperative_innovation",
            "novelty_zh": "新算法",
            "novelty_en": "A new method",
            "compensation_cap_cny": Decimal(500_000),
        }
    ).publish()
    submission = walk.submission()
    walk.open(submission)
    walk.review(submission)
    walk.review(submission)

    with pytest.raises(RulesRefusedError, match="article 15"):
        walk.award(submission)
    walk.review(submission)

    assert walk.award(submission).score == Decimal("80.00")


def test_brief_is_awarded_once():
    walk = Walk().publish()
    one, two = walk.submission(), walk.submission()
    walk.open(one, two)
    walk.review(one)
    walk.review(two)
    walk.award(one)

    two.refresh_from_db()
    with pytest.raises(DomainError, match="awarded already") as refusal:
        walk.award(two)

    assert refusal.value.code == "brief_is_awarded_once"
    assert Award.objects.get().submission == one


def test_ranking_shows_mean_and_spread():
    walk = Walk().publish()
    one, two = walk.submission(), walk.submission()
    walk.open(one, two)
    walk.review(one, 6)
    walk.review(two, 9)
    walk.review(two, 7)

    ranks = services.rank_submissions(brief=walk.brief, by=walk.official)

    assert [(rank.submission, rank.mean, rank.spread) for rank in ranks] == [
        (two, Decimal("80.00"), Decimal("20.00")),
        (one, Decimal("60.00"), Decimal("0.00")),
    ]
