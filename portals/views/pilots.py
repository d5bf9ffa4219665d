"""Pilots: listed, opened, watched live, moved on."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.workflow import advance
from pilots import services
from pilots.enums import PilotState
from pilots.forms import OpenPilotForm
from pilots.models import Pilot
from pilots.workflow import TRANSITIONS
from portals.navigation import here, portal_of
from portals.presenters.figures import money_text
from portals.presenters.pieces import Answer
from portals.presenters.pilots.board import told
from portals.presenters.pilots.lists import listed, pilot_table
from portals.presenters.pilots.page import pilot_page
from portals.presenters.pilots.reading import SHELF
from portals.requests import actor
from portals.views.access import PortalView
from portals.views.lists import page_of
from procurement.models import PocContract

OFFICIALS = frozenset({Role.OFFICIAL})


def pilot_of(request: HttpRequest, code: str) -> Pilot:
    seen = Pilot.objects.visible_to(actor(request)).with_parties()
    found: Pilot = get_object_or_404(seen, code=code)
    return found


class PilotList(PortalView):
    def get(self, request: HttpRequest) -> HttpResponse:
        page = page_of(request, listed(request))
        context = {
            "title": _("Pilots"),
            "page": page,
            "table": pilot_table(request, page),
        }
        return render(request, "portals/simple_list.html", context)


class PilotCreate(PortalView):
    """Open the pilot of a signed contract."""

    roles = OFFICIALS

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        contract = self._contract(request, code)
        if pilot := self._opened(request, contract):
            return redirect("officials:pilot_detail", code=pilot.code)
        return self._page(request, contract, OpenPilotForm(contract=contract))

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        contract = self._contract(request, code)
        form = OpenPilotForm(request.POST, contract=contract)
        if not form.is_valid():
            return self._page(request, contract, form, status=422)
        pilot = services.open_pilot(
            contract=contract, by=actor(request), **form.cleaned_data
        )
        messages.success(
            request, _("The pilot is open; its looks are registered and stand.")
        )
        return redirect("officials:pilot_detail", code=pilot.code)

    def _contract(self, request: HttpRequest, code: str) -> PocContract:
        seen = PocContract.objects.visible_to(actor(request))
        parties = seen.select_related("city", "vendor", "award__brief")
        found: PocContract = get_object_or_404(parties, code=code)
        return found

    def _opened(self, request: HttpRequest, contract: PocContract) -> Pilot | None:
        seen = Pilot.objects.visible_to(actor(request))
        found: Pilot | None = seen.filter(contract=contract).first()
        return found

    def _page(
        self,
        request: HttpRequest,
        contract: PocContract,
        form: OpenPilotForm,
        status: int = 200,
    ) -> HttpResponse:
        context = {
            "title": _("Open the pilot of %(contract)s") % {"contract": contract.code},
            "subtitle": contract.brief.title,
            "form": form,
            "submit": _("Open the pilot"),
            "cancel_url": here(request, "contract_detail", contract.code),
            "answers": [
                Answer(_("Vendor"), str(contract.vendor)),
                Answer(_("Robots contracted"), contract.robots),
                Answer(_("Weeks"), contract.weeks),
                Answer(_("KPIs agreed"), len(contract.criteria)),
                Answer(_("Price of the POC"), money_text(contract.poc_price_cny)),
            ],
        }
        return render(request, "pilots/pilot_form.html", context, status=status)


class PilotDetail(PortalView):
    """The dashboard. What lives on it is sent again by stream or poll."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        pilot = pilot_of(request, code)
        live = told(SHELF.board(pilot), portal_of(request))
        context = {
            **pilot_page(request, pilot),
            **live.context,
            "live": live.fragments.html,
            "stream_url": here(request, "pilot_stream", pilot.code),
            "poll_url": here(request, "pilot_live", pilot.code),
        }
        return render(request, "pilots/pilot_detail.html", context)


class PilotLive(PortalView):
    """The live parts of a dashboard, for whoever has no stream."""

    def get(self, request: HttpRequest, code: str) -> JsonResponse:
        pilot = pilot_of(request, code)
        live = told(SHELF.board(pilot), portal_of(request))
        return JsonResponse(live.fragments.payload)


class PilotAdvance(PortalView):
    """Move a pilot along its table of transitions."""

    roles = OFFICIALS

    def post(self, request: HttpRequest, code: str, target: str) -> HttpResponse:
        user, pilot = actor(request), pilot_of(request, code)
        reason = request.POST.get("reason", "").strip()
        if target == PilotState.CLOSED:
            services.end_pilot(pilot=pilot, by=user, reason=reason)
        else:
            advance(TRANSITIONS, pilot, target, by=user, reason=reason)
        return redirect("officials:pilot_detail", code=code)
