"""Scenario briefs: found, read, published, cancelled."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.enums import Role
from portals.navigation import here, portal_of
from portals.presenters import briefs as draw
from portals.presenters.pieces import Link
from portals.requests import actor, is_official
from portals.views.access import PortalView
from portals.views.filters import BriefFilter
from portals.views.lists import page_of
from procurement import services
from procurement.enums import BriefState
from procurement.forms import CancelBriefForm
from procurement.models import Award, Brief
from procurement.querysets import BriefQuerySet


def briefs_for(request: HttpRequest) -> BriefQuerySet:
    if portal_of(request) == "public":
        rows = Brief.objects.public()
    else:
        rows = Brief.objects.visible_to(actor(request))
    return rows.select_related("call__programme__city", "site")


def own_brief(request: HttpRequest, code: str) -> Brief:
    rows = Brief.objects.visible_to(actor(request))
    found: Brief = get_object_or_404(
        rows.select_related("call__programme__city", "site"), code=code
    )
    return found


class BriefList(PortalView):
    def get(self, request: HttpRequest) -> HttpResponse:
        rows = briefs_for(request).with_arrivals().order_by("-created_at", "-pk")
        chosen = BriefFilter(request.GET, queryset=rows)
        page = page_of(request, chosen.qs)
        context = {
            "title": _("Scenario briefs"),
            "page": page,
            "filter_form": chosen.form,
            "table": draw.brief_table(request, page),
            "actions": self._actions(request),
        }
        return render(request, "portals/simple_list.html", context)

    def _actions(self, request: HttpRequest) -> list[Link]:
        if not is_official(request):
            return []
        create = here(request, "brief_create")
        return [
            Link(_("Write a brief"), create, "primary", "plus"),
            Link(_("Sites"), here(request, "site_list")),
        ]


class BriefDetail(PortalView):
    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        brief = get_object_or_404(
            briefs_for(request).prefetch_related("kpis"), code=code
        )
        problems, warnings = review_of(request, brief)
        context: dict[str, Any] = draw.brief_page(request, brief) | {
            "problems": problems,
            "warnings": warnings,
            "is_draft": brief.state == BriefState.DRAFT,
            "actions": draw.brief_actions(request, brief),
            "award": award_for(request, brief),
        }
        if is_official(request):
            context["moves"] = draw.brief_moves(request, brief, problems)
        return render(request, "procurement/brief_detail.html", context)


def review_of(request: HttpRequest, brief: Brief) -> tuple[list[Any], list[Any]]:
    """Return the quality list of a draft to those who write it."""
    if brief.state != BriefState.DRAFT or not is_official(request):
        return [], []
    return services.review_brief(brief=brief, by=actor(request))


def award_for(request: HttpRequest, brief: Brief) -> Award | None:
    if brief.state != BriefState.AWARDED:
        return None
    if portal_of(request) == "public":
        rows = Award.objects.public()
    else:
        rows = Award.objects.visible_to(actor(request))
    return rows.select_related("submission__vendor").filter(brief=brief).first()


class BriefAdvance(PortalView):
    roles = frozenset({Role.OFFICIAL})

    def post(self, request: HttpRequest, code: str, target: str) -> HttpResponse:
        brief = own_brief(request, code)
        if target == BriefState.PUBLISHED:
            services.publish_brief(brief=brief, by=actor(request))
            messages.success(request, _("The brief is published."))
        elif target == BriefState.CANCELLED:
            self._cancel(request, brief)
        else:
            raise Http404
        return redirect(here(request, "brief_detail", code))

    def _cancel(self, request: HttpRequest, brief: Brief) -> None:
        form = CancelBriefForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Say why the brief is cancelled."))
            return
        services.cancel_brief(brief=brief, by=actor(request), **form.values)
        messages.success(request, _("The brief is cancelled."))
