"""The list of gates: verdict, next look, and whose signature is awaited."""

from collections.abc import Iterable

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import User
from pilots.enums import GateOutcome
from pilots.models import Gate, GateReview, GateSignature
from pilots.services import signing_offer
from pilots.services.offers import next_step
from portals.navigation import here, link_here, portal_of
from portals.presenters.figures import NONE
from portals.presenters.pieces import Cell, Table, table_of
from portals.presenters.pilots.lists import outcome_cell
from portals.presenters.pilots.reviews import asked_of
from portals.presenters.pilots.verdict import day_text
from portals.requests import actor


def gates_listed(request: HttpRequest) -> "QuerySet[Gate]":
    """Select the gates this reader may know of, with what a row tells."""
    user = actor(request)
    signed = GateSignature.objects.visible_to(user)
    reviews = GateReview.objects.visible_to(user).select_related("look", "override")
    seen = Gate.objects.visible_to(user).select_related(
        "pilot__contract__city",
        "pilot__contract__vendor",
        "pilot__contract__award__brief",
    )
    rows: QuerySet[Gate] = seen.prefetch_related(
        "looks",
        Prefetch(
            "reviews",
            reviews.defer("bundle")
            .order_by("-look__number")
            .prefetch_related(Prefetch("signatures", signed)),
        ),
    )
    return rows.order_by("-pilot__starts_on", "-pilot__pk", "-stage")


def gate_table(request: HttpRequest, gates: Iterable[Gate]) -> Table:
    return table_of(
        _("Gates"),
        [_("Pilot"), _("Gate"), _("Verdict"), _("Next look"), _("Signs next")],
        [_row(request, gate) for gate in gates],
        empty=_("No gate yet. A pilot's first gate is registered when it opens."),
        empty_url=link_here(request, "pilot_list"),
        empty_action=_("See the pilots"),
    )


def _row(request: HttpRequest, gate: Gate) -> list[Cell]:
    pilot, review = gate.pilot, next(iter(gate.reviews.all()), None)
    other = pilot.city if portal_of(request) == "vendors" else pilot.vendor
    return [
        Cell(
            pilot.title,
            url=here(request, "pilot_detail", pilot.code),
            note=f"{pilot.code} · {other}",
        ),
        Cell(
            _("Gate %(stage)s") % {"stage": gate.stage},
            url=here(request, "gate_detail", review.code) if review else "",
            note=ngettext("unlocks %(n)s robot", "unlocks %(n)s robots", gate.quantity)
            % {"n": f"{gate.quantity:,}"},
        ),
        outcome_cell(review.outcome if review else None),
        _next_look(gate, review),
        signer_cell(review, gate, actor(request)),
    ]


def _next_look(gate: Gate, review: GateReview | None) -> Cell:
    if review and review.outcome != GateOutcome.NOT_ENOUGH_EVIDENCE:
        on = day_text(review.look.on)
        return Cell(NONE, note=_("decided at the look of %(on)s") % {"on": on})
    last = review.look.number if review else 0
    ahead = next((look for look in gate.looks.all() if look.number > last), None)
    if ahead is None:
        return Cell(NONE, note=_("every registered look was read"))
    return Cell(
        day_text(ahead.on),
        note=_("look %(number)s of %(all)s")
        % {"number": ahead.number, "all": len(gate.looks.all())},
    )


def signer_cell(review: GateReview | None, gate: Gate, user: User) -> Cell:
    """Say who signs next; "You" where it is this reader."""
    if review is None or _is_still_open(review, gate):
        return Cell(pgettext("signs", "Nobody yet"), status="not_started")
    step = next_step(review)
    if step is None:
        return Cell(_("Fully signed"), status="done")
    offer = signing_offer(review, user)
    if offer and not offer.objection:
        return Cell(pgettext("signs", "You"), status="due", note=str(step.label))
    return Cell(asked_of(step), status="waiting", note=str(step.label))


def _is_still_open(review: GateReview, gate: Gate) -> bool:
    """Whether a later look may still decide, so that nobody can sign now."""
    undecided = review.outcome == GateOutcome.NOT_ENOUGH_EVIDENCE
    return undecided and review.look.on < gate.ends_on
