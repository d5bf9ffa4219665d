"""Pilots: opened, watched live, given robots, brought before their gate."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import AuditEntry
from pilots import services
from pilots.forms import DeployRobotForm, ExclusionForm, OpenPilotForm
from pilots.models import Exclusion, Gate, GateReview, Pilot
from pilots.services.gates import current_gate
from portals.navigation import here, link_here, portal_of
from portals.presenters import dashboard, gates, kpi_days
from portals.presenters.pieces import Cell, Event, Fragments, Link, table_of
from portals.requests import actor
from portals.views.access import PortalView
from portals.views.lists import page_of
from procurement.models import PocContract

PARTIES = frozenset({Role.OFFICIAL, Role.VENDOR})
OFFICIALS = frozenset({Role.OFFICIAL})
HISTORY = 30
WORLDS = {"sound": "welding_line_good", "failing": "welding_line_bad"}


def pilot_of(request: HttpRequest, code: str) -> Pilot:
    seen = Pilot.objects.visible_to(actor(request)).with_parties()
    return get_object_or_404(seen, code=code)


class PilotList(PortalView):
    def get(self, request: HttpRequest) -> HttpResponse:
        seen = (
            Pilot.objects.visible_to(actor(request))
            .with_parties()
            .order_by("-starts_on", "-pk")
        )
        page = page_of(request, seen)
        rows = [
            [
                Cell(
                    pilot.title,
                    url=here(request, "pilot_detail", pilot.code),
                    note=f"{pilot.code} · {pilot.brief.code}",
                ),
                str(pilot.vendor),
                Cell(pilot.get_state_display(), status=pilot.state),
                dashboard.week_words(pilot),
                f"{pilot.starts_on:%Y-%m-%d}",
            ]
            for pilot in page
        ]
        context = {
            "title": _("Pilots"),
            "page": page,
            "table": table_of(
                _("Pilots"),
                [_("Pilot"), _("Vendor"), _("State"), _("Week"), _("Started")],
                rows,
                empty=_("No pilots yet. One opens from a signed contract."),
                empty_url=link_here(request, "contract_list"),
                empty_action=_("See the contracts"),
            ),
        }
        return render(request, "portals/simple_list.html", context)


class PilotCreate(PortalView):
    """Open the pilot of a signed contract."""

    roles = OFFICIALS

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        contract = self._contract(request, code)
        return self._page(request, contract, OpenPilotForm(contract=contract))

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        contract = self._contract(request, code)
        form = OpenPilotForm(request.POST, contract=contract)
        if not form.is_valid():
            return self._page(request, contract, form, status=422)
        pilot = services.open_pilot(
            contract=contract, by=actor(request), **form.cleaned_data
        )
        return redirect("officials:pilot_detail", code=pilot.code)

    def _contract(self, request: HttpRequest, code: str) -> PocContract:
        seen = PocContract.objects.visible_to(actor(request))
        return get_object_or_404(seen.select_related("city", "vendor"), code=code)

    def _page(
        self,
        request: HttpRequest,
        contract: PocContract,
        form: OpenPilotForm,
        status: int = 200,
    ) -> HttpResponse:
        context = {
            "title": _("Open the pilot of %(contract)s") % {"contract": contract.code},
            "form": form,
            "submit": _("Open the pilot"),
        }
        return render(request, "accounts/account_form.html", context, status=status)


class PilotDetail(PortalView):
    """The dashboard. What lives on it is sent again by stream or poll."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        user, pilot = actor(request), pilot_of(request, code)
        state = services.gate_state(pilot)
        board = dashboard.board(pilot, state, portal_of(request))
        exclusions = Exclusion.objects.visible_to(user).filter(pilot=pilot)
        reviews = GateReview.objects.visible_to(user).filter(gate__pilot=pilot)
        context = {
            "title": pilot.title,
            "trail": [
                Link(_("Pilots"), here(request, "pilot_list")),
                Link(pilot.code),
            ],
            "subtitle": " · ".join(
                [str(pilot.vendor), str(pilot.site.name), dashboard.week_words(pilot)]
            ),
            "status": pilot.state,
            "status_label": pilot.get_state_display(),
            "pilot": pilot,
            "board": board,
            "stream_url": here(request, "pilot_stream", pilot.code),
            "poll_url": here(request, "pilot_live", pilot.code),
            "milestones": dashboard.milestones(pilot),
            "reviews": gates.review_table(
                request, list(reviews.select_related("look"))
            ),
            "looks": gates.look_table(current_gate(pilot)),
            "exclusions": gates.exclusion_table(list(exclusions)),
            "history": _history(pilot, user),
            **gates.deeds(request, pilot, user),
        }
        return render(request, "pilots/pilot_detail.html", context)


class PilotLive(PortalView):
    """The live parts of a dashboard, for whoever has no stream."""

    def get(self, request: HttpRequest, code: str) -> JsonResponse:
        pilot = pilot_of(request, code)
        return JsonResponse(live_payload(pilot, portal_of(request)))


def live_payload(pilot: Pilot, portal: str) -> dict[str, Any]:
    """Render what lives on a dashboard; costs the same for one reader or hundreds."""
    state = services.gate_state(pilot)
    board = dashboard.board(pilot, state, portal)
    html: dict[str, str] = {
        name: render_to_string(f"pilots/live_{name}.html", {"board": board})
        for name in ("verdict", "tiles", "intervals", "robots")
    }
    chart = board.chart
    series: list[list[float | None]] = [
        list(chart.at),
        *(list(values) for _label, values in chart.lines),
    ]
    return Fragments(html=html, charts={chart.id: series}).payload


class PilotDeploy(PortalView):
    roles = PARTIES

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        pilot = pilot_of(request, code)
        return self._page(request, pilot, DeployRobotForm(pilot=pilot))

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        pilot = pilot_of(request, code)
        form = DeployRobotForm(request.POST, pilot=pilot)
        if not form.is_valid():
            return self._page(request, pilot, form, status=422)
        services.deploy_robot(pilot=pilot, by=actor(request), **form.cleaned_data)
        return redirect(here(request, "pilot_detail", code))

    def _page(
        self,
        request: HttpRequest,
        pilot: Pilot,
        form: DeployRobotForm,
        status: int = 200,
    ) -> HttpResponse:
        context = {
            "title": _("Deploy a robot in %(pilot)s") % {"pilot": pilot.code},
            "subtitle": pilot.title,
            "form": form,
            "submit": _("Deploy"),
        }
        return render(request, "accounts/account_form.html", context, status=status)


class PilotAssess(PortalView):
    """Read the closed looks now instead of at the next tick."""

    roles = OFFICIALS

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        review = services.assess_gate(pilot=pilot_of(request, code))
        if review is None:
            messages.info(request, _("No registered look has closed yet."))
            return redirect("officials:pilot_detail", code=code)
        return redirect("officials:gate_detail", code=review.code)


class PilotForward(PortalView):
    """In the demo city: let the pilot's weeks have passed."""

    roles = PARTIES

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        pilot = pilot_of(request, code)
        profile = WORLDS.get(request.POST.get("world", ""), WORLDS["sound"])
        job = services.fast_forward(pilot=pilot, by=actor(request), profile=profile)
        return redirect("account:job_detail", code=job.code)


class PilotKpi(PortalView):
    """One KPI of a pilot, day by day and robot by robot."""

    def get(self, request: HttpRequest, code: str, kpi: str) -> HttpResponse:
        pilot = pilot_of(request, code)
        found = kpi_days.kpi_page(request, pilot, kpi)
        found["trail"] = [
            Link(_("Pilots"), here(request, "pilot_list")),
            Link(pilot.code, here(request, "pilot_detail", code)),
            Link(found["title"]),
        ]
        return render(request, "pilots/pilot_kpi.html", found)


class ExclusionNew(PortalView):
    roles = PARTIES

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        return self._page(request, pilot_of(request, code), ExclusionForm())

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        pilot, form = pilot_of(request, code), ExclusionForm(request.POST)
        if not form.is_valid():
            return self._page(request, pilot, form, status=422)
        clean = form.cleaned_data
        services.propose_exclusion(
            pilot=pilot,
            span=(clean["start_at"], clean["end_at"]),
            reason=clean["reason"],
            by=actor(request),
        )
        return redirect(here(request, "pilot_detail", code))

    def _page(
        self, request: HttpRequest, pilot: Pilot, form: ExclusionForm, status: int = 200
    ) -> HttpResponse:
        context = {
            "title": _("Propose an exclusion in %(pilot)s") % {"pilot": pilot.code},
            "form": form,
            "submit": _("Propose"),
        }
        return render(request, "accounts/account_form.html", context, status=status)


class ExclusionJudge(PortalView):
    roles = OFFICIALS

    def post(self, request: HttpRequest, code: str, pk: int) -> HttpResponse:
        user, pilot = actor(request), pilot_of(request, code)
        seen = Exclusion.objects.visible_to(user).filter(pilot=pilot)
        services.judge_exclusion(
            exclusion=get_object_or_404(seen, pk=pk),
            approved=request.POST.get("target") == "approved",
            by=user,
        )
        return redirect("officials:pilot_detail", code=code)


def _history(pilot: Pilot, user: Any) -> list[Event]:
    gate_ids = Gate.objects.visible_to(user).filter(pilot=pilot).values("pk")
    entries = AuditEntry.objects.visible_to(user).filter(
        subject_type=Pilot._meta.label, subject_id=pilot.pk
    ) | AuditEntry.objects.visible_to(user).filter(
        subject_type=Gate._meta.label, subject_id__in=gate_ids
    )
    return [
        Event(each.at, str(each.by), each.verb, each.facts.get("reason", ""))
        for each in entries.select_related("by").order_by("-number")[:HISTORY]
    ]
