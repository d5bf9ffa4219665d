"""The award: one a brief, under a lock, after finished reviews."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import audit
from accounts.enums import Role
from accounts.errors import DomainError, InvalidInputError
from accounts.models import User
from accounts.workflow import advance
from dispatch.enums import NoticeKind
from dispatch.services import post
from procurement.enums import AssignmentState, BriefState, SubmissionState
from procurement.errors import Problem, database_rules
from procurement.models import Assignment, Award, Brief, Submission
from procurement.rules.reviews import weighted_score
from procurement.services.access import need_official_of, need_role, need_sight
from procurement.workflow import BRIEF_TRANSITIONS, SUBMISSION_TRANSITIONS
from procurement.workflow.checks import award_objections
from procurement.workflow.sentences import problems, refuse


@dataclass(frozen=True, slots=True)
class Rank:
    """A submission with its weighted scores; `mean` is None before any review."""

    submission: Submission
    scores: tuple[Decimal, ...]

    @property
    def mean(self) -> Decimal | None:
        if not self.scores:
            return None
        mean = sum(self.scores, Decimal(0)) / len(self.scores)
        return mean.quantize(Decimal("0.01"))

    @property
    def spread(self) -> Decimal | None:
        return max(self.scores) - min(self.scores) if self.scores else None


def rank_submissions(*, brief: Brief, by: User) -> list[Rank]:
    """Return the opened submissions of a brief, the best mean of reviews first.

    For the city alone: reviewers score on their own, vendors learn of the award.
    """
    need_role(by, Role.OFFICIAL, Role.AUDITOR)
    need_sight(Brief.objects.visible_to(by), brief)
    seen = Submission.objects.visible_to(by).filter(brief=brief)
    scores = scores_by_submission(Assignment.objects.filter(submission__brief=brief))
    ranks = [
        Rank(each, tuple(scores[each.pk]))
        for each in seen.select_related("vendor").order_by("code")
    ]
    return sorted(ranks, key=lambda rank: rank.mean or Decimal(-1), reverse=True)


def weighted_scores(submission: Submission) -> tuple[Decimal, ...]:
    """Return each finished review's weighted score, 0..100."""
    own = Assignment.objects.filter(submission=submission)
    return tuple(scores_by_submission(own)[submission.pk])


def scores_by_submission(
    assignments: QuerySet[Assignment],
) -> dict[int, list[Decimal]]:
    """Weigh every finished review, grouped by what it reviewed."""
    found: dict[int, list[Decimal]] = defaultdict(list)
    finished = assignments.filter(state=AssignmentState.FINISHED).order_by("pk")
    for assignment in finished.prefetch_related("scores__criterion"):
        score = weighted_score(
            (each.points, each.criterion.max_points, each.criterion.weight)
            for each in assignment.scores.all()
        )
        found[assignment.submission_id].append(score)
    return found


def review_award(*, submission: Submission, by: User) -> list[Problem]:
    """Return what keeps a submission from being awarded."""
    need_official_of(submission.brief.city, by)
    need_sight(Submission.objects.visible_to(by), submission)
    return problems(award_objections(submission))


@database_rules()
@transaction.atomic
def award(*, submission: Submission, reason: str, by: User) -> Award:
    """Award a brief to a submission, and tell everyone who took part."""
    brief = Brief.objects.select_for_update().get(pk=submission.brief_id)
    need_official_of(brief.city, by)
    need_sight(Submission.objects.visible_to(by), submission)
    if not reason.strip():
        raise InvalidInputError(_("State the reason of the award; it is published."))
    if brief.state == BriefState.AWARDED:
        raise DomainError(
            _("%(brief)s is awarded already.") % {"brief": brief},
            code="brief_is_awarded_once",
        )
    refuse(award_objections(submission))
    made = Award.objects.create(
        brief=brief,
        submission=submission,
        awarded_by=by,
        score=Rank(submission, weighted_scores(submission)).mean or Decimal(0),
        reason=reason,
    )
    advance(
        SUBMISSION_TRANSITIONS,
        submission,
        SubmissionState.AWARDED,
        by=by,
        reason=reason,
    )
    advance(BRIEF_TRANSITIONS, brief, BriefState.AWARDED, by=by)
    audit.record(made, "awarded", by=by, submission=submission.code, score=made.score)
    post(submission.vendor, NoticeKind.AWARD_MADE, subject=brief)
    refuse_others(brief, by=by)
    return made


def refuse_others(brief: Brief, *, by: User) -> None:
    for other in brief.submissions.filter(state=SubmissionState.OPENED):
        advance(SUBMISSION_TRANSITIONS, other, SubmissionState.NOT_AWARDED, by=by)
        post(other.vendor, NoticeKind.NOT_AWARDED, subject=other)
