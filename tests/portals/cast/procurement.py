from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from accounts.models import User
from procurement import services
from procurement.enums import SubmissionState
from procurement.models import Assignment, Brief, Submission
from tests.factories import (
    make_assignment,
    make_award,
    make_brief,
    make_contract,
    make_submission,
)


def values(people: Mapping[str, User]) -> dict[str, Any]:
    """Make a brief at each stage: open, answered, under review, contracted."""
    unanswered, answered, declaring, scoring, contracted = (
        make_brief(city=people["official"].organisation) for _number in range(5)
    )
    draft = _submission(answered, people)
    award = make_award(
        submission=_submission(contracted, people, SubmissionState.OPENED)
    )
    contract = make_contract(award=award)
    return {
        "brief.code": contracted.code,
        "submission_start.code": unanswered.code,
        "submission.code": draft.code,
        "officials:submission.code": award.submission.code,
        "institutes:submission.code": award.submission.code,
        "assignment.code": _scored(_assignment(scoring, people)).code,
        "assignment_declare.code": _assignment(declaring, people).code,
        "assignment_advance.target": "finished",
        "contract.code": contract.code,
    }


def _submission(
    brief: Brief, people: Mapping[str, User], state=SubmissionState.DRAFT
) -> Submission:
    vendor = people["vendor"]
    return make_submission(
        state, brief=brief, vendor=vendor.organisation, created_by=vendor
    )


def _assignment(brief: Brief, people: Mapping[str, User]) -> Assignment:
    return make_assignment(
        submission=_submission(brief, people, SubmissionState.OPENED),
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
