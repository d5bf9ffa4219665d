"""A robot inside a pilot: its connection, its part in each KPI, its time there."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from kpis import services as kpis
from pilots import services
from pilots.evidence import criteria_of, microseconds, scope_of
from pilots.models import Deployment, GateReview, Pilot
from pilots.reports.sentences import kpi_title
from pilots.services.gates import current_gate
from portals.navigation import here, link_here
from portals.presenters import fleet
from portals.presenters.figures import NONE, age_text, figure_text, moment_text
from portals.presenters.pieces import Answer, Cell, Link, Move, Table, table_of
from portals.presenters.pilots.kpis import trail_to, value_text
from portals.presenters.pilots.reading import newest_charges
from portals.presenters.pilots.verdict import bound_text, day_text
from portals.requests import actor
from robot_bridge.models import Robot
from robot_bridge.telemetry import Window


def robot_page(
    request: HttpRequest,
    pilot: Pilot,
    spans: list[Deployment],
    review: GateReview | None,
) -> dict[str, Any]:
    """Tell of a robot in the gate as it stands, or as `review` found it."""
    robot = spans[0].robot
    at = fleet.last_received([robot.pk]).get(robot.pk)
    return {
        "title": robot.code,
        "subtitle": f"{robot.maker} {robot.model} · {robot.serial}",
        "trail": [*trail_to(request, pilot), Link(robot.code)],
        "status": fleet.connection(at),
        "fresh_at": at,
        "stale_after": fleet.LATE_AFTER_S,
        "is_demo": pilot.is_demo,
        "actions": _links(request, pilot, robot),
        "moves": withdraw_moves(request, pilot, spans),
        "answers": _answers(robot, spans),
        "kpis": kpi_table(request, pilot, robot, review),
        "spans": span_table(spans),
        "versions": version_table(pilot, robot, spans),
    }


def _links(request: HttpRequest, pilot: Pilot, robot: Robot) -> list[Link]:
    rows = Link(_("Raw rows"), here(request, "pilot_rows", pilot.code, robot.code))
    own = link_here(request, "robot_detail", robot.code)
    return [rows, Link(_("All of this robot"), own)] if own else [rows]


def withdraw_moves(
    request: HttpRequest, pilot: Pilot, spans: list[Deployment]
) -> list[Move]:
    url = link_here(request, "pilot_withdraw", pilot.code, spans[0].robot.code)
    if not url or all(each.end_at for each in spans):
        return []
    open_now = next(each for each in spans if not each.end_at)
    confirm = _("From now on what it sends no longer counts for this pilot.")
    if pilot.state not in services.NEEDS_CONSENT:
        label = _("Withdraw from the pilot")
        return [Move(label, url, "outline-danger", confirm=confirm)]
    if open_now.leave_asked_by is None:
        return [
            Move(
                _("Ask for its withdrawal"),
                url,
                "outline-danger",
                asks_reason=True,
                confirm=_("It stays due until an official agrees."),
            )
        ]
    return [
        Move(
            _("Agree to its withdrawal"),
            url,
            "outline-danger",
            confirm=confirm,
            objection=services.why_not_released(open_now, actor(request)),
        )
    ]


def _answers(robot: Robot, spans: list[Deployment]) -> list[Answer]:
    charge, charge_at = newest_charges([robot.pk], timezone.now()).get(
        robot.pk, (None, None)
    )
    newest = spans[0]
    return [
        Answer(_("Serial number"), robot.serial),
        Answer(_("Maker and model"), f"{robot.maker} {robot.model}"),
        Answer(_("Protocol"), robot.get_protocol_display()),
        *_leaving(newest),
        Answer(_("Software"), newest.span.software if newest.span else NONE),
        Answer(
            _("Charge"),
            f"{charge:.0%} ({age_text(charge_at)})" if charge is not None else NONE,
        ),
    ]


def _leaving(deployment: Deployment) -> list[Answer]:
    """Say who asked for the robot's withdrawal, and why."""
    if deployment.leave_asked_by is None:
        return []
    asked = _("%(who)s, %(at)s: %(reason)s") % {
        "who": deployment.leave_asked_by,
        "at": moment_text(deployment.leave_asked_at),
        "reason": deployment.leave_reason,
    }
    return [Answer(_("Withdrawal asked for"), asked)]


def kpi_table(
    request: HttpRequest, pilot: Pilot, robot: Robot, review: GateReview | None
) -> Table:
    """Say the robot's own part in each criterion, over the gate's days so far."""
    today = timezone.localdate(timezone=pilot.timezone)
    gate = review.gate if review else current_gate(pilot)
    as_of = review.look.on if review else min(today, gate.ends_on)
    scope = scope_of(gate, as_of)
    criteria = criteria_of(pilot.contract)
    figures = kpis.compute(
        robots=[robot.pk],
        window=scope.window,
        kpis=[each.kpi for each in criteria],
        evidence=scope.evidence_kind,
        duty=scope.duty,
    )
    rows = []
    for each in criteria:
        figure = figures[each.kpi]
        coverage = figure.coverage
        rows.append(
            [
                Cell(
                    kpi_title(each.kpi),
                    url=here(request, "gate_kpi", review.code, each.kpi)
                    if review
                    else here(request, "pilot_kpi", pilot.code, each.kpi),
                    note=bound_text(each),
                ),
                value_text(each, figure.num, figure.den),
                f"{figure.num:,} / {figure.den:,}",
                figure_text(coverage, "1") if coverage is not None else NONE,
            ]
        )
    return table_of(
        _("This robot in each KPI: gate %(stage)s, days up to %(on)s")
        % {"stage": gate.stage, "on": day_text(as_of)},
        [_("KPI"), _("Value") + "#", _("Integers") + "#", _("Time known") + "#"],
        rows,
    )


def version_table(pilot: Pilot, robot: Robot, spans: list[Deployment]) -> Table:
    """Say each KPI of the contract under each software the robot told, side by side."""
    criteria = criteria_of(pilot.contract)
    found = kpis.compute_by_software(
        robots=[robot.pk],
        window=Window(
            microseconds(min(each.start_at for each in spans)),
            microseconds(timezone.now()),
        ),
        kpis=[each.kpi for each in criteria],
        evidence=pilot.contract.evidence_kind,
    )
    rows = [
        [
            kpi_title(each.kpi),
            *(
                value_text(each, figures[each.kpi].num, figures[each.kpi].den)
                for figures in found.values()
            ),
        ]
        for each in criteria
    ]
    return table_of(
        _("KPIs under each software the robot told, around the clock"),
        [_("KPI"), *(f"{software}#" for software in found)],
        rows,
    )


def span_table(spans: list[Deployment]) -> Table:
    rows = [
        [
            moment_text(each.start_at),
            moment_text(each.end_at) if each.end_at else _("at work"),
            each.span.software if each.span else NONE,
            each.span.get_evidence_display() if each.span else NONE,
        ]
        for each in spans
    ]
    return table_of(
        _("Time in this pilot"),
        [_("From"), _("Until"), _("Software"), _("Evidence")],
        rows,
    )
