"""A vendor's side: draft, submit, withdraw."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.enums import Role
from accounts.errors import InvalidInputError
from accounts.models import User
from accounts.workflow import advance
from dispatch.enums import NoticeKind
from dispatch.services import post
from procurement import sealing
from procurement.enums import SubmissionState
from procurement.errors import Problem, database_rules
from procurement.models import Brief, PlanMilestone, Submission, TechnicalPlan
from procurement.services.access import need_role, need_sight, write_fields
from procurement.workflow import SUBMISSION_TRANSITIONS
from procurement.workflow.checks import (
    PLAN_FIELDS,
    content_of,
    open_call_objections,
    submitting_objections,
)
from procurement.workflow.sentences import problems, refuse

PLAN: Final = frozenset(PLAN_FIELDS)
MILESTONE: Final = frozenset({"title", "weeks", "deliverable", "acceptance"})


def draft_of(brief: Brief, by: User) -> Submission | None:
    return (
        Submission.objects.select_for_update()
        .filter(brief=brief, vendor=by.organisation_id, state=SubmissionState.DRAFT)
        .first()
    )


@database_rules()
@transaction.atomic
def start_draft(*, brief: Brief, by: User) -> Submission:
    """Begin an answer to a brief, or go on with the draft there is.

    A vendor that has submitted already gets a copy to revise; the submission stands
    until the revision is submitted in its place.
    """
    need_role(by, Role.VENDOR)
    need_sight(Brief.objects.visible_to(by), brief)
    hold_call(brief)
    refuse(open_call_objections(brief))
    if draft := draft_of(brief, by):
        return draft
    draft = Submission.objects.create(
        brief=brief, vendor=by.organisation, created_by=by
    )
    standing = Submission.objects.filter(
        brief=brief, vendor=by.organisation_id, state=SubmissionState.SUBMITTED
    ).first()
    if standing:
        copy_content(standing, draft)
    else:
        TechnicalPlan.objects.create(submission=draft)
    audit.record(draft, "drafted", by=by)
    return draft


def copy_content(source: Submission, target: Submission) -> None:
    plan = TechnicalPlan.objects.get(submission=source)
    plan.pk, plan.submission = None, target
    plan._state.adding = True  # noqa: SLF001 - Django's own way to copy a row
    plan.save(force_insert=True)
    PlanMilestone.objects.bulk_create(
        PlanMilestone(
            submission=target,
            number=each.number,
            title=each.title,
            weeks=each.weeks,
            deliverable=each.deliverable,
            acceptance=each.acceptance,
        )
        for each in source.milestones.all()
    )


@database_rules()
@transaction.atomic
def save_draft_submission(
    *,
    brief: Brief,
    plan: Mapping[str, Any] | None = None,
    milestones: Sequence[Mapping[str, Any]] | None = None,
    by: User,
) -> Submission:
    """Save what was typed so far. Milestones, when given, replace those there were."""
    draft = start_draft(brief=brief, by=by)
    if plan is not None:
        row = TechnicalPlan.objects.get(submission=draft)
        write_fields(row, plan, PLAN)
        row.save()
    if milestones is not None:
        draft.milestones.all().delete()
        for number, values in enumerate(milestones, start=1):
            milestone = PlanMilestone(submission=draft, number=number)
            write_fields(milestone, values, MILESTONE)
            milestone.save()
    draft.save(update_fields=["saved_at"])
    draft.refresh_from_db()
    return draft


def missing(*, submission: Submission, by: User) -> list[Problem]:
    """List what keeps one's draft from being submitted."""
    need_sight(Submission.objects.visible_to(by), submission)
    return problems(submitting_objections(submission))


@database_rules()
@transaction.atomic
def submit(*, submission: Submission, by: User) -> Submission:
    """Hand a draft in; the database stamps the moment and keeps the deadline.

    Raises:
        RulesRefusedError: lists everything that is missing or wrong.
        DomainError: the deadline passed; the draft remains a draft.
    """
    need_role(by, Role.VENDOR)
    need_sight(Submission.objects.visible_to(by), submission)
    hold_call(submission.brief)
    locked = Submission.objects.select_for_update().get(pk=submission.pk)
    if locked.state != SubmissionState.DRAFT:
        raise InvalidInputError(
            _("%(submission)s is %(state)s; only a draft can be submitted.")
            % {"submission": locked, "state": locked.get_state_display()}
        )
    refuse(submitting_objections(locked))
    for former in Submission.objects.filter(
        brief=locked.brief, vendor=locked.vendor, state=SubmissionState.SUBMITTED
    ):
        reason = f"replaced by {locked.code}"
        advance(
            SUBMISSION_TRANSITIONS,
            former,
            SubmissionState.WITHDRAWN,
            by=by,
            reason=reason,
        )
    locked.content_digest = sealing.digest(content_of(locked))
    locked.submitted_by = by
    locked.save(update_fields=["content_digest", "submitted_by"])
    advance(SUBMISSION_TRANSITIONS, locked, SubmissionState.SUBMITTED, by=by)
    post(locked.vendor, NoticeKind.SUBMISSION_RECEIVED, subject=locked)
    submission.refresh_from_db()
    return submission


@database_rules()
@transaction.atomic
def withdraw(*, submission: Submission, by: User, reason: str = "") -> Submission:
    """Take back a draft, or a submission before the deadline."""
    need_role(by, Role.VENDOR)
    need_sight(Submission.objects.visible_to(by), submission)
    hold_call(submission.brief)
    advance(
        SUBMISSION_TRANSITIONS,
        submission,
        SubmissionState.WITHDRAWN,
        by=by,
        reason=reason,
    )
    submission.refresh_from_db()
    return submission


def hold_call(brief: Brief) -> None:
    """Take FOR SHARE on the call before any other row, as its closer takes FOR UPDATE.

    One order of locks for all, so that nobody waits for each other in a circle.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM procurement_call WHERE id = %s FOR SHARE", [brief.call_id]
        )
    brief.call.refresh_from_db()
    brief.refresh_from_db(fields=["state"])
