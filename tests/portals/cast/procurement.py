from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import Organisation, User
from procurement import services
from procurement.enums import BriefState, CallState, ContractState, SubmissionState
from procurement.models import (
    Assignment,
    Award,
    Brief,
    OpeningMinutes,
    PlanMilestone,
    Submission,
)
from tests.factories import (
    make_assignment,
    make_award,
    make_brief,
    make_call,
    make_contract,
    make_plan,
    make_submission,
    move_state,
)
from tests.portals.cast import seal


def values(people: Mapping[str, User]) -> dict[str, Any]:
    """Make a brief at each stage: drafted, open, answered, reviewed, contracted."""
    city = people["official"].organisation
    unanswered, answered, declaring, scoring, waiting, contracted, finished, unasked = (
        make_brief(city=city) for _number in range(8)
    )
    award = _award(contracted, people)
    contract = make_contract(award=award)
    for brief in (declaring, scoring, finished, unasked):
        _opened(brief, people)
        move_state(brief, BriefState.IN_REVIEW)
    waiting_award = _award(waiting, people)
    reviewed = _scored(_assignment(finished, people))
    services.finish_review(assignment=reviewed, by=people["reviewer"])
    return {
        "brief.code": contracted.code,
        "submission_start.code": unanswered.code,
        "submission.code": _submission(answered, people).code,
        "officials:submission.code": award.submission.code,
        "assignment.code": _scored(_assignment(scoring, people)).code,
        "assignment_declare.code": _assignment(declaring, people).code,
        "assignment_advance.target": "finished",
        "award.code": award.code,
        "pilot_create.code": contract.code,
        "contract.code": contract.code,
        "contract_draft.code": waiting_award.code,
        "award_contract.code": waiting_award.code,
        "awardable.code": reviewed.submission.code,
        "unanswered.code": unanswered.code,
        "submission_assign.code": unasked.submissions.get().code,
        "reviewer.pk": people["reviewer"].pk,
        "call_minutes.code": _minutes(contracted, people).call.code,
        "programme.code": contracted.call.programme.code,
        "sealed.code": _sealed(answered).code,
        **_drafts(city),
        **_under_review(scoring, people),
        "kpi.key": "availability",
        **_signatures(people),
    }


def _sealed(brief: Brief) -> Submission:
    """Hand in what nobody but its vendor may read: another vendor, in time."""
    submission = Submission.objects.create(brief=brief, **seal.author())
    make_plan(submission=submission, **seal.PLAN)
    for number in (1, 2):
        PlanMilestone.objects.create(
            submission=submission, number=number, weeks=5, **seal.MILESTONE
        )
    submission.content_digest = seal.DIGEST
    submission.submitted_by = submission.created_by
    submission.save()
    move_state(submission, SubmissionState.SUBMITTED)
    return submission


def _minutes(brief: Brief, people: Mapping[str, User]) -> OpeningMinutes:
    return OpeningMinutes.objects.create(
        call=brief.call,
        opened_by=people["official"],
        opened_at=timezone.now(),
        received=0,
        entries=[],
        digest="0" * 64,
    )


def _drafts(city: Organisation) -> dict[str, Any]:
    """What a city is still writing, and the call its open briefs are in."""
    call = make_call(city=city)
    draft = make_brief(BriefState.DRAFT, call=call)
    return {
        "call.code": call.code,
        "call_edit.code": make_call(CallState.DRAFT, city=city).code,
        "call_criteria.code": make_call(CallState.DRAFT, city=city).code,
        "call_advance.code": make_call(CallState.DRAFT, city=city).code,
        "call_advance.target": "open",
        "site.code": draft.site.code,
        "brief_edit.code": draft.code,
        "brief_autosave.code": draft.code,
        "brief_review.code": draft.code,
        "brief.part": "need",
        "brief_advance.code": draft.code,
        "brief_advance.target": "cancelled",
    }


def _under_review(brief: Brief, people: Mapping[str, User]) -> dict[str, Any]:
    return {
        "brief_submissions.code": brief.code,
        "brief_reviewers.code": brief.code,
        "brief_assign.code": brief.code,
        "brief_award.code": brief.code,
        "brief.submission": brief.submissions.get().code,
        "brief_assign_all.pk": people["reviewer"].pk,
    }


def _signatures(people: Mapping[str, User]) -> dict[str, Any]:
    """One contract that waits for the vendor, one that waits for the city."""
    states = {
        "vendors:contract_sign.code": ContractState.DRAFT,
        "api:contract_sign.code": ContractState.DRAFT,
        "officials:contract_sign.code": ContractState.VENDOR_SIGNED,
    }
    city = people["official"].organisation
    return {
        name: make_contract(state, award=_award(make_brief(city=city), people)).code
        for name, state in states.items()
    }


def _award(brief: Brief, people: Mapping[str, User]) -> Award:
    return make_award(submission=_opened(brief, people))


def _opened(brief: Brief, people: Mapping[str, User]) -> Submission:
    return _submission(brief, people, SubmissionState.OPENED)


def _submission(
    brief: Brief, people: Mapping[str, User], state=SubmissionState.DRAFT
) -> Submission:
    vendor = people["vendor"]
    return make_submission(
        state, brief=brief, vendor=vendor.organisation, created_by=vendor
    )


def _assignment(brief: Brief, people: Mapping[str, User]) -> Assignment:
    return make_assignment(
        submission=brief.submissions.get(),
        reviewer=people["reviewer"],
    )


def _scored(assignment: Assignment) -> Assignment:
    """Declare and score, so that the review only has to be finished."""
    reviewer = assignment.reviewer
    services.declare_conflict(assignment=assignment, has_conflict=False, by=reviewer)
    for criterion in assignment.submission.brief.call.criteria.all():
        services.score(
            assignment=assignment, criterion=criterion, points=Decimal(5), by=reviewer
        )
    return assignment
