"""The live part of a pilot's dashboard: verdict, tiles, intervals, robots, chart."""

from dataclasses import replace
from typing import Any, Final, NamedTuple

from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from pilots.reports.sentences import kpi_title
from pilots.services.gates import Weighed
from portals.presenters import fleet
from portals.presenters.figures import NONE, figure_text
from portals.presenters.pieces import Cell, Chart, Fragments, Table, Tile, table_of
from portals.presenters.pilots.reading import Board, RobotLine
from portals.presenters.pilots.verdict import (
    Card,
    bound_text,
    finite,
    interval_of,
    live_card,
)

STALE_AFTER_S: Final = 60
CHARGE_STALE_S: Final = 300
CHART: Final = "pace"
FRAGMENTS: Final = ("verdict", "tiles", "intervals", "robots", "pace_words")


def url_in(portal: str, name: str, *args: object) -> str:
    """Reverse a page of one portal, "" where it has none."""
    try:
        return reverse(f"{portal}:{name}", args=args)
    except NoReverseMatch:
        return ""


def drawn(board: Board, portal: str) -> dict[str, Any]:
    """Return what the fragments draw, in the reader's language."""
    return {
        "verdict": verdict_card(board, portal),
        "tiles": [tile(each, board, portal) for each in board.state.kpis],
        "intervals": interval_table(board, portal),
        "robots": robot_table(board, portal),
        "chart": pace_chart(board),
    }


class Told(NamedTuple):
    """One reading as one portal says it in one language."""

    board: Board
    context: dict[str, Any]
    fragments: Fragments


_told: Final[dict[tuple[int, str, str], Told]] = {}


def told(board: Board, portal: str) -> Told:
    """Say a reading in the reader's language; said once for all who read it so."""
    key = (board.pilot.pk, portal, get_language() or "")
    held = _told.get(key)
    if held is None or held.board is not board:
        context = drawn(board, portal)
        held = _told[key] = Told(board, context, _rendered(context))
    return held


def _rendered(context: dict[str, Any]) -> Fragments:
    html: dict[str, str] = {
        name: render_to_string(f"pilots/live/{name}.html", context)
        for name in FRAGMENTS
    }
    return Fragments(html=html, charts={CHART: context["chart"].data["series"]})


def verdict_card(board: Board, portal: str) -> Card:
    card = live_card(board.state)
    review = board.state.review
    url = url_in(portal, "gate_detail", review.code) if review else ""
    return Card(card.status, card.title, card.summary, card.reasons, url)


def kpi_url(each: Weighed, board: Board, portal: str) -> str:
    """Lead to a KPI as it stands, or as the review found it that is shown."""
    state, kpi = board.state, each.criterion.kpi
    if state.coming and state.review:
        return url_in(portal, "gate_kpi", state.review.code, kpi)
    return url_in(portal, "pilot_kpi", board.pilot.code, kpi)


def tile(each: Weighed, board: Board, portal: str) -> Tile:
    live = not board.state.coming
    note = bound_text(each.criterion)
    if not each.criterion.decides:
        note = _("%(bound)s, shown only") % {"bound": note}
    return Tile(
        title=kpi_title(each.criterion.kpi),
        value=figure_text(_value(each, live=live), each.criterion.unit),
        status=str(each.verdict.outcome),
        note=note,
        url=kpi_url(each, board, portal),
        fresh_at=fleet.instant(each.figure.fresh_at_us) if live else None,
        stale_after=STALE_AFTER_S if live else 0,
    )


def _value(each: Weighed, *, live: bool) -> float | None:
    """Return the live value, or the reading's where it counts or states have none."""
    if live and each.figure.value is not None:
        return float(each.figure.value)
    return finite(each.verdict.estimate)


def interval_table(board: Board, portal: str) -> Table:
    rows = [_interval_row(each, board, portal) for each in board.state.kpis]
    return table_of(
        _("KPIs of the gate and their 95 % intervals"),
        [
            _("KPI"),
            _("Interval, minimum and target"),
            _("Estimate") + "#",
            _("Verdict") if board.state.coming else _("Verdict today"),
        ],
        rows,
    )


def _interval_row(each: Weighed, board: Board, portal: str) -> list[Any]:
    verdict, criterion = each.verdict, each.criterion
    told = (verdict.estimate, verdict.low, verdict.high)
    days = sum(day.rows > 0 for day in each.evidence.days)
    coverage = each.evidence.coverage
    note = _("%(days)s days, %(share)s known") % {
        "days": days,
        "share": figure_text(coverage, "1") if coverage is not None else NONE,
    }
    return [
        Cell(
            kpi_title(criterion.kpi),
            url=kpi_url(each, board, portal),
            note=note,
        ),
        Cell(figure=interval_of(criterion, told, str(verdict.outcome)).svg),
        figure_text(finite(verdict.estimate), criterion.unit),
        Cell(status=str(verdict.outcome)),
    ]


def robot_table(board: Board, portal: str) -> Table:
    return table_of(
        _("Robots at work"),
        [
            _("Robot"),
            _("Connection"),
            _("Success, 24 h") + "#",
            _("Charge") + "#",
        ],
        [_robot_row(each, board, portal) for each in board.robots],
        empty=_(
            "No robot is at work. The vendor enrols robots for this pilot; from then "
            "on what they send counts."
        ),
    )


def _robot_row(each: RobotLine, board: Board, portal: str) -> list[Any]:
    charge: Any = NONE
    if each.charge is not None:
        charge = Cell(f"{each.charge:.0%}", note=charge_note(each, board))
    return [
        Cell(
            each.code,
            url=url_in(portal, "pilot_robot", board.pilot.code, each.code),
            note=each.serial,
        ),
        replace(
            fleet.connection_cell(each.heard_at),
            at=each.heard_at,
            stale_after=STALE_AFTER_S,
        ),
        figure_text(each.success, "1") if each.success is not None else NONE,
        charge,
    ]


def charge_note(each: RobotLine, board: Board) -> str:
    """Say the age of a charge that is not fresh."""
    if each.charge_at is None:
        return ""
    age_s = (board.read_at - each.charge_at).total_seconds()
    if age_s <= CHARGE_STALE_S:
        return ""
    return _("%(minutes)s min old") % {"minutes": int(age_s // 60)}


def pace_chart(board: Board) -> Chart:
    known = [value for _at, value in board.pace if value is not None]
    last = next(
        (value for _at, value in reversed(board.pace) if value is not None), None
    )
    summary = (
        _("In the last hour with data %(last)s tasks; least %(low)s, most %(high)s.")
        % {
            "last": f"{last:,.0f}",
            "low": f"{min(known):,.0f}",
            "high": f"{max(known):,.0f}",
        }
        if last is not None
        else _("Nothing was heard in the last 24 hours.")
    )
    return Chart(
        id=CHART,
        title=_("Tasks finished in the hour before, last 24 hours"),
        summary=summary,
        at=[at for at, _value in board.pace],
        lines=[(_("tasks"), [value for _at, value in board.pace])],
        minimum=0,
    )
