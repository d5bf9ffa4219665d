"""Gates as pages show them: what may be done, looks, reviews, signatures."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import User
from pilots import services
from pilots.enums import GateOutcome, GateStep, PilotState
from pilots.models import Exclusion, Gate, GateReview, Pilot, VolumeTranche
from pilots.reports.sentences import figure, kpi_title, sentence
from portals.navigation import here
from portals.presenters.interval import Interval
from portals.presenters.pieces import Cell, Event, Link, Move, Table, table_of

TAKES_ROBOTS = {PilotState.PLANNED, PilotState.RUNNING, PilotState.PROMOTED}
WAITS = {PilotState.PLANNED, PilotState.RUNNING}
ASKED_OF = {
    GateStep.RECOMMEND: Role.REVIEWER,
    GateStep.DECIDE: Role.OFFICIAL,
    GateStep.APPROVE: Role.OFFICIAL,
}


def deeds(request: HttpRequest, pilot: Pilot, user: User) -> dict[str, Any]:
    """Return the links and buttons this person has on a pilot."""
    actions, moves = [], []
    is_party = user.role in {Role.OFFICIAL, Role.VENDOR}
    if is_party and pilot.state in TAKES_ROBOTS:
        url = here(request, "robot_deploy", pilot.code)
        actions.append(Link(_("Deploy a robot"), url))
    if is_party and pilot.state in WAITS:
        url = here(request, "exclusion_new", pilot.code)
        actions.append(Link(_("Propose an exclusion"), url))
    if user.role == Role.OFFICIAL and pilot.state in WAITS:
        url = here(request, "pilot_assess", pilot.code)
        moves.append(Move(_("Assess the gate now"), url, "primary"))
    forward = ""
    if is_party and pilot.is_demo and pilot.state in WAITS:
        forward = here(request, "pilot_forward", pilot.code)
    return {
        "actions": actions,
        "moves": moves,
        "forward_url": forward,
        "order": order_box(pilot, user),
        "waiting": exclusion_moves(pilot, user),
    }


def order_box(pilot: Pilot, user: User) -> dict[str, Any]:
    """Offer the next tranche to an official, or say why it is closed."""
    if user.role != Role.OFFICIAL:
        return {}
    gate = pilot.gates.order_by("-stage").first()
    review = gate.reviews.order_by("-look__number").first() if gate else None
    if gate is None or review is None:
        why = _("The gate was not assessed yet.")
    else:
        why = services.why_closed(review)
    return {
        "quantity": gate.quantity if gate else 1,
        "url": reverse("officials:tranche_order", args=[pilot.code]),
        "objection": why,
    }


def review_table(request: HttpRequest, reviews: list[GateReview]) -> Table:
    rows = [
        [
            Cell(each.code, url=here(request, "gate_detail", each.code)),
            _("look %(number)s of %(on)s")
            % {"number": each.look.number, "on": each.look.on},
            Cell(str(each.get_outcome_display()), status=each.outcome),
            Cell(at=each.assessed_at),
        ]
        for each in reviews
    ]
    return table_of(
        _("Gate reviews"),
        [_("Review"), _("Look"), _("Outcome"), _("Assessed")],
        rows,
        empty=_("None yet: the gate is assessed when a registered look closes."),
    )


def look_table(gate: Gate) -> Table:
    read = set(gate.reviews.values_list("look_id", flat=True))
    rows = [
        [
            str(look.number),
            f"{look.on:%Y-%m-%d}",
            Cell(_("Read") if look.pk in read else _("To come"), status="info"),
        ]
        for look in gate.looks.all()
    ]
    return table_of(_("Registered looks"), [_("No."), _("Day"), _("State")], rows)


def exclusion_table(exclusions: list[Exclusion]) -> Table:
    rows = [
        [
            Cell(*exclusion_state(each)),
            f"{timezone.localtime(each.start_at):%Y-%m-%d %H:%M}",
            f"{timezone.localtime(each.end_at):%Y-%m-%d %H:%M}",
            each.reason,
        ]
        for each in exclusions
    ]
    return table_of(
        _("Exclusions"),
        [_("State"), _("From"), _("Until"), _("Reason")],
        rows,
        empty=_("None: every minute counts."),
    )


def exclusion_state(exclusion: Exclusion) -> tuple[str, str, str, str]:
    """Return the cell of an exclusion's state: word, no link, no note, status."""
    if exclusion.approved is None:
        return _("Proposed"), "", "", "waiting"
    if exclusion.approved:
        return _("Approved"), "", "", "approved"
    return _("Rejected"), "", "", "rejected"


def exclusion_moves(pilot: Pilot, user: User) -> list[tuple[Exclusion, list[Move]]]:
    """Return what waits for this official's judgement; nobody judges their own."""
    if user.role != Role.OFFICIAL:
        return []
    waiting = Exclusion.objects.visible_to(user).filter(
        pilot=pilot, approved__isnull=True
    )
    found = []
    for each in waiting.exclude(proposed_by=user):
        url = reverse("officials:exclusion_judge", args=[pilot.code, each.pk])
        moves = [
            Move(_("Approve"), url, "primary", target="approved"),
            Move(_("Reject"), url, target="rejected"),
        ]
        found.append((each, moves))
    return found


def verdict_rows(request: HttpRequest, review: GateReview) -> list[dict[str, Any]]:
    """Return each criterion of a review: figure, integers, reasons in words."""
    told = {each["criterion"]["kpi"]: each for each in review.bundle.get("kpis", [])}
    rows = []
    for verdict in review.verdicts.all():
        criterion = told.get(verdict.kpi, {}).get("criterion", {})
        unit = criterion.get("unit", "1")
        rows.append(
            {
                "title": kpi_title(verdict.kpi),
                "url": here(request, "pilot_kpi", review.pilot.code, verdict.kpi),
                "verdict": verdict,
                "value": figure(verdict.estimate, unit),
                "svg": _interval(verdict, criterion, unit).svg,
                "asked": _asked(criterion, unit),
                "reasons": [
                    sentence(code, facts, unit) for code, facts in verdict.reasons
                ],
            }
        )
    return rows


def signature_events(review: GateReview) -> list[Event]:
    return [
        Event(
            each.signed_at,
            f"{each.person} · {each.person.organisation}",
            f"{each.get_step_display()}: {each.get_answer_display()}",
            each.reason,
            "pass" if each.answer == "yes" else "fail",
        )
        for each in review.signatures.select_related("person__organisation")
    ]


def next_step(review: GateReview, user: User) -> str:
    """Return the step this person could sign now, or ""."""
    if review.outcome == GateOutcome.NOT_ENOUGH_EVIDENCE and not _is_last(review):
        return ""
    signed = set(review.signatures.values_list("step", flat=True))
    people = set(review.signatures.values_list("person_id", flat=True))
    waiting = next((step for step in GateStep if step not in signed), None)
    if waiting is None or user.pk in people or ASKED_OF[waiting] != user.role:
        return ""
    return str(waiting)


def next_step_words(review: GateReview) -> str:
    signed = set(review.signatures.values_list("step", flat=True))
    waiting = next((step for step in GateStep if step not in signed), None)
    if waiting is None:
        return _("All three have signed.")
    return {
        GateStep.RECOMMEND: _("Waits for a reviewer of an institute to recommend."),
        GateStep.DECIDE: _("Waits for an official to decide."),
        GateStep.APPROVE: _("Waits for a second official to approve."),
    }[waiting]


def tranche_rows(request: HttpRequest, tranches: list[VolumeTranche]) -> Table:
    rows = [
        [
            Cell(each.code, url=here(request, "pilot_detail", each.pilot.code)),
            each.pilot.title,
            str(each.pilot.vendor),
            f"{each.quantity:,}",
            f"{each.unit_price_cny * each.quantity:,.2f} {each.currency}",
            Cell(each.get_state_display(), status=each.state),
            Cell(each.gate_review.code, url=_review_url(request, each)),
            Cell(at=each.ordered_at),
        ]
        for each in tranches
    ]
    return table_of(
        _("Volume orders"),
        [
            _("Order"),
            _("Pilot"),
            _("Vendor"),
            _("Robots") + "#",
            _("Amount") + "#",
            _("State"),
            _("Unlocked by"),
            _("Ordered"),
        ],
        rows,
        empty=_("None yet: a passed gate with three signatures unlocks the first."),
        empty_url=here(request, "pilot_list"),
        empty_action=_("See the pilots"),
    )


def _review_url(request: HttpRequest, tranche: VolumeTranche) -> str:
    return here(request, "gate_detail", tranche.gate_review.code)


def _is_last(review: GateReview) -> bool:
    return bool(review.look.on >= review.gate.ends_on)


def _interval(verdict: Any, criterion: dict[str, Any], unit: str) -> Interval:
    return Interval(
        title=kpi_title(verdict.kpi),
        unit=unit,
        minimum=_number(criterion.get("minimum")) or 0.0,
        better="lower" if criterion.get("comparator") == "at_most" else "higher",
        estimate=verdict.estimate,
        low=verdict.low,
        high=verdict.high,
        target=_number(criterion.get("target")),
        outcome=str(verdict.outcome),
    )


def _asked(criterion: dict[str, Any], unit: str) -> str:
    minimum = figure(_number(criterion.get("minimum")), unit)
    if criterion.get("comparator") == "at_most":
        return _("at most %(value)s") % {"value": minimum}
    return _("at least %(value)s") % {"value": minimum}


def _number(told: Any) -> float | None:
    """Read a number of the bundle: "0.95", "19/20" or a list of two integers."""
    if told is None:
        return None
    if isinstance(told, list | tuple):
        return float(told[0]) / float(told[1])
    above, _slash, below = str(told).partition("/")
    return float(above) / float(below or 1)
