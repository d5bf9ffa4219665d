"""Who may move a pilot, and what must have happened before."""

from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.workflow import Transition
from pilots.enums import GateOutcome, GateStep, MilestoneState
from pilots.enums import PilotState as S
from pilots.models import GateReview, Pilot


def first_review(pilot: Pilot) -> GateReview | None:
    """Return the newest review of the gate that ends the pilot itself."""
    reviews = GateReview.objects.filter(gate__pilot=pilot, gate__stage=1)
    found: GateReview | None = reviews.with_signing().order_by("-look__number").first()
    return found


def gate_has_come_to_an_end(pilot: Pilot) -> str:
    review = first_review(pilot)
    if review is None:
        return _("The gate was not assessed yet.")
    undecided = review.outcome == GateOutcome.NOT_ENOUGH_EVIDENCE
    if undecided and review.look.on < review.gate.ends_on:
        return _("The gate is still open; looks are to come.")
    return ""


def passed_and_fully_signed(pilot: Pilot) -> str:
    review = first_review(pilot)
    if review is None:
        return _("The gate was not assessed yet.")
    if review.unlocks:
        return ""
    if review.outcome == GateOutcome.FAIL:
        return _("The gate failed, and no published override lets volume follow.")
    if review.outcome == GateOutcome.NOT_ENOUGH_EVIDENCE:
        return _("There is not enough evidence; no override can replace it.")
    return _("The gate passed, but not all three signatures say yes.")


def refused_and_fully_signed(pilot: Pilot) -> str:
    review = first_review(pilot)
    if review is None:
        return _("The gate was not assessed yet.")
    if review.signed < len(GateStep):
        return _("Recommendation, decision and approval are not all signed.")
    if review.unlocks:
        return _("All three signatures say yes.")
    return ""


TRANSITIONS = (
    Transition(S.PLANNED, S.RUNNING, Role.CLOCK, Role.OFFICIAL),
    Transition(S.PLANNED, S.CLOSED, Role.OFFICIAL),
    Transition(S.RUNNING, S.IN_REVIEW, Role.CLOCK, guard=gate_has_come_to_an_end),
    Transition(S.RUNNING, S.CLOSED, Role.OFFICIAL),
    Transition(
        S.IN_REVIEW,
        S.PROMOTED,
        Role.OFFICIAL,
        guard=passed_and_fully_signed,
        rule="volume_needs_a_passed_and_signed_gate",
    ),
    Transition(
        S.IN_REVIEW,
        S.REFUSED,
        Role.OFFICIAL,
        guard=refused_and_fully_signed,
        rule="refusal_needs_three_signatures",
    ),
    Transition(
        S.REFUSED,
        S.PROMOTED,
        Role.OFFICIAL,
        guard=passed_and_fully_signed,
        rule="volume_needs_a_passed_and_signed_gate",
    ),
    Transition(S.PROMOTED, S.CLOSED, Role.OFFICIAL),
    Transition(S.REFUSED, S.CLOSED, Role.OFFICIAL),
)

MILESTONE_TRANSITIONS = (
    Transition(MilestoneState.SCHEDULED, MilestoneState.MET, Role.OFFICIAL),
    Transition(MilestoneState.SCHEDULED, MilestoneState.NOT_MET, Role.OFFICIAL),
)
