"""Lists of pilots and of volume orders."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from pilots.enums import GateOutcome
from pilots.models import Deployment, GateReview, Pilot, VolumeTranche
from portals.navigation import here, link_here, portal_of
from portals.presenters import fleet
from portals.presenters.figures import money_text
from portals.presenters.pieces import Cell, Table, table_of
from portals.presenters.pilots.board import STALE_AFTER_S
from portals.presenters.pilots.page import week_words
from portals.requests import actor


def listed(request: HttpRequest) -> QuerySet[Pilot]:
    """Select the pilots this reader may know of."""
    seen = Pilot.objects.visible_to(actor(request)).with_parties()
    rows: QuerySet[Pilot] = seen.order_by("-starts_on", "-pk")
    return rows


def pilot_table(request: HttpRequest, pilots: Iterable[Pilot]) -> Table:
    pilots = list(pilots)
    outcomes = newest_outcomes(request, pilots)
    at_work = robots_at_work(request, pilots)
    heard = fleet.last_received(
        robot for robots in at_work.values() for robot in robots
    )
    other = portal_of(request) == "vendors"
    rows = [
        [
            Cell(
                each.title,
                url=here(request, "pilot_detail", each.code),
                note=f"{each.code} · {each.city if other else each.vendor}",
            ),
            Cell(each.get_state_display(), status=each.state),
            week_words(each),
            outcome_cell(outcomes.get(each.pk)),
            _("%(n)s of %(due)s")
            % {"n": len(at_work[each.pk]), "due": each.contract.robots},
            Cell(
                at=max(filter(None, map(heard.get, at_work[each.pk])), default=None),
                stale_after=STALE_AFTER_S,
            ),
        ]
        for each in pilots
    ]
    return table_of(
        _("Pilots"),
        [
            _("Pilot"),
            _("State"),
            _("Week"),
            _("Gate"),
            _("Robots") + "#",
            _("Latest data"),
        ],
        rows,
        empty=_("No pilots yet. One opens from a signed contract."),
        empty_url=link_here(request, "contract_list"),
        empty_action=_("See the contracts"),
    )


def outcome_cell(outcome: str | None) -> Cell:
    if outcome is None:
        return Cell(_("Not assessed yet"), status="pending")
    return Cell(GateOutcome(outcome).label, status=outcome)


def newest_outcomes(request: HttpRequest, pilots: list[Pilot]) -> dict[int, str]:
    """Return the outcome of each pilot's newest review, in one query."""
    reviews = GateReview.objects.visible_to(actor(request)).filter(
        gate__pilot__in=pilots
    )
    told = reviews.order_by("gate__stage", "look__number").values_list(
        "gate__pilot_id", "outcome", "gate__stage", "look__number"
    )
    return {pilot_id: outcome for pilot_id, outcome, *_order in told}


def robots_at_work(request: HttpRequest, pilots: list[Pilot]) -> dict[int, list[int]]:
    """Return which robots each pilot has at work, in one query."""
    seen = Deployment.objects.visible_to(actor(request)).open_now()
    pairs = seen.filter(pilot__in=pilots).values_list("pilot_id", "robot_id")
    found: dict[int, list[int]] = {each.pk: [] for each in pilots}
    for pilot_id, robot_id in pairs:
        found[pilot_id].append(robot_id)
    return found


def tranche_table(request: HttpRequest, tranches: Iterable[VolumeTranche]) -> Table:
    rows = [
        [
            Cell(
                each.code,
                url=here(request, "tranche_detail", each.code),
                note=_("tranche %(number)s") % {"number": each.number},
            ),
            Cell(
                each.pilot.title,
                url=here(request, "pilot_detail", each.pilot.code),
                note=str(each.pilot.vendor),
            ),
            f"{each.quantity:,}",
            money_text(each.unit_price_cny * each.quantity),
            Cell(each.get_state_display(), status=each.state),
            Cell(
                each.gate_review.code,
                url=here(request, "gate_detail", each.gate_review.code),
            ),
            Cell(at=each.ordered_at),
        ]
        for each in tranches
    ]
    return table_of(
        _("Volume orders"),
        [
            _("Order"),
            _("Pilot"),
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
