"""The front door, and the register of what became of every brief."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from pilots.models import GateOverride
from portals.navigation import here
from portals.presenters.briefs import brief_table
from portals.presenters.pieces import Link
from portals.presenters.register import (
    override_table,
    register_table,
    running_numbers,
)
from portals.views.access import PortalView
from portals.views.lists import page_of
from procurement.models import Brief

LATEST = 5


class Home(PortalView):
    def get(self, request: HttpRequest) -> HttpResponse:
        briefs = (
            Brief.objects.public()
            .taking_submissions()
            .select_related("call__programme__city", "site")
            .order_by("call__closes_at", "code")[:LATEST]
        )
        context = {
            "tiles": running_numbers(request),
            "table": brief_table(request, briefs),
        }
        return render(request, "portals/home.html", context)


class Register(PortalView):
    def get(self, request: HttpRequest) -> HttpResponse:
        briefs = (
            Brief.objects.public()
            .select_related("call__programme__city")
            .order_by("-published_at", "code")
        )
        page = page_of(request, briefs)
        context = {
            "title": _("Outcome register"),
            "intro": _(
                "Every published brief stands here from the first day to the last: "
                "who was chosen, how far the pilot is, and what was ordered. Refused "
                "and cancelled ones stay as well."
            ),
            "actions": [Link(_("Verify a decision"), here(request, "verify"))],
            "page": page,
            "table": register_table(request, page),
        }
        return render(request, "portals/simple_list.html", context)


class Overrides(PortalView):
    """Volume in spite of a failed gate: who let it through, and why."""

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = GateOverride.objects.public().select_related(
            "proposed_by",
            "approved_by",
            "review__gate__pilot__contract__city",
            "review__gate__pilot__contract__vendor",
            "review__gate__pilot__contract__award__brief",
        )
        page = page_of(
            request, rows.defer("review__bundle").order_by("-published_at", "-pk")
        )
        context = {
            "title": _("Published overrides"),
            "intro": _(
                "A failed gate stops the volume order. Two officials together may let "
                "it through; then their names and their reason stand here. A gate "
                "without enough evidence can never be overridden."
            ),
            "page": page,
            "table": override_table(page),
        }
        return render(request, "portals/simple_list.html", context)
