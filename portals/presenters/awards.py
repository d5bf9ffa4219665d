"""Awards and contracts as pages draw them."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.workflow import available
from pilots.models import Pilot
from portals.navigation import here, link_here, portal_of
from portals.presenters.briefs import kpi_title, range_text
from portals.presenters.comparison import points_text, trail_to
from portals.presenters.figures import (
    NONE,
    figure_text,
    hash_text,
    moment_text,
    money_text,
)
from portals.presenters.pieces import Answer, Cell, Event, Link, Move, Table, table_of
from portals.requests import actor, is_official
from procurement.enums import Comparator, ContractState
from procurement.models import Award, PocContract, Submission, TechnicalPlan
from procurement.services import Rank
from procurement.workflow import CONTRACT_TRANSITIONS


def award_form_page(
    request: HttpRequest, rank: Rank, plan: TechnicalPlan | None
) -> dict[str, Any]:
    submission: Submission = rank.submission
    brief = submission.brief
    listed = here(request, "brief_submissions", brief.code)
    return {
        "title": _("Award to %(vendor)s") % {"vendor": submission.vendor},
        "subtitle": brief.title,
        "trail": trail_to(
            request, brief, Link(_("Submissions"), listed), Link(_("Award"))
        ),
        "cancel_url": listed,
        "submit": _("Award"),
        "answers": [
            Answer(_("Submission"), submission.code),
            Answer(_("Vendor"), str(submission.vendor)),
            Answer(_("Score of 100"), points_text(rank.mean)),
            Answer(_("Finished reviews"), len(rank.scores)),
            Answer(
                _("Price of the POC"), money_text(plan.poc_price_cny if plan else None)
            ),
            Answer(
                _("Unit price at volume"),
                money_text(plan.unit_price_cny if plan else None),
            ),
        ],
    }


def award_table(request: HttpRequest, awards: Iterable[Award]) -> Table:
    rows = [
        [
            Cell(
                each.brief.title,
                url=here(request, "award_detail", each.code),
                note=f"{each.code} · {each.city}",
            ),
            str(each.vendor),
            points_text(each.score),
            moment_text(each.awarded_at),
        ]
        for each in awards
    ]
    return table_of(
        _("Awards"),
        [_("Scenario brief"), _("Vendor"), _("Score of 100") + "#", _("Awarded")],
        rows,
        empty=_("Nothing is awarded yet. Awards are published with their reasons."),
    )


def award_list_actions(request: HttpRequest) -> list[Link]:
    contracts = link_here(request, "contract_list")
    return [Link(_("Contracts"), contracts)] if contracts else []


def award_page(
    request: HttpRequest, award: Award, contract: PocContract | None
) -> dict[str, Any]:
    brief = award.brief
    return {
        "title": _("Award of %(brief)s") % {"brief": brief.title},
        "award": award,
        "is_demo": award.city.is_demo,
        "trail": [Link(_("Awards"), here(request, "award_list")), Link(award.code)],
        "subtitle": str(award.city),
        "brief_url": here(request, "brief_detail", brief.code),
        "answers": [
            Answer(_("Scenario brief"), f"{brief.code} {brief.title}"),
            Answer(_("Vendor"), str(award.vendor)),
            Answer(_("Submission"), award.submission.code),
            Answer(_("Score of 100"), points_text(award.score)),
            Answer(_("Awarded"), moment_text(award.awarded_at)),
        ],
        "contract": contract,
        "contract_url": here(request, "contract_detail", contract.code)
        if contract
        else "",
    }


def contract_table(request: HttpRequest, contracts: Iterable[PocContract]) -> Table:
    other = portal_of(request) == "vendors"
    rows = [
        [
            Cell(
                each.brief.title,
                url=here(request, "contract_detail", each.code),
                note=each.code,
            ),
            Cell(each.get_state_display(), status=each.state),
            str(each.city if other else each.vendor),
            f"{each.starts_on:%Y-%m-%d}",
            figure_text(each.weeks, "wk"),
        ]
        for each in contracts
    ]
    return table_of(
        _("POC contracts"),
        [
            _("Scenario brief"),
            _("State"),
            _("City") if other else _("Vendor"),
            _("Starts on"),
            _("Length") + "#",
        ],
        rows,
        empty=_("No contract yet. One is drafted after an award."),
    )


def contract_page(request: HttpRequest, contract: PocContract) -> dict[str, Any]:
    brief = contract.brief
    return {
        "title": _("POC contract %(code)s") % {"code": contract.code},
        "contract": contract,
        "is_demo": contract.city.is_demo,
        "trail": [
            Link(_("Contracts"), here(request, "contract_list")),
            Link(contract.code),
        ],
        "subtitle": brief.title,
        "status": contract.state,
        "status_label": contract.get_state_display(),
        "moves": sign_moves(request, contract),
        "actions": contract_actions(request, contract),
        "parties": [
            Answer(_("City"), str(contract.city)),
            Answer(_("Vendor"), str(contract.vendor)),
            Answer(_("Scenario brief"), f"{brief.code} {brief.title}"),
        ],
        "terms": contract_terms(contract),
        "criteria": criteria_table(request, contract),
        "events": signatures(contract),
        "digest": hash_text(contract.criteria_digest),
    }


def sign_moves(request: HttpRequest, contract: PocContract) -> list[Move]:
    """Draw the one signature that may be next, if it is this reader's."""
    moves = available(CONTRACT_TRANSITIONS, contract, actor(request))
    return [
        Move(
            _("Sign for %(party)s") % {"party": actor(request).organisation},
            here(request, "contract_sign", contract.code),
            "primary",
            confirm=_(
                "You sign the terms and the KPI contract with the digest shown. "
                "From the first signature on they stand."
            ),
            objection=move.objection,
        )
        for move in moves
    ]


def contract_actions(request: HttpRequest, contract: PocContract) -> list[Link]:
    """Lead on to the pilot: to the one there is, else to opening it."""
    if contract.state != ContractState.SIGNED:
        return []
    pilot = Pilot.objects.visible_to(actor(request)).filter(contract=contract).first()
    if pilot:
        return [Link(_("The pilot"), here(request, "pilot_detail", pilot.code))]
    if not is_official(request):
        return []
    url = here(request, "pilot_create", contract.code)
    return [Link(_("Open the pilot"), url, "primary")]


def contract_terms(contract: PocContract) -> list[Answer]:
    volume = range_text(contract.quantity_min, contract.quantity_max)
    return [
        Answer(_("Starts on"), f"{contract.starts_on:%Y-%m-%d}"),
        Answer(_("Length"), figure_text(contract.weeks, "wk")),
        Answer(_("Robots in the POC"), contract.robots),
        Answer(_("Price of the POC"), money_text(contract.poc_price_cny)),
        Answer(_("Unit price at volume"), money_text(contract.unit_price_cny)),
        Answer(_("Volume if the gate is passed"), _("%(n)s robots") % {"n": volume}),
        Answer(_("Accepted evidence"), contract.get_evidence_kind_display()),
    ]


def criteria_table(request: HttpRequest, contract: PocContract) -> Table:
    """Draw the KPI contract as frozen, not as the catalogue has it today."""
    rows = [
        [
            Cell(
                kpi_title(each["kpi"]),
                url=link_here(request, "kpi_detail", each["kpi"]),
            ),
            frozen_bound(each, "minimum"),
            frozen_bound(each, "target"),
            figure_text(each["window_days"], "d"),
            figure_text(float(each["coverage_min"]), "1"),
            _("Mandatory") if each["mandatory"] else _("Shown beside"),
            ", ".join(str(day) for day in each["looks"]) or NONE,
        ]
        for each in contract.criteria
    ]
    return table_of(
        _("KPI contract"),
        [
            _("KPI"),
            _("Minimum") + "#",
            _("Target") + "#",
            _("Window") + "#",
            _("Least coverage") + "#",
            _("Counts for the gate"),
            _("Registered looks, day"),
        ],
        rows,
    )


def frozen_bound(criterion: dict[str, Any], name: str) -> str:
    sign = "≥" if criterion["comparator"] == Comparator.AT_LEAST else "≤"
    return f"{sign} {figure_text(float(criterion[name]), criterion['unit'])}"


def signatures(contract: PocContract) -> list[Event]:
    events = [
        Event(contract.drafted_at, str(contract.drafted_by), _("Drafted for the city"))
    ]
    if contract.vendor_signed_at:
        events.insert(
            0,
            Event(
                contract.vendor_signed_at,
                str(contract.vendor_signed_by),
                _("Signed for the vendor"),
                status="good",
            ),
        )
    if contract.signed_at:
        events.insert(
            0,
            Event(
                contract.signed_at,
                str(contract.city_signed_by),
                _("Signed for the city"),
                status="good",
            ),
        )
    return events
