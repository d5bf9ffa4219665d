"""A pilot's dashboard: verdict in words, tiles, intervals, robots, milestones."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from kpis.engine.parts import FACT_KEYS
from kpis.enums import Tier
from kpis.models import KpiState
from pilots.enums import MilestoneState
from pilots.models import Deployment, Pilot
from pilots.reports.sentences import bound, figure, kpi_title, sentence
from pilots.services import GateState
from pilots.services.gates import Weighed
from portals.navigation import optional_url
from portals.presenters import fleet
from portals.presenters.interval import Interval
from portals.presenters.pieces import Cell, Chart, Table, Tile, table_of
from portals.presenters.timeline import Bar, Timeline
from robot_bridge.telemetry import HOUR_US

STALE_AFTER_S: Final = 60
CHART_HOURS: Final = 24
MILESTONE_STATUS: Final = {
    MilestoneState.SCHEDULED: "not_started",
    MilestoneState.MET: "done",
    MilestoneState.NOT_MET: "failed",
}
TASKS_DONE: Final = "tasks_finished"


@dataclass(frozen=True)
class Board:
    """All that a dashboard draws; the parts marked live are sent again and again."""

    verdict: dict[str, Any]
    tiles: list[Tile]
    intervals: Table
    robots: Table
    chart: Chart


def board(pilot: Pilot, state: GateState, portal: str) -> Board:
    return Board(
        verdict=verdict_card(state),
        tiles=[tile(each, pilot, portal) for each in state.kpis],
        intervals=interval_table(state, pilot, portal),
        robots=robot_table(pilot, portal),
        chart=task_chart(pilot),
    )


def verdict_card(state: GateState) -> dict[str, Any]:
    """Say where the gate stands: the review that decided, else today's preview."""
    review = state.review
    if review is not None and review.outcome != "not_enough_evidence":
        outcome = str(review.outcome)
        pairs = [(code, facts, "1") for code, facts in review.reasons]
        title = _("Gate %(stage)s: decided at look %(look)s of %(on)s") % {
            "stage": state.gate.stage,
            "look": review.look.number,
            "on": review.look.on,
        }
        earliest = None
    else:
        # Only a registered look decides: a preview never reads as a pass.
        outcome = "not_enough_evidence"
        pairs = []
        title = _("Gate %(stage)s: not decided yet") % {"stage": state.gate.stage}
        earliest = state.overall.earliest_on
    counted = count_words(state)
    if earliest:
        counted = f"{counted} " + _("Can be decided on %(on)s at the earliest.") % {
            "on": earliest
        }
    if state.next_look and outcome == "not_enough_evidence":
        counted = f"{counted} " + _("Next look: %(on)s.") % {"on": state.next_look.on}
    return {
        "status": outcome,
        "title": title,
        "summary": counted,
        "reasons": [sentence(code, facts, unit) for code, facts, unit in pairs]
        + kpi_reasons(state),
    }


def count_words(state: GateState) -> str:
    outcomes = [str(each.verdict.outcome) for each in state.kpis]
    return _(
        "Of %(all)s KPIs %(passed)s are shown, %(failed)s are missed and %(open)s are "
        "not decided."
    ) % {
        "all": len(outcomes),
        "passed": outcomes.count("pass"),
        "failed": outcomes.count("fail"),
        "open": outcomes.count("not_enough_evidence"),
    }


def kpi_reasons(state: GateState) -> list[str]:
    """Say why each KPI that is not shown is not."""
    told = []
    for each in state.kpis:
        if each.verdict.outcome == "pass":
            continue
        words = " ".join(
            sentence(reason.code, reason.facts, each.criterion.unit)
            for reason in each.verdict.reasons
        )
        told.append(f"{kpi_title(each.criterion.kpi)}: {words}")
    return told


def tile(each: Weighed, pilot: Pilot, portal: str) -> Tile:
    unit = each.criterion.unit
    return Tile(
        title=kpi_title(each.criterion.kpi),
        value=figure(each.verdict.estimate, unit),
        status=str(each.verdict.outcome),
        note=bound(each.criterion)
        if each.criterion.decides
        else _("%(bound)s, shown only") % {"bound": bound(each.criterion)},
        url=kpi_url(pilot, each.criterion.kpi, portal),
        fresh_at=fleet.instant(each.figure.fresh_at_us),
        stale_after=STALE_AFTER_S,
    )


def kpi_url(pilot: Pilot, kpi: str, portal: str) -> str:
    return optional_url(f"{portal}:pilot_kpi", pilot.code, kpi)


def interval_of(each: Weighed) -> Interval:
    criterion, verdict = each.criterion, each.verdict
    return Interval(
        title=kpi_title(criterion.kpi),
        unit=criterion.unit,
        minimum=float(criterion.minimum),
        better="higher" if criterion.comparator == "at_least" else "lower",
        estimate=verdict.estimate,
        low=verdict.low,
        high=verdict.high,
        target=float(criterion.target),
        outcome=str(verdict.outcome),
    )


def interval_table(state: GateState, pilot: Pilot, portal: str) -> Table:
    rows = [
        [
            Cell(
                kpi_title(each.criterion.kpi),
                url=kpi_url(pilot, each.criterion.kpi, portal),
                note=f"{each.verdict.num:,} / {each.verdict.den:,}",
            ),
            Cell(figure=interval_of(each).svg),
            figure(each.verdict.estimate, each.criterion.unit),
            Cell(status=str(each.verdict.outcome), text=""),
        ]
        for each in state.kpis
    ]
    return table_of(
        _("KPIs of the gate and their intervals"),
        [_("KPI"), _("Interval, minimum and target"), _("Now") + "#", _("Verdict")],
        rows,
    )


def robot_table(pilot: Pilot, portal: str) -> Table:
    at_work = Deployment.objects.open_now().filter(pilot=pilot)
    deployed = list(at_work.select_related("robot", "span").order_by("robot__code"))
    last = fleet.last_received([each.robot_id for each in deployed])
    rows = [
        [
            Cell(
                each.robot.code,
                url=optional_url(f"{portal}:robot_detail", each.robot.code),
                note=each.robot.serial,
            ),
            f"{each.robot.maker} {each.robot.model}",
            fleet.connection_cell(last.get(each.robot_id)),
            Cell(at=last.get(each.robot_id), stale_after=STALE_AFTER_S),
            each.span.software if each.span else "—",
        ]
        for each in deployed
    ]
    return table_of(
        _("Robots at work"),
        [_("Robot"), _("Model"), _("Connection"), _("Latest data"), _("Software")],
        rows,
        empty=_(
            "No robot is deployed yet. The vendor enrols one, then deploy it here."
        ),
    )


def task_chart(pilot: Pilot) -> Chart:
    """Draw the tasks finished in each of the last hours, from states."""
    ids = list(pilot.deployments.values_list("robot_id", flat=True))
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    starts = [hour - timedelta(hours=back) for back in range(CHART_HOURS, 0, -1)]
    first_us = _microseconds(starts[0])
    place = FACT_KEYS.index(TASKS_DONE)
    finished: dict[int, int] = {}
    states = KpiState.objects.filter(
        robot_id__in=ids,
        tier=Tier.HOUR,
        bucket_start_us__gte=first_us,
        evidence=pilot.contract.evidence_kind,
    ).values_list("bucket_start_us", "facts")
    for start_us, facts in states:
        count = facts[place] if place < len(facts) else 0
        finished[start_us] = finished.get(start_us, 0) + count
    values: list[float | None] = [
        float(finished[start_us]) if start_us in finished else None
        for start_us in map(_microseconds, starts)
    ]
    known = [value for value in values if value is not None]
    summary = _("%(tasks)s tasks finished in the last %(hours)s hours.") % {
        "tasks": f"{sum(known):,.0f}",
        "hours": CHART_HOURS,
    }
    return Chart(
        id="tasks",
        title=_("Tasks finished per hour, last 24 hours"),
        summary=summary,
        at=[start.timestamp() for start in starts],
        lines=[(_("tasks"), values)],
        minimum=0,
    )


def milestones(pilot: Pilot) -> Timeline:
    today = timezone.localdate(timezone=pilot.timezone)
    bars, begun = [], 0.0
    for each in pilot.milestones.all():
        ends = ((each.due_on - pilot.starts_on).days + 1) / 7
        status = MILESTONE_STATUS[MilestoneState(each.state)]
        if (
            each.state == MilestoneState.SCHEDULED
            and begun * 7 <= (today - pilot.starts_on).days
        ):
            status = "in_progress"
        bars.append(Bar(each.title, begun, ends, status))
        begun = ends
    elapsed = (today - pilot.starts_on).days / 7
    return Timeline(
        bars,
        weeks=pilot.weeks,
        title=_("Milestones"),
        today=elapsed if 0 <= elapsed <= pilot.weeks else None,
    )


def week_words(pilot: Pilot) -> str:
    today = timezone.localdate(timezone=pilot.timezone)
    week = (today - pilot.starts_on).days // 7 + 1
    if week > pilot.weeks:
        return _("all %(weeks)s weeks are over") % {"weeks": pilot.weeks}
    return _("week %(week)s of %(weeks)s") % {
        "week": max(week, 0),
        "weeks": pilot.weeks,
    }


def freshest(state: GateState) -> datetime | None:
    at_us = [each.figure.fresh_at_us for each in state.kpis if each.figure.fresh_at_us]
    return fleet.instant(max(at_us)) if at_us else None


def portal_name(request: HttpRequest) -> str:
    match = request.resolver_match
    return match.namespaces[0] if match else ""


def _microseconds(at: datetime) -> int:
    return int(at.timestamp()) * 1_000_000 // HOUR_US * HOUR_US
