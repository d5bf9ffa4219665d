"""From a gate to a KPI, to a robot, to its raw rows."""

import time
from collections.abc import Sequence
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from pilots.models import Deployment, GateReview, Pilot
from pilots.services import gate_state, review_shown
from portals.navigation import here
from portals.presenters import fleet
from portals.presenters.pieces import Link
from portals.presenters.pilots.kpis import gate_kpi_page, live_kpi_page, trail_to
from portals.presenters.pilots.robots import robot_page
from portals.requests import actor
from portals.views.access import PortalView
from portals.views.gates import review_of
from portals.views.pilots import pilot_of
from robot_bridge import services as bridge
from robot_bridge.telemetry import MINUTE_US, Window

ROWS_SHOWN: Final = 200
WINDOW_US: Final = 10 * MINUTE_US


class PilotKpi(PortalView):
    """One KPI as it stands today, day by day and robot by robot."""

    def get(self, request: HttpRequest, code: str, kpi: str) -> HttpResponse:
        pilot = pilot_of(request, code)
        state = gate_state(pilot)
        if state.coming and state.review:
            return redirect(here(request, "gate_kpi", state.review.code, kpi))
        found = next((each for each in state.kpis if each.criterion.kpi == kpi), None)
        if found is None:
            raise Http404
        context = live_kpi_page(request, pilot, state, found)
        return render(request, "pilots/pilot_kpi.html", context)


class GateKpi(PortalView):
    """One KPI as a review judged it, from the review's own integers."""

    def get(self, request: HttpRequest, code: str, kpi: str) -> HttpResponse:
        review = review_of(request, code)
        verdict = get_object_or_404(review.verdicts, kpi=kpi)
        told = next(
            (
                each
                for each in review.bundle.get("kpis", [])
                if each["criterion"]["kpi"] == kpi
            ),
            None,
        )
        if told is None:
            raise Http404
        context = gate_kpi_page(request, review, verdict, told)
        return render(request, "pilots/pilot_kpi.html", context)


def spans_of(request: HttpRequest, pilot: Pilot, robot: str) -> list[Deployment]:
    """Return a robot's times in a pilot, newest first; none: it does not exist."""
    seen = Deployment.objects.visible_to(actor(request)).filter(
        pilot=pilot, robot__code=robot
    )
    spans = list(
        seen.select_related("robot", "span", "leave_asked_by").order_by("-start_at")
    )
    if not spans:
        raise Http404
    return spans


def asked_review(request: HttpRequest, pilot: Pilot) -> GateReview | None:
    """Return the review a reader came from, else the one shown for the pilot."""
    asked = request.GET.get("review", "").replace("\0", "")
    seen = GateReview.objects.visible_to(actor(request)).filter(gate__pilot=pilot)
    known = seen.select_related("gate__pilot", "look").defer("bundle")
    return known.filter(code=asked).first() or review_shown(pilot)


class PilotRobot(PortalView):
    """A robot as far as this pilot is concerned; reviewers see it too."""

    def get(self, request: HttpRequest, code: str, robot: str) -> HttpResponse:
        pilot = pilot_of(request, code)
        spans = spans_of(request, pilot, robot)
        context = robot_page(request, pilot, spans, asked_review(request, pilot))
        return render(request, "pilots/pilot_robot.html", context)


class PilotRows(PortalView):
    """The robot's raw rows of ten minutes, inside its times in the pilot."""

    def get(self, request: HttpRequest, code: str, robot: str) -> HttpResponse:
        pilot = pilot_of(request, code)
        spans = spans_of(request, pilot, robot)
        found = spans[0].robot
        window = inside(spans, asked_window(request, found.pk))
        samples, events = (
            bridge.lake_rows(table, [found.pk], window, limit=ROWS_SHOWN)
            for table in ("samples", "events")
        )
        title = _("Raw rows of %(robot)s") % {"robot": found.code}
        own = here(request, "pilot_robot", pilot.code, found.code)
        context: dict[str, Any] = {
            "title": title,
            "trail": [
                *trail_to(request, pilot),
                Link(found.code, own),
                Link(_("Raw rows")),
            ],
            "is_demo": pilot.is_demo,
            "samples": fleet.sample_table(samples),
            "events": fleet.event_table(events),
            "window": fleet.window_words(window),
            "earlier": f"?until_us={window.start_us}",
        }
        return render(request, "robot_bridge/robot_rows.html", context)


def asked_window(request: HttpRequest, robot_id: int) -> Window:
    """Return the ten minutes asked for, else those up to the newest row."""
    asked = request.GET.get("until_us", "")
    if asked.isdigit() and len(asked) < len(str(2**63)):
        until_us = int(asked)
    else:
        newest = fleet.last_received([robot_id]).get(robot_id)
        until = newest.timestamp() if newest else time.time()
        until_us = int(until * 1e6) + MINUTE_US
    return Window(max(0, until_us - WINDOW_US), until_us)


def inside(spans: Sequence[Deployment], window: Window) -> Window:
    """Cut a window to the time the robot was in the pilot."""
    first_us = int(min(each.start_at for each in spans).timestamp() * 1e6)
    ends = [each.end_at for each in spans if each.end_at]
    last_us = max(window.end_us, first_us)
    if len(ends) == len(spans):
        last_us = int(max(ends).timestamp() * 1e6)

    def cut(at_us: int) -> int:
        return min(max(at_us, first_us), last_us)

    return Window(cut(window.start_us), cut(window.end_us))
