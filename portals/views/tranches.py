"""Volume: ordered tranche by tranche, each unlocked by a gate of its own."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.errors import InvalidInputError
from pilots import services
from pilots.forms import OrderForm
from pilots.models import Pilot, VolumeTranche
from portals.presenters import gates
from portals.requests import actor
from portals.views.access import PortalView
from portals.views.lists import page_of


class TrancheList(PortalView):
    def get(self, request: HttpRequest) -> HttpResponse:
        seen = (
            VolumeTranche.objects.visible_to(actor(request))
            .select_related(
                "gate_review",
                "pilot__contract__vendor",
                "pilot__contract__award__brief",
            )
            .order_by("-ordered_at")
        )
        page = page_of(request, seen)
        context = {
            "title": _("Volume orders"),
            "page": page,
            "table": gates.tranche_rows(request, list(page)),
        }
        return render(request, "portals/simple_list.html", context)


class TrancheOrder(PortalView):
    roles = frozenset({Role.OFFICIAL})

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        user = actor(request)
        pilot = get_object_or_404(
            Pilot.objects.visible_to(user).with_parties(), code=code
        )
        form = OrderForm(request.POST)
        if not form.is_valid():
            raise InvalidInputError(_("A tranche has 1, 10, 100 or 1000 robots."))
        tranche = services.order_tranche(pilot=pilot, by=user, **form.cleaned_data)
        messages.success(
            request,
            _("Tranche %(number)s of %(quantity)s robots is ordered.")
            % {"number": tranche.number, "quantity": tranche.quantity},
        )
        return redirect("officials:tranche_list")
