"""Reviews: assigned, declared, scored, finished."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.enums import Role
from accounts.errors import InvalidInputError, NotAllowedError
from accounts.models import User
from accounts.workflow import advance
from dispatch.enums import NoticeKind
from dispatch.services import post
from procurement.enums import AssignmentState, ConflictGround, SubmissionState
from procurement.errors import database_rules
from procurement.models import (
    Assignment,
    Brief,
    ConflictDeclaration,
    ReviewCriterion,
    Score,
    Submission,
)
from procurement.services.access import need_official_of, need_role, need_sight
from procurement.workflow import ASSIGNMENT_TRANSITIONS

WAITING: Final = (AssignmentState.ASSIGNED, AssignmentState.CLEARED)


@database_rules()
@transaction.atomic
def assign_reviewer(*, submission: Submission, reviewer: User, by: User) -> Assignment:
    """Ask an institute's reviewer to score an opened submission."""
    need_official_of(submission.brief.city, by)
    if submission.state != SubmissionState.OPENED:
        raise InvalidInputError(
            _("%(submission)s is %(state)s; reviewers read what was opened as valid.")
            % {"submission": submission, "state": submission.get_state_display()}
        )
    if reviewer.role != Role.REVIEWER or not reviewer.is_active:
        raise InvalidInputError(
            _("%(person)s is not an active reviewer of an institute.")
            % {"person": reviewer}
        )
    if reviewer.organisation.is_demo != submission.brief.city.is_demo:
        raise InvalidInputError(
            _("Demo organisations and real ones do not work together.")
        )
    assignment = Assignment.objects.create(
        submission=submission, reviewer=reviewer, assigned_by=by
    )
    audit.record(assignment, "assigned", by=by, reviewer=reviewer.pk)
    post(reviewer, NoticeKind.REVIEW_ASSIGNED, subject=assignment)
    return assignment


@database_rules()
@transaction.atomic
def assign_to_all(*, brief: Brief, reviewer: User, by: User) -> list[Assignment]:
    """Ask a reviewer to score every opened submission of a brief not asked before."""
    need_official_of(brief.city, by)
    opened = Submission.objects.filter(brief=brief, state=SubmissionState.OPENED)
    return [
        assign_reviewer(submission=each, reviewer=reviewer, by=by)
        for each in opened.exclude(assignments__reviewer=reviewer).order_by("code")
    ]


@dataclass(frozen=True, slots=True)
class Load:
    """A reviewer who could be asked, and what the city has asked of them so far."""

    reviewer: User
    waiting: int
    finished: int
    on_brief: int
    barred_from: tuple[str, ...]


def reviewer_loads(*, brief: Brief, by: User) -> list[Load]:
    """Return the active reviewers, the least burdened first.

    `barred_from` names the vendors of this brief a reviewer declared a tie with,
    here or in an earlier review.
    """
    need_official_of(brief.city, by)
    people = User.objects.filter(
        role=Role.REVIEWER,
        is_active=True,
        organisation__is_demo=brief.city.is_demo,
    ).select_related("organisation")
    asked = Assignment.objects.filter(
        reviewer__in=people, submission__brief__call__programme__city=brief.city
    ).select_related("submission__vendor")
    vendors = set(
        Submission.objects.visible_to(by)
        .filter(brief=brief)
        .values_list("vendor", flat=True)
    )
    by_person: dict[int, list[Assignment]] = defaultdict(list)
    for each in asked:
        by_person[each.reviewer_id].append(each)
    loads = [load_of(each, by_person[each.pk], brief, vendors) for each in people]
    return sorted(
        loads,
        key=lambda load: (bool(load.barred_from), load.waiting, load.reviewer.name),
    )


def load_of(
    reviewer: User, asked: list[Assignment], brief: Brief, vendors: set[int]
) -> Load:
    return Load(
        reviewer=reviewer,
        waiting=sum(each.state in WAITING for each in asked),
        finished=sum(each.state == AssignmentState.FINISHED for each in asked),
        on_brief=sum(each.submission.brief_id == brief.pk for each in asked),
        barred_from=tuple(
            sorted(
                {
                    each.submission.vendor.name
                    for each in asked
                    if each.state == AssignmentState.BARRED
                    and each.submission.vendor_id in vendors
                }
            )
        ),
    )


def own_assignment(assignment: Assignment, by: User) -> Assignment:
    """Lock a reviewer's own assignment; that of another does not exist."""
    need_role(by, Role.REVIEWER)
    need_sight(Assignment.objects.visible_to(by), assignment)
    return Assignment.objects.select_for_update().get(pk=assignment.pk)


@database_rules()
@transaction.atomic
def declare_conflict(
    *,
    assignment: Assignment,
    has_conflict: bool,
    ground: ConflictGround | str = "",
    statement: str = "",
    by: User,
) -> ConflictDeclaration:
    """Declare ties with the vendor, or none. A conflict bars the reviewer for good."""
    locked = own_assignment(assignment, by)
    if locked.state != AssignmentState.ASSIGNED:
        raise InvalidInputError(_("The declaration was made already."))
    if has_conflict and not ground:
        raise InvalidInputError(_("Name the ground of the conflict of interest."))
    declaration = ConflictDeclaration.objects.create(
        assignment=locked,
        has_conflict=has_conflict,
        ground=ground if has_conflict else "",
        statement=statement,
    )
    target = AssignmentState.BARRED if has_conflict else AssignmentState.CLEARED
    advance(ASSIGNMENT_TRANSITIONS, locked, target, by=by, reason=str(ground))
    assignment.refresh_from_db()
    return declaration


@database_rules()
@transaction.atomic
def score(
    *,
    assignment: Assignment,
    criterion: ReviewCriterion,
    points: Decimal,
    comment: str = "",
    by: User,
) -> Score:
    """Save one score as it is typed."""
    locked = own_assignment(assignment, by)
    if locked.state == AssignmentState.BARRED:
        raise NotAllowedError(_("A reviewer with a conflict of interest is barred."))
    if not 0 <= points <= criterion.max_points:
        raise InvalidInputError(
            _("%(criterion)s takes 0 to %(highest)s points, not %(points)s.")
            % {
                "criterion": criterion,
                "highest": criterion.max_points,
                "points": points,
            }
        )
    saved, _new = Score.objects.update_or_create(
        assignment=locked,
        criterion=criterion,
        defaults={"points": points, "comment": comment},
    )
    return saved


@database_rules()
@transaction.atomic
def finish_review(*, assignment: Assignment, by: User) -> Assignment:
    """Close a review that scored every criterion; its scores stand from now on."""
    locked = own_assignment(assignment, by)
    locked.finished_at = timezone.now()
    locked.save(update_fields=["finished_at"])
    advance(ASSIGNMENT_TRANSITIONS, locked, AssignmentState.FINISHED, by=by)
    assignment.refresh_from_db()
    return assignment
