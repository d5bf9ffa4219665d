"""Briefs as pages draw them: what is asked, measured how, and what may follow."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kpis.services import definition_of, title_of_key
from portals.navigation import here, link_here, portal_of
from portals.presenters.audit import history_links
from portals.presenters.figures import NONE, figure_text, moment_text, money_text
from portals.presenters.moves import moves_of
from portals.presenters.pieces import Answer, Cell, Link, Move, Table, table_of
from portals.requests import is_official
from procurement.enums import BriefState, CallState, Comparator, Route
from procurement.models import Brief, BriefKpi, Call
from procurement.workflow import BRIEF_TRANSITIONS

# The other moves of a brief follow from its call and its award.
BY_HAND: Final = {BriefState.PUBLISHED, BriefState.CANCELLED}
HAND_MOVES: Final = tuple(each for each in BRIEF_TRANSITIONS if each.target in BY_HAND)
SECONDS_A_DAY: Final = 86400
SECONDS_AN_HOUR: Final = 3600
UNDER_REVIEW: Final = {BriefState.IN_REVIEW, BriefState.AWARDED}


def time_left(call: Call) -> str:
    """Say how long submissions are still taken, "" when they are not."""
    left = (call.closes_at - timezone.now()).total_seconds()
    if call.state != CallState.OPEN or left <= 0:
        return ""
    days, hours = int(left // SECONDS_A_DAY), int(left // SECONDS_AN_HOUR)
    if days:
        return ngettext(
            "%(n)s day to the deadline", "%(n)s days to the deadline", days
        ) % {"n": days}
    if hours:
        return ngettext(
            "%(n)s hour to the deadline", "%(n)s hours to the deadline", hours
        ) % {"n": hours}
    return _("Less than an hour to the deadline")


def kpi_title(key: str) -> str:
    return title_of_key(key)


def bound_text(row: BriefKpi, value: Any) -> str:
    """Write a bound with its comparator and unit, as "at least 95%"."""
    kpi = definition_of(row.kpi)
    number = figure_text(value, kpi.unit if kpi else "")
    sign = "≥" if row.comparator == Comparator.AT_LEAST else "≤"
    return f"{sign} {number}"


def range_text(low: Any, high: Any) -> str:
    if low is None and high is None:
        return NONE
    if low == high:
        return str(low)
    return f"{NONE if low is None else low}–{NONE if high is None else high}"


def volume_text(brief: Brief) -> str:
    if brief.quantity_max is None:
        return NONE
    return ngettext("%(range)s robot", "%(range)s robots", brief.quantity_max) % {
        "range": range_text(brief.quantity_min, brief.quantity_max)
    }


def brief_table(request: HttpRequest, briefs: Iterable[Any]) -> Table:
    """Draw briefs as a list; officials also see how many answers arrived."""
    counts = portal_of(request) == "officials"
    labels = [_("Scenario brief"), _("State"), _("Deadline"), _("Volume")]
    if counts:
        labels.append(_("Submissions") + "#")
    rows = [
        [
            Cell(
                each.title,
                url=here(request, "brief_detail", each.code),
                note=brief_note(each),
            ),
            Cell(each.get_state_display(), status=each.state),
            moment_text(each.call.closes_at),
            Cell(volume_text(each), note=money_text(each.budget_cny)),
            *([each.arrivals] if counts else []),
        ]
        for each in briefs
    ]
    create = link_here(request, "brief_create") if is_official(request) else ""
    return table_of(
        _("Scenario briefs"),
        labels,
        rows,
        empty=_("No brief yet. Write the first one: need, KPIs, budget, volume.")
        if create
        else _("No brief is published here right now."),
        empty_url=create,
        empty_action=_("Write a brief") if create else "",
    )


def brief_note(brief: Brief) -> str:
    where = brief.site.name if brief.site else ""
    parts = [brief.code, brief.get_scenario_display(), where]
    return " · ".join(part for part in parts if part)


def brief_page(request: HttpRequest, brief: Brief) -> dict[str, Any]:
    """Collect what the page of a brief shows to whoever reads it."""
    call = brief.call
    return {
        "title": brief.title,
        "brief": brief,
        "is_demo": brief.city.is_demo,
        "trail": [
            Link(_("Scenario briefs"), here(request, "brief_list")),
            Link(call.title, here(request, "call_detail", call.code)),
            Link(brief.code),
        ],
        "subtitle": f"{brief.city} · {brief.get_scenario_display()}",
        "status": brief.state,
        "status_label": brief.get_state_display(),
        "kpis": kpi_table(request, brief.kpis.all()),
        "site_facts": site_facts(brief),
        "terms": term_facts(brief),
        "dates": date_facts(brief),
        "moves": answer_moves(request, brief),
        "note": time_left(call) if takes_submissions(brief) else "",
    }


def kpi_table(request: HttpRequest, rows: Iterable[BriefKpi]) -> Table:
    """Draw minimum and target of each KPI; officials also see the planner's chance."""
    plans = portal_of(request) == "officials"
    labels = [
        _("KPI"),
        _("Minimum") + "#",
        _("Target") + "#",
        _("Window") + "#",
        _("Least coverage") + "#",
        _("Counts for the gate"),
    ]
    if plans:
        labels.append(_("Chance to be decided") + "#")
    lines = [
        [
            Cell(
                kpi_title(each.kpi),
                url=link_here(request, "kpi_detail", each.kpi),
                note=tasks_note(each),
            ),
            bound_text(each, each.minimum),
            bound_text(each, each.target),
            figure_text(each.window_days, "d"),
            figure_text(each.coverage_min, "1"),
            _("Mandatory") if each.mandatory else _("Shown beside"),
            *([figure_text(each.chance, "1")] if plans else []),
        ]
        for each in rows
    ]
    return table_of(
        _("KPIs with minimum and target"),
        labels,
        lines,
        empty=_("No KPI yet; without one nothing can be decided."),
    )


def tasks_note(row: BriefKpi) -> str:
    if not row.tasks_per_day:
        return ""
    return _("%(tasks)s tasks a day") % {"tasks": row.tasks_per_day}


def site_facts(brief: Brief) -> list[Answer]:
    site = brief.site
    if site is None:
        return [Answer(_("Site"), NONE)]
    return [
        Answer(_("Site"), site.name),
        Answer(_("Host enterprise"), site.host),
        Answer(_("Environment"), site.get_environment_display()),
        Answer(_("Address"), site.address or NONE),
        Answer(_("Constraints"), site.limits or NONE),
        Answer(_("Time zone"), site.timezone),
    ]


def term_facts(brief: Brief) -> list[Answer]:
    facts = [
        Answer(_("Route"), brief.get_route_display()),
        Answer(_("Robots in the POC"), brief.poc_robots),
        Answer(
            _("Length of the POC"),
            _("%(range)s weeks")
            % {"range": range_text(brief.weeks_min, brief.weeks_max)},
        ),
        Answer(_("Volume if the gate is passed"), volume_text(brief)),
        Answer(
            _("Ceiling of the unit price"), money_text(brief.unit_price_ceiling_cny)
        ),
        Answer(_("Volume budget"), money_text(brief.budget_cny)),
        Answer(_("Budget line"), brief.budget_line or NONE),
    ]
    if brief.compensation_cap_cny is not None:
        cap = money_text(brief.compensation_cap_cny)
        facts.append(Answer(_("Cap of compensable cost"), cap))
    if brief.route == Route.COOPERATIVE_INNOVATION and brief.novelty:
        facts.append(Answer(_("What must be developed"), brief.novelty))
    return facts


def date_facts(brief: Brief) -> list[Answer]:
    call = brief.call
    facts = [
        Answer(_("Submissions open"), moment_text(call.opens_at)),
        Answer(_("Deadline"), moment_text(call.closes_at)),
    ]
    if brief.published_at:
        facts.insert(0, Answer(_("Published"), moment_text(brief.published_at)))
    if brief.cancel_reason:
        facts.append(Answer(_("Cancelled because"), brief.cancel_reason))
    return facts


def answer_moves(request: HttpRequest, brief: Brief) -> list[Move]:
    """Let a vendor begin an answer, or go on with the one begun."""
    url = link_here(request, "submission_start", brief.code)
    if not url or not takes_submissions(brief):
        return []
    return [Move(_("Answer this brief"), url, "primary")]


def takes_submissions(brief: Brief) -> bool:
    return brief.state == BriefState.PUBLISHED and brief.call.state == CallState.OPEN


def brief_moves(
    request: HttpRequest, brief: Brief, problems: Sequence[Any]
) -> list[Move]:
    """List publishing and cancelling, for whom the table lets do it."""
    words = {
        str(BriefState.PUBLISHED): Move(
            _("Publish"),
            "",
            "primary",
            confirm=_(
                "The brief becomes public and its terms stand from now on. "
                "Vendors are told."
            ),
        ),
        str(BriefState.CANCELLED): Move(
            _("Cancel the brief"),
            "",
            confirm=_("The brief ends without an award. It cannot be undone."),
        ),
    }
    moves = moves_of(
        request,
        HAND_MOVES,
        brief,
        url_name="brief_advance",
        words=words,
        reasons={BriefState.CANCELLED},
    )
    return [shortened(move, len(problems)) for move in moves]


def shortened(move: Move, count: int) -> Move:
    """Point to the quality list instead of repeating it beside the button."""
    if not move.objection or not count:
        return move
    text = ngettext(
        "%(n)s thing is missing, see the list.",
        "%(n)s things are missing, see the list.",
        count,
    ) % {"n": count}
    return Move(move.label, move.url, move.tone, objection=text)


def brief_actions(request: HttpRequest, brief: Brief) -> list[Link]:
    """List the pages of officials that lead on from here."""
    if portal_of(request) != "officials":
        return []
    found = []
    if brief.state == BriefState.DRAFT and is_official(request):
        url = here(request, "brief_edit", brief.code, "scenario")
        found.append(Link(_("Go on writing"), url, "primary"))
    if brief.state != BriefState.DRAFT:
        url = here(request, "brief_submissions", brief.code)
        tone = "primary" if brief.state in UNDER_REVIEW else ""
        found.append(Link(_("Submissions"), url, tone))
    return [*found, *history_links(request, brief.code)]
