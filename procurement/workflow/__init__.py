"""Who may move what in procurement. `advance` is the only writer of `state`."""

from collections.abc import Callable
from typing import Any

from accounts.enums import Role
from accounts.workflow import Transition
from procurement.enums import (
    AssignmentState,
    BriefState,
    CallState,
    ContractState,
    RegistrationState,
    SubmissionState,
)
from procurement.rules import Objection, named
from procurement.workflow import checks
from procurement.workflow.sentences import sentences


def unless(check: Callable[[Any], list[Objection]]) -> Callable[[Any], str]:
    """Make a guard of a check: silent when no rule objects."""
    return lambda subject: sentences(check(subject))


REGISTRATION_TRANSITIONS = (
    Transition(RegistrationState.WAITING, RegistrationState.ACCEPTED, Role.OFFICIAL),
    Transition(RegistrationState.WAITING, RegistrationState.REFUSED, Role.OFFICIAL),
    Transition(RegistrationState.REFUSED, RegistrationState.ACCEPTED, Role.OFFICIAL),
)
CALL_TRANSITIONS = (
    Transition(
        CallState.DRAFT,
        CallState.OPEN,
        Role.OFFICIAL,
        guard=unless(checks.call_objections),
        rule=named.CRITERIA_ARE_PUBLISHED.key,
    ),
    Transition(
        CallState.OPEN,
        CallState.CLOSED,
        Role.CLOCK,
        Role.OFFICIAL,
        guard=unless(checks.deadline_objections),
        rule=named.DEADLINE.key,
    ),
    Transition(
        CallState.CLOSED, CallState.OPENED, Role.OFFICIAL, rule=named.OPENING.key
    ),
)

BRIEF_TRANSITIONS = (
    Transition(
        BriefState.DRAFT,
        BriefState.PUBLISHED,
        Role.OFFICIAL,
        guard=unless(checks.publishing_objections),
        rule=named.VOLUME_IS_NAMED.key,
    ),
    Transition(
        BriefState.PUBLISHED,
        BriefState.CLOSED,
        Role.CLOCK,
        Role.OFFICIAL,
        guard=unless(checks.closed_call_objections),
        rule=named.DEADLINE.key,
    ),
    Transition(
        BriefState.CLOSED,
        BriefState.IN_REVIEW,
        Role.OFFICIAL,
        guard=unless(checks.closed_call_objections),
        rule=named.OPENING.key,
    ),
    Transition(
        BriefState.IN_REVIEW,
        BriefState.AWARDED,
        Role.OFFICIAL,
        guard=unless(checks.brief_is_awarded),
        rule=named.REVIEWS_ARE_FINISHED.key,
    ),
    Transition(BriefState.DRAFT, BriefState.CANCELLED, Role.OFFICIAL),
    Transition(BriefState.PUBLISHED, BriefState.CANCELLED, Role.OFFICIAL),
    Transition(BriefState.CLOSED, BriefState.CANCELLED, Role.OFFICIAL),
    Transition(BriefState.IN_REVIEW, BriefState.CANCELLED, Role.OFFICIAL),
)

SUBMISSION_TRANSITIONS = (
    Transition(
        SubmissionState.DRAFT,
        SubmissionState.SUBMITTED,
        Role.VENDOR,
        guard=unless(checks.submitting_objections),
        rule=named.DEADLINE.key,
    ),
    Transition(SubmissionState.DRAFT, SubmissionState.WITHDRAWN, Role.VENDOR),
    Transition(
        SubmissionState.SUBMITTED,
        SubmissionState.WITHDRAWN,
        Role.VENDOR,
        guard=unless(lambda submission: checks.open_call_objections(submission.brief)),
        rule=named.DEADLINE.key,
    ),
    Transition(
        SubmissionState.SUBMITTED,
        SubmissionState.OPENED,
        Role.OFFICIAL,
        guard=unless(
            lambda submission: checks.closed_call_objections(submission.brief)
        ),
        rule=named.OPENING.key,
    ),
    Transition(
        SubmissionState.SUBMITTED,
        SubmissionState.INVALID,
        Role.OFFICIAL,
        guard=unless(
            lambda submission: checks.closed_call_objections(submission.brief)
        ),
        rule=named.OPENING.key,
    ),
    Transition(
        SubmissionState.OPENED,
        SubmissionState.AWARDED,
        Role.OFFICIAL,
        guard=unless(checks.award_is_made),
        rule=named.REVIEWS_ARE_FINISHED.key,
    ),
    Transition(SubmissionState.OPENED, SubmissionState.NOT_AWARDED, Role.OFFICIAL),
)

ASSIGNMENT_TRANSITIONS = (
    Transition(
        AssignmentState.ASSIGNED,
        AssignmentState.CLEARED,
        Role.REVIEWER,
        rule=named.DECLARATION_FIRST.key,
    ),
    Transition(
        AssignmentState.ASSIGNED,
        AssignmentState.BARRED,
        Role.REVIEWER,
        rule=named.DECLARATION_FIRST.key,
    ),
    Transition(
        AssignmentState.CLEARED,
        AssignmentState.FINISHED,
        Role.REVIEWER,
        guard=unless(checks.finishing_objections),
        rule=named.REVIEWS_ARE_FINISHED.key,
    ),
)

CONTRACT_TRANSITIONS = (
    Transition(
        ContractState.DRAFT,
        ContractState.VENDOR_SIGNED,
        Role.VENDOR,
        guard=unless(checks.signing_objections),
        rule=named.CRITERIA_ARE_FROZEN.key,
    ),
    Transition(
        ContractState.VENDOR_SIGNED,
        ContractState.SIGNED,
        Role.OFFICIAL,
        guard=unless(checks.signing_objections),
        rule=named.CRITERIA_ARE_FROZEN.key,
    ),
)
