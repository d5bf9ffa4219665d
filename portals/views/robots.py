"""Robots: enrolled, connected, watched, and what of theirs was set aside."""

import time
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.enums import Role
from portals.navigation import here, portal_of
from portals.presenters import fleet
from portals.presenters.pieces import Cell, Fragments, Link, Move, table_of
from portals.requests import actor
from portals.views.access import PortalView
from portals.views.lists import page_of
from robot_bridge import services
from robot_bridge.forms import RobotForm
from robot_bridge.models import Credential, Robot, SetAsideMessage
from robot_bridge.telemetry import MINUTE_US, Window

VENDOR_ONLY: Final = frozenset({Role.VENDOR})
SET_ASIDE_SHOWN: Final = 20
ROWS_SHOWN: Final = 200


def robot_of(request: HttpRequest, code: str) -> Robot:
    seen = Robot.objects.visible_to(actor(request)).select_related("vendor")
    return get_object_or_404(seen, code=code)


class RobotList(PortalView):
    def get(self, request: HttpRequest) -> HttpResponse:
        user = actor(request)
        seen = Robot.objects.visible_to(user).select_related("vendor").order_by("code")
        page = page_of(request, seen)
        last = fleet.last_received([robot.pk for robot in page])
        rows = [
            [
                Cell(
                    robot.code,
                    url=here(request, "robot_detail", robot.code),
                    note=robot.serial,
                ),
                f"{robot.maker} {robot.model}",
                str(robot.get_protocol_display()),
                fleet.connection_cell(last.get(robot.pk)),
                Cell(at=last.get(robot.pk), stale_after=fleet.LATE_AFTER_S),
            ]
            for robot in page
        ]
        enrol = Link(_("Enrol a robot"), reverse("vendors:robot_new"), "primary")
        context = {
            "title": _("Robots"),
            "page": page,
            "actions": [enrol] if user.role == Role.VENDOR else [],
            "table": table_of(
                _("Robots"),
                [
                    _("Robot"),
                    _("Model"),
                    _("Protocol"),
                    _("Connection"),
                    _("Latest data"),
                ],
                rows,
                empty=_("No robots yet. A vendor enrols them; then they may send."),
            ),
        }
        if user.role == Role.VENDOR:
            aside = SetAsideMessage.objects.visible_to(user).filter(robot=None)
            context["strays"] = _aside_table(list(aside[:SET_ASIDE_SHOWN]))
        return render(request, "robot_bridge/robot_list.html", context)


class RobotNew(PortalView):
    roles = VENDOR_ONLY

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, RobotForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = RobotForm(request.POST)
        if not form.is_valid():
            return self._page(request, form, status=422)
        user = actor(request)
        robot = services.register_robot(
            vendor=user.organisation, by=user, **form.cleaned_data
        )
        return credential_page(request, robot)

    def _page(
        self, request: HttpRequest, form: RobotForm, status: int = 200
    ) -> HttpResponse:
        context = {"form": form, "title": _("Enrol a robot")}
        return render(request, "components/form_page.html", context, status=status)


class RobotCredential(PortalView):
    """Issue a new credential; the one before ends at once."""

    roles = VENDOR_ONLY

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        return credential_page(request, robot_of(request, code))


class RobotRevoke(PortalView):
    roles = VENDOR_ONLY

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        user, robot = actor(request), robot_of(request, code)
        valid = Credential.objects.visible_to(user).valid().filter(robot=robot)
        for credential in valid:
            services.revoke_credential(credential=credential, by=user)
        messages.success(request, _("The robot can no longer send."))
        return redirect("vendors:robot_detail", code=code)


class RobotDetail(PortalView):
    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        user, robot = actor(request), robot_of(request, code)
        aside = SetAsideMessage.objects.visible_to(user).filter(robot=robot)
        context = {
            "title": robot.code,
            "subtitle": f"{robot.maker} {robot.model} · {robot.vendor}",
            "trail": [
                Link(_("Robots"), here(request, "robot_list")),
                Link(robot.code),
            ],
            "robot": robot,
            "moves": _moves(request, robot),
            "live": _live(robot),
            "poll_url": here(request, "robot_live", robot.code),
            "raw_url": here(request, "robot_rows", robot.code),
            "ledger": fleet.ledger_table(robot, user),
            "deployments": fleet.deployment_table(robot, user),
            "aside": _aside_table(list(aside[:SET_ASIDE_SHOWN])),
        }
        return render(request, "robot_bridge/robot_detail.html", context)


class RobotLive(PortalView):
    """The latest of a robot, asked each few seconds."""

    def get(self, request: HttpRequest, code: str) -> JsonResponse:
        robot = robot_of(request, code)
        live = _live(robot)
        html = render_to_string("robot_bridge/robot_live.html", {"live": live}, request)
        return JsonResponse(Fragments(html={"live": html}).payload)


class RobotRows(PortalView):
    """The raw rows of the last minutes, as the lake holds them."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        robot = robot_of(request, code)
        window = _window(request)
        samples = services.lake_rows("samples", [robot.pk], window, limit=ROWS_SHOWN)
        events = services.lake_rows("events", [robot.pk], window, limit=ROWS_SHOWN)
        context = {
            "title": _("Raw rows of %(robot)s") % {"robot": robot.code},
            "trail": [
                Link(_("Robots"), here(request, "robot_list")),
                Link(robot.code, here(request, "robot_detail", robot.code)),
                Link(_("Raw rows")),
            ],
            "samples": fleet.sample_table(samples),
            "events": fleet.event_table(events),
            "window": fleet.window_words(window),
            "earlier": f"?until_us={window.start_us}",
        }
        return render(request, "robot_bridge/robot_rows.html", context)


def credential_page(request: HttpRequest, robot: Robot) -> HttpResponse:
    _credential, secret = services.issue_credential(robot=robot, by=actor(request))
    return shown_once(request, robot, secret)


def shown_once(request: HttpRequest, robot: Robot, secret: str) -> HttpResponse:
    """Show a robot's credential, and how to use it."""
    context: dict[str, Any] = {
        "title": _("Credential of %(robot)s") % {"robot": robot.code},
        "trail": [
            Link(_("Robots"), reverse("vendors:robot_list")),
            Link(robot.code, reverse("vendors:robot_detail", args=[robot.code])),
            Link(_("Credential")),
        ],
        "robot": robot,
        **fleet.connection_help(request, robot.wire_name, secret),
    }
    return render(request, "robot_bridge/credential_detail.html", context)


def _window(request: HttpRequest) -> Window:
    asked = request.GET.get("until_us", "")
    now_us = time.time_ns() // 1000
    known = asked.isdigit() and len(asked) < len(str(2**63))
    until_us = int(asked) if known else now_us + MINUTE_US
    return Window(max(0, until_us - 10 * MINUTE_US), until_us)


def _live(robot: Robot) -> fleet.Live:
    return fleet.live(robot)


def _moves(request: HttpRequest, robot: Robot) -> list[Move]:
    if portal_of(request) != "vendors":
        return []
    return [
        Move(
            _("New credential"),
            reverse("vendors:robot_credential", args=[robot.code]),
            confirm=_("The credential the robot has now ends at once."),
        ),
        Move(
            _("Revoke the credential"),
            reverse("vendors:robot_revoke", args=[robot.code]),
            "outline-danger",
            confirm=_("The robot can no longer send until it gets a new one."),
        ),
    ]


def _aside_table(aside: list[SetAsideMessage]) -> Any:
    rows = [
        [
            Cell(each.get_reason_display(), note=f"{each.advice} {each.sentence}"),
            each.topic,
            Cell(at=each.received_at),
        ]
        for each in aside
    ]
    return table_of(
        _("Messages set aside"),
        [_("Why"), _("Topic"), _("Received")],
        rows,
        empty=_("None: every message of this robot could be read and counts."),
    )
