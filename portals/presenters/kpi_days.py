"""One KPI of a pilot: its days, its robots, its definition."""

from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kpis.engine.definition import CATALOGUE
from pilots.models import Deployment, Pilot
from pilots.reports.sentences import bound, figure, kpi_title, sentence
from pilots.services import GateState, gate_state
from pilots.services.gates import Weighed
from portals.navigation import link_here
from portals.presenters import dashboard, fleet
from portals.presenters.pieces import Answer, Cell, Chart, Table, table_of


def kpi_page(request: HttpRequest, pilot: Pilot, kpi: str) -> dict[str, Any]:
    """Gather the page of one contracted KPI; others do not exist."""
    state = gate_state(pilot)
    found = next((each for each in state.kpis if each.criterion.kpi == kpi), None)
    if found is None:
        raise Http404
    return {
        "title": kpi_title(kpi),
        "subtitle": pilot.title,
        "status": str(found.verdict.outcome),
        "fresh_at": fleet.instant(found.figure.fresh_at_us),
        "stale_after": dashboard.STALE_AFTER_S,
        "figure": dashboard.interval_of(found).svg,
        "answers": answers(found, state),
        "reasons": [
            sentence(each.code, each.facts, found.criterion.unit)
            for each in found.verdict.reasons
        ],
        "chart": day_chart(found),
        "robots": robot_table(request, pilot, found),
        "days": day_table(found),
    }


def answers(found: Weighed, state: GateState) -> list[Answer]:
    criterion, verdict = found.criterion, found.verdict
    kpi = CATALOGUE[criterion.kpi]
    chinese = not (get_language() or "").startswith("en")
    coverage = found.figure.coverage
    return [
        Answer(_("What it says"), kpi.explanation_zh if chinese else kpi.explanation),
        Answer(_("Source"), kpi.source),
        Answer(_("Asked"), bound(criterion)),
        Answer(_("Target"), figure(float(criterion.target), criterion.unit)),
        Answer(_("Estimate"), figure(verdict.estimate, criterion.unit)),
        Answer(_("Integers"), f"{verdict.num:,} / {verdict.den:,}"),
        Answer(
            _("Coverage"), figure(None if coverage is None else float(coverage), "1")
        ),
        Answer(_("Rows behind it"), f"{found.figure.samples:,}"),
        Answer(_("Law"), str(criterion.law)),
        Answer(_("As of"), f"{state.as_of:%Y-%m-%d}"),
        Answer(_("Definition (SHA-256)"), kpi.digest),
    ]


def day_chart(found: Weighed) -> Chart:
    scale = float(found.criterion.scale)
    days = found.evidence.days
    values = [day.num / day.den * scale if day.den else None for day in days]
    return Chart(
        id="days",
        title=_("Day by day"),
        summary=_("%(days)s operational days.") % {"days": len(days)},
        at=[float(day.on.toordinal() - 719_163) * 86_400 for day in days],
        lines=[(kpi_title(found.criterion.kpi), values)],
    )


def robot_table(request: HttpRequest, pilot: Pilot, found: Weighed) -> Table:
    robots = {
        each.robot_id: each.robot
        for each in Deployment.objects.filter(pilot=pilot).select_related("robot")
    }
    scale = float(found.criterion.scale)
    rows = []
    for total in found.figure.by_robot:
        robot = robots.get(total.robot_id)
        if robot is None:
            continue
        value = total.num / total.den * scale if total.den else None
        rows.append(
            [
                Cell(
                    robot.code,
                    url=link_here(request, "robot_detail", robot.code),
                    note=robot.serial,
                ),
                figure(value, found.criterion.unit),
                f"{total.num:,} / {total.den:,}",
            ]
        )
    return table_of(
        _("Robot by robot"),
        [_("Robot"), _("Value") + "#", _("Integers") + "#"],
        rows,
        empty=_("No robot was due yet."),
    )


def day_table(found: Weighed) -> Table:
    scale = float(found.criterion.scale)
    rows = [
        [
            f"{day.on:%Y-%m-%d}",
            figure(
                day.num / day.den * scale if day.den else None, found.criterion.unit
            ),
            f"{day.num:,}",
            f"{day.den:,}",
            f"{day.rows:,}",
        ]
        for day in reversed(found.evidence.days)
    ]
    return table_of(
        _("Day by day"),
        [
            _("Day"),
            _("Value") + "#",
            _("Numerator") + "#",
            _("Denominator") + "#",
            _("Rows") + "#",
        ],
        rows,
        empty=_("No operational day has closed yet."),
    )
