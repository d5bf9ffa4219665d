"""The opening: after the deadline, in one session, with minutes."""

from datetime import datetime
from typing import Any, cast

from django.db import transaction
from django.utils.translation import override

from accounts import audit
from accounts.models import User
from accounts.workflow import advance
from dispatch.enums import NoticeKind
from dispatch.services import post
from procurement import sealing
from procurement.enums import BriefState, CallState, SubmissionState
from procurement.errors import database_rules
from procurement.models import Call, OpeningMinutes, Submission
from procurement.rules import Objection
from procurement.services.access import need_official_of
from procurement.services.calls import close_call
from procurement.workflow import (
    BRIEF_TRANSITIONS,
    CALL_TRANSITIONS,
    SUBMISSION_TRANSITIONS,
)
from procurement.workflow.checks import opening_objections
from procurement.workflow.sentences import sentences


@database_rules()
@transaction.atomic
def open_submissions(*, call: Call, by: User) -> OpeningMinutes:
    """Open all that arrived; what breaks a rule is recorded invalid with the rule."""
    need_official_of(call.city, by)
    locked = Call.objects.select_for_update().get(pk=call.pk)
    if locked.state == CallState.OPEN:
        close_call(call=locked, by=by)
    entries = []
    for brief in locked.briefs.filter(state=BriefState.CLOSED).order_by("code"):
        arrived = brief.submissions.filter(state=SubmissionState.SUBMITTED)
        entries += [
            open_one(submission, by=by)
            for submission in arrived.order_by("submitted_at", "pk")
        ]
        advance(BRIEF_TRANSITIONS, brief, BriefState.IN_REVIEW, by=by)
    advance(CALL_TRANSITIONS, locked, CallState.OPENED, by=by)
    locked.refresh_from_db()
    minutes = OpeningMinutes.objects.create(
        call=locked,
        opened_by=by,
        opened_at=cast("datetime", locked.opened_at),
        received=len(entries),
        entries=entries,
        digest=sealing.digest(entries),
    )
    audit.record(locked, "opened", by=by, received=len(entries), digest=minutes.digest)
    call.refresh_from_db()
    return minutes


def open_one(submission: Submission, *, by: User) -> dict[str, Any]:
    objections = opening_objections(submission)
    if objections:
        record_invalid(submission, objections, by=by)
    else:
        advance(SUBMISSION_TRANSITIONS, submission, SubmissionState.OPENED, by=by)
    post(submission.vendor, NoticeKind.SUBMISSIONS_OPENED, subject=submission)
    return {
        "brief": submission.brief.code,
        "submission": submission.code,
        "vendor": submission.vendor.code,
        "submitted_at": cast("datetime", submission.submitted_at).isoformat(),
        "digest": submission.content_digest,
        "state": str(submission.state),
        "rule": submission.invalid_rule,
    }


def record_invalid(
    submission: Submission, objections: list[Objection], *, by: User
) -> None:
    with override("zh-hans"):  # the minutes' language, whoever opens
        submission.invalid_reason = sentences(objections)
    submission.invalid_rule = objections[0].rule.key
    submission.save(update_fields=["invalid_rule", "invalid_reason"])
    advance(
        SUBMISSION_TRANSITIONS,
        submission,
        SubmissionState.INVALID,
        by=by,
        reason=submission.invalid_reason,
    )
