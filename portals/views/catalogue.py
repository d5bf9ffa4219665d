"""The KPI catalogue, open to everybody."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from kpis.services import definition_of
from portals.presenters import catalogue as draw
from portals.views.access import PortalView


class KpiList(PortalView):
    def get(self, request: HttpRequest) -> HttpResponse:
        context = {
            "title": _("KPI catalogue"),
            "tables": draw.family_tables(request),
            "actions": draw.own_link(request),
        }
        return render(request, "kpis/kpi_list.html", context)


class KpiDetail(PortalView):
    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        kpi = definition_of(key)
        if kpi is None:
            raise Http404
        context = draw.kpi_page(request, kpi)
        return render(request, "kpis/kpi_detail.html", context)
