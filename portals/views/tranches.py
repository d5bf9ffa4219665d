"""Volume: ordered tranche by tranche, each unlocked by a gate of its own."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.enums import Role
from accounts.errors import InvalidInputError
from pilots import services
from pilots.forms import OrderForm
from pilots.models import VolumeTranche
from portals.presenters.pilots.lists import tranche_table
from portals.presenters.pilots.tranches import tranche_page
from portals.requests import actor
from portals.views.access import PortalView
from portals.views.lists import page_of
from portals.views.pilots import pilot_of


def tranches_of(request: HttpRequest) -> QuerySet[VolumeTranche]:
    seen: QuerySet[VolumeTranche] = VolumeTranche.objects.visible_to(
        actor(request)
    ).select_related(
        "ordered_by",
        "gate_review__gate",
        "gate_review__look",
        "pilot__contract__city",
        "pilot__contract__vendor",
        "pilot__contract__award__brief",
    )
    return seen.defer("gate_review__bundle")


class TrancheList(PortalView):
    def get(self, request: HttpRequest) -> HttpResponse:
        page = page_of(request, tranches_of(request).order_by("-ordered_at", "-pk"))
        context = {
            "title": _("Volume orders"),
            "page": page,
            "table": tranche_table(request, page),
        }
        return render(request, "portals/simple_list.html", context)


class TrancheDetail(PortalView):
    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        tranche = get_object_or_404(tranches_of(request), code=code)
        context = tranche_page(request, tranche)
        return render(request, "pilots/tranche_detail.html", context)


class TrancheOrder(PortalView):
    roles = frozenset({Role.OFFICIAL})

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        pilot, form = pilot_of(request, code), OrderForm(request.POST)
        if not form.is_valid():
            raise InvalidInputError(_("A tranche has 1, 10, 100 or 1000 robots."))
        tranche = services.order_tranche(
            pilot=pilot, by=actor(request), **form.cleaned_data
        )
        messages.success(
            request,
            ngettext(
                "Tranche %(number)s of %(quantity)s robot is ordered.",
                "Tranche %(number)s of %(quantity)s robots is ordered.",
                tranche.quantity,
            )
            % {"number": tranche.number, "quantity": tranche.quantity},
        )
        return redirect("officials:tranche_detail", code=tranche.code)
