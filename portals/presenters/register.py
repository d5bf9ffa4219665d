"""The public register: every brief from publication to what became of it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.db.models import Max, Sum
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kpis.models import Watermark
from pilots.models import GateOverride, Pilot, VolumeTranche
from portals.navigation import here, link_here
from portals.presenters.figures import NONE, figure_text, moment_text, money_text
from portals.presenters.pieces import Cell, Table, Tile, table_of
from portals.presenters.pilots.verdict import reason_words
from procurement.models import Award, Brief

STALE_AFTER_S = 300


def running_numbers(request: HttpRequest) -> list[Tile]:
    """Count, from the database and now, what the platform is doing."""
    ordered = VolumeTranche.objects.public().aggregate(sum=Sum("quantity"))["sum"] or 0
    newest_us = Watermark.objects.aggregate(newest=Max("received_us"))["newest"]
    register = here(request, "register")
    return [
        Tile(
            _("Briefs open for answers"),
            str(Brief.objects.public().taking_submissions().count()),
            url=here(request, "brief_list"),
        ),
        Tile(
            _("Awards"),
            str(Award.objects.public().count()),
            url=here(request, "award_list"),
        ),
        Tile(
            _("Pilots under way"),
            str(Pilot.objects.public().at_work().count()),
            url=register,
        ),
        Tile(_("Robots ordered in volume"), str(ordered), url=register),
        Tile(
            _("Latest telemetry"),
            _("Received") if newest_us else _("None yet"),
            fresh_at=datetime.fromtimestamp(newest_us / 1e6, tz=UTC)
            if newest_us
            else None,
            stale_after=STALE_AFTER_S if newest_us else 0,
        ),
    ]


def register_table(request: HttpRequest, briefs: Iterable[Brief]) -> Table:
    """Draw each brief with its award, its pilot and what was ordered."""
    briefs = list(briefs)
    awards = awards_of(briefs)
    pilots = pilots_of(briefs)
    rows = [
        [
            Cell(
                each.title,
                url=here(request, "brief_detail", each.code),
                note=f"{each.code} · {each.city}",
            ),
            stage_cell(each, pilots.get(each.pk)),
            vendor_cell(request, awards.get(each.pk)),
            *outcome_cells(pilots.get(each.pk)),
        ]
        for each in briefs
    ]
    return table_of(
        _("Outcome register"),
        [
            _("Scenario brief"),
            _("Stage"),
            _("Vendor"),
            _("Price of the POC") + "#",
            _("Ordered in volume") + "#",
        ],
        rows,
        empty=_("No brief is published yet. Each one stays here for good."),
    )


def override_table(overrides: Iterable[GateOverride]) -> Table:
    """Draw each override with what had failed, its reason and both names."""
    rows = [
        [
            Cell(
                each.review.pilot.title,
                note=f"{each.review.pilot.code} · {each.review.pilot.city}",
            ),
            Cell(
                each.review.pilot.vendor.name,
                note=reason_words(each.review.reasons, "1"),
            ),
            each.reason,
            Cell(str(each.proposed_by), note=str(each.approved_by)),
            moment_text(each.published_at),
        ]
        for each in overrides
    ]
    return table_of(
        _("Published overrides"),
        [
            _("Pilot"),
            _("Vendor, and why the gate failed"),
            _("Reason of the override"),
            _("Proposed and approved by"),
            _("Published"),
        ],
        rows,
        empty=_("None yet: every volume order so far followed a passed gate."),
    )


def awards_of(briefs: list[Brief]) -> dict[int, Award]:
    rows = Award.objects.public().filter(brief__in=briefs)
    return {each.brief_id: each for each in rows.select_related("submission__vendor")}


def pilots_of(briefs: list[Brief]) -> dict[int, Any]:
    rows = (
        Pilot.objects.public()
        .filter(contract__award__brief__in=briefs)
        .select_related("contract__award")
        .annotate(ordered=Sum("tranches__quantity"))
    )
    return {each.contract.award.brief_id: each for each in rows}


def stage_cell(brief: Brief, pilot: Any) -> Cell:
    if pilot is None:
        return Cell(brief.get_state_display(), status=brief.state)
    return Cell(
        pilot.get_state_display(),
        status=pilot.state,
        note=_("Pilot %(code)s") % {"code": pilot.code},
    )


def vendor_cell(request: HttpRequest, award: Award | None) -> Cell:
    if award is None:
        return Cell(NONE)
    return Cell(str(award.vendor), url=link_here(request, "award_detail", award.code))


def outcome_cells(pilot: Any) -> list[Cell]:
    if pilot is None:
        return [Cell(NONE), Cell(NONE)]
    contract = pilot.contract
    ordered = pilot.ordered or 0
    robots = ngettext("%(n)s robot", "%(n)s robots", ordered) % {"n": ordered}
    return [
        Cell(
            money_text(contract.poc_price_cny), note=figure_text(contract.weeks, "wk")
        ),
        Cell(robots),
    ]
