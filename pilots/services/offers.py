"""What a person could do next on a pilot or a gate; a closed deed says why."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import User
from pilots.enums import QUANTITY_OF_STAGE, GateOutcome, GateStep, PilotState
from pilots.models import Exclusion, GateReview, GateSignature, Pilot
from pilots.services.forward import why_not_forward
from pilots.services.gates import current_gate, latest_review, looks_due
from pilots.services.robots import why_full
from pilots.services.volume import why_stage_closed

UNDER_WAY = {PilotState.PLANNED, PilotState.RUNNING}
AT_WORK = {PilotState.RUNNING, PilotState.PROMOTED}


class Deed(StrEnum):
    ENROL = "enrol"
    DEPLOY = "deploy"
    EXCLUDE = "exclude"
    ASSIGN = "assign"
    ASSESS = "assess"
    FORWARD = "forward"
    ORDER = "order"


@dataclass(frozen=True, slots=True)
class Offer:
    """A deed that is this person's; with an objection it is closed for now."""

    deed: Deed
    objection: str = ""


@dataclass(frozen=True, slots=True)
class SigningOffer:
    """The step of a review that is this person's next; `answers` says which fit."""

    step: GateStep
    may_say_yes: bool
    objection: str = ""


@dataclass(frozen=True, slots=True)
class OverrideOffer:
    """An override this person may propose, or approve where one was proposed."""

    approves: bool
    objection: str = ""


def offers(pilot: Pilot, user: User) -> list[Offer]:
    """Return the deeds on a pilot that are this person's, in the order of work."""
    if pilot.state == PilotState.CLOSED:
        return []
    if user.role == Role.VENDOR:
        return list(_of_vendor(pilot))
    return list(_of_official(pilot)) if user.role == Role.OFFICIAL else []


def _can_forward(pilot: Pilot) -> bool:
    """Whether a pilot's days may still move, robots or not."""
    if not pilot.is_demo or PilotState(pilot.state) not in UNDER_WAY:
        return False
    return not current_gate(pilot).reviews.exists()


def _of_vendor(pilot: Pilot) -> Iterator[Offer]:
    full = why_full(pilot)
    yield Offer(Deed.ENROL, full)
    yield Offer(Deed.DEPLOY, full)
    if PilotState(pilot.state) in AT_WORK:
        yield Offer(Deed.EXCLUDE)
    if _can_forward(pilot):
        yield Offer(Deed.FORWARD, why_not_forward(pilot))


def _of_official(pilot: Pilot) -> Iterator[Offer]:
    if PilotState(pilot.state) in UNDER_WAY | AT_WORK:
        yield Offer(Deed.DEPLOY, why_full(pilot))
        yield Offer(Deed.ASSIGN)
    if PilotState(pilot.state) in AT_WORK:
        yield Offer(Deed.EXCLUDE)
        yield Offer(Deed.ASSESS, why_not_assess(pilot))
    if _can_forward(pilot):
        yield Offer(Deed.FORWARD, why_not_forward(pilot))
    if next_quantity(pilot):
        yield Offer(Deed.ORDER, why_not_order(pilot))


def may_judge(exclusion: Exclusion, user: User) -> bool:
    """Whether an exclusion waits for this person's judgement."""
    return (
        exclusion.approved is None
        and user.role == Role.OFFICIAL
        and exclusion.proposed_by_id != user.pk
    )


def why_not_assess(pilot: Pilot) -> str:
    """Say in words why there is nothing to assess, or "" if a look has closed."""
    if looks_due(pilot, grace=timedelta(0)):
        return ""
    gate = current_gate(pilot)
    review = latest_review(gate)
    if review is not None and review.outcome != GateOutcome.NOT_ENOUGH_EVIDENCE:
        return _("The gate was decided at an earlier look, and that stands.")
    unread = gate.looks.filter(review__isnull=True)
    ahead = unread.filter(number__gt=review.look.number) if review else unread
    look = ahead.order_by("number").first()
    if look is None:
        return _("Every registered look was read.")
    return _(
        "The next look is registered for %(on)s; it is read when that day ends."
    ) % {"on": date_format(look.on)}


def next_quantity(pilot: Pilot) -> int:
    """Return how many robots the next tranche has, 0 where the contract ends."""
    ordered = [each.quantity for each in pilot.tranches.all()]
    following = QUANTITY_OF_STAGE.get(len(ordered) + 1, 0)
    if not following or sum(ordered) + following > pilot.contract.quantity_max:
        return 0
    return following


def why_not_order(pilot: Pilot) -> str:
    """Say in words why the next tranche cannot be ordered, or "" if it can."""
    return why_stage_closed(pilot, pilot.tranches.count() + 1)


def open_orders(pilots: Sequence[Pilot]) -> dict[int, int]:
    """Return how many robots may be ordered now, by id of the pilot, in one query.

    Pilots whose next tranche is shut are left out. Prefetch their tranches.
    """
    reviews = GateReview.objects.filter(gate__pilot__in=pilots).with_signing()
    newest = {
        (each.gate.pilot_id, each.gate.stage): each
        for each in reviews.select_related("gate")
        .defer("bundle")
        .order_by("look__number")
    }
    found = {}
    for pilot in pilots:
        review = newest.get((pilot.pk, len(pilot.tranches.all()) + 1))
        quantity = next_quantity(pilot)
        if quantity and review and review.unlocks:
            found[pilot.pk] = quantity
    return found


def next_step(review: GateReview) -> GateStep | None:
    """Return the first step that nobody has signed, or None."""
    signed = {each.step for each in review.signatures.all()}
    return next((step for step in GateStep if step not in signed), None)


def signing_offer(review: GateReview, user: User) -> SigningOffer | None:
    """Return the signature that is this person's, or None where none ever is."""
    signatures = list(review.signatures.all())
    step = next_step(review)
    if step is None or user.role not in {Role.REVIEWER, Role.OFFICIAL}:
        return None
    if user.role == Role.REVIEWER:
        if step != GateStep.RECOMMEND:
            return None
    elif step == GateStep.RECOMMEND:
        step = GateStep.DECIDE
    return SigningOffer(
        step=step,
        may_say_yes=review.outcome == GateOutcome.PASS,
        objection=_why_not_sign(review, signatures, user),
    )


def _why_not_sign(
    review: GateReview, signatures: list[GateSignature], user: User
) -> str:
    undecided = review.outcome == GateOutcome.NOT_ENOUGH_EVIDENCE
    if undecided and review.look.on < review.gate.ends_on:
        return _(
            "The gate is still open; it can be signed when a look decides or at its "
            "end."
        )
    if user.role == Role.OFFICIAL and not signatures:
        return _("An institute's reviewer recommends first.")
    if any(each.person_id == user.pk for each in signatures):
        return _("You have signed this gate already; each step needs another person.")
    return ""


def override_offer(review: GateReview, user: User) -> OverrideOffer | None:
    """Return the part in an override that is this person's, or None."""
    if user.role != Role.OFFICIAL or review.outcome != GateOutcome.FAIL:
        return None
    override = getattr(review, "override", None)
    if override is None:
        return OverrideOffer(approves=False)
    if override.published_at is not None:
        return None
    if override.proposed_by_id == user.pk:
        objection = _("You proposed it; a second official approves.")
        return OverrideOffer(approves=True, objection=objection)
    return OverrideOffer(approves=True)
