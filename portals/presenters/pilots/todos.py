"""What waits for a person between a signed contract and a volume order."""

from collections.abc import Iterator
from typing import Final

from django.db.models import Exists, F, OuterRef, Prefetch, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import User
from pilots.enums import GateOutcome, GateStep, MilestoneState, PilotState
from pilots.models import (
    Deployment,
    Exclusion,
    GateOverride,
    GateReview,
    GateSignature,
    Pilot,
    PilotMilestone,
)
from pilots.services.offers import open_orders, why_full
from portals.presenters.pieces import Task
from portals.presenters.pilots.verdict import day_text
from procurement.enums import ContractState
from procurement.models import PocContract

MOST: Final = 10
SIGNS_AT: Final = {Role.OFFICIAL: "officials", Role.REVIEWER: "institutes"}
PARTIES: Final = "gate__pilot__contract__award__brief"


def gates_to_sign(user: User) -> Iterator[Task]:
    """Reviews whose next signature is this person's."""
    portal = SIGNS_AT.get(Role(user.role))
    if portal is None:
        return
    approved = GateSignature.objects.visible_to(user).filter(
        review=OuterRef("pk"), step=GateStep.APPROVE
    )
    undecided = Q(outcome=GateOutcome.NOT_ENOUGH_EVIDENCE)
    rows = GateReview.objects.visible_to(user).filter(
        ~undecided | Q(look__on__gte=F("gate__ends_on")), ~Exists(approved)
    )
    rows = rows.select_related(PARTIES).defer("bundle")
    rows = rows.prefetch_related("signatures")
    for review in rows.order_by("assessed_at")[: 2 * MOST]:
        signatures = list(review.signatures.all())
        if not _is_next(signatures, user):
            continue
        yield Task(
            _("%(step)s on the gate of %(pilot)s")
            % {
                "step": list(GateStep)[len(signatures)].label,
                "pilot": review.pilot.title,
            },
            review.outcome,
            reverse(f"{portal}:gate_detail", args=[review.code]),
            hint=str(review.get_outcome_display()),
        )


def _is_next(signatures: list[GateSignature], user: User) -> bool:
    if user.role == Role.REVIEWER:
        return not signatures
    return bool(signatures) and all(each.person_id != user.pk for each in signatures)


def overrides_to_approve(user: User) -> Iterator[Task]:
    """Failed gates that a colleague proposed to override."""
    if user.role != Role.OFFICIAL:
        return
    waiting = GateOverride.objects.visible_to(user).filter(published_at=None)
    rows = waiting.exclude(proposed_by=user).select_related(
        f"review__{PARTIES}", "proposed_by"
    )
    for each in rows.order_by("proposed_at")[:MOST]:
        yield Task(
            _("Approve the override for %(pilot)s")
            % {"pilot": each.review.pilot.title},
            "override",
            reverse("officials:gate_detail", args=[each.review.code]),
            hint=_("Proposed by %(person)s") % {"person": each.proposed_by},
        )


def pilots_to_open(user: User) -> Iterator[Task]:
    """Signed contracts without a pilot."""
    if user.role != Role.OFFICIAL:
        return
    opened = Pilot.objects.visible_to(user).filter(contract=OuterRef("pk"))
    signed = PocContract.objects.visible_to(user).filter(
        ~Exists(opened), state=ContractState.SIGNED
    )
    for each in signed.select_related("award__brief").order_by("signed_at")[:MOST]:
        yield Task(
            _("Open the pilot of %(brief)s") % {"brief": each.brief.title},
            "not_started",
            reverse("officials:pilot_create", args=[each.code]),
            hint=each.code,
        )


def orders_to_place(user: User) -> Iterator[Task]:
    """Tranches that a gate has unlocked."""
    if user.role != Role.OFFICIAL:
        return
    promoted = Pilot.objects.visible_to(user).filter(state=PilotState.PROMOTED)
    rows = promoted.with_parties().prefetch_related("tranches")
    pilots = list(rows.order_by("-starts_on")[:MOST])
    quantities = open_orders(pilots)
    for pilot in pilots:
        if pilot.pk in quantities:
            yield Task(
                _("Order %(n)s robots after %(pilot)s")
                % {"n": f"{quantities[pilot.pk]:,}", "pilot": pilot.title},
                "open",
                reverse("officials:pilot_detail", args=[pilot.code]) + "#volume",
                hint=_("The gate has unlocked it."),
            )


def exclusions_to_judge(user: User) -> Iterator[Task]:
    """Exclusions that somebody else proposed."""
    if user.role != Role.OFFICIAL:
        return
    waiting = Exclusion.objects.visible_to(user).filter(approved=None)
    rows = waiting.exclude(proposed_by=user).select_related(
        "pilot__contract__award__brief", "proposed_by"
    )
    for each in rows.order_by("proposed_at")[:MOST]:
        yield Task(
            _("Judge an exclusion in %(pilot)s") % {"pilot": each.pilot.title},
            "not_started",
            reverse("officials:pilot_detail", args=[each.pilot.code]) + "#exclusions",
            hint=each.reason,
        )


def milestones_to_judge(user: User) -> Iterator[Task]:
    """Milestones whose day has come."""
    if user.role != Role.OFFICIAL:
        return
    due = PilotMilestone.objects.visible_to(user).filter(
        state=MilestoneState.SCHEDULED,
        due_on__lte=timezone.localdate(),
        pilot__state=PilotState.RUNNING,
    )
    rows = due.select_related("pilot__contract__award__brief").order_by("due_on")
    for each in rows[:MOST]:
        yield Task(
            _("Judge milestone %(number)s of %(pilot)s")
            % {"number": each.number, "pilot": each.pilot.title},
            "due",
            reverse("officials:pilot_milestone", args=[each.pilot.code, each.number]),
            hint=_("Due %(on)s") % {"on": day_text(each.due_on)},
        )


def robots_to_deploy(user: User) -> Iterator[Task]:
    """Pilots that still lack contracted robots."""
    if user.role != Role.VENDOR:
        return
    begun = Pilot.objects.visible_to(user).filter(
        state__in=[PilotState.PLANNED, PilotState.RUNNING]
    )
    at_work = Deployment.objects.visible_to(user).open_now()
    rows = begun.with_parties().prefetch_related(
        "tranches", Prefetch("deployments", at_work)
    )
    for pilot in rows.order_by("starts_on")[:MOST]:
        if why_full(pilot):
            continue
        yield Task(
            _("Put robots to work in %(pilot)s") % {"pilot": pilot.title},
            "not_started",
            reverse("vendors:pilot_detail", args=[pilot.code]),
            hint=_("%(n)s robots are contracted; each must report.")
            % {"n": pilot.contract.robots},
        )


SOURCES: Final = (
    gates_to_sign,
    overrides_to_approve,
    orders_to_place,
    pilots_to_open,
    exclusions_to_judge,
    milestones_to_judge,
    robots_to_deploy,
)
