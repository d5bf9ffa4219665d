"""The KPI catalogue, open to everybody."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from kpis.engine.definition import CATALOGUE
from portals.presenters import catalogue as draw
from portals.views.access import PortalView


class KpiList(PortalView):
    def get(self, request: HttpRequest) -> HttpResponse:
        context = {
            "title": _("KPI catalogue"),
            "tables": draw.family_tables(request),
        }
        return render(request, "kpis/kpi_list.html", context)


class KpiDetail(PortalView):
    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        if key not in CATALOGUE:
            raise Http404
        context = draw.kpi_page(request, CATALOGUE[key])
        return render(request, "kpis/kpi_detail.html", context)
