"""A city's own KPIs: composed, tried out on past telemetry, published, versioned."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.errors import InvalidInputError
from kpis import services
from kpis.errors import CompositionRefusedError
from kpis.forms import (
    NEW_ROWS,
    KpiWordsForm,
    PartFormSet,
    part_rows,
    show_problems,
    told_by,
)
from kpis.models import ComposedKpi
from pilots.forms import DryRunForm
from pilots.services import ask_dry_run, dry_runs_of
from portals.navigation import here
from portals.presenters import own_kpis as draw
from portals.presenters.pieces import Link
from portals.requests import actor
from portals.views.access import PortalView
from portals.views.lists import page_of

OFFICIALS = frozenset({Role.OFFICIAL})


def own_kpi(request: HttpRequest, code: str) -> ComposedKpi:
    seen = ComposedKpi.objects.visible_to(actor(request)).select_related("city")
    found: ComposedKpi = get_object_or_404(seen, code=code)
    return found


class OwnKpiList(PortalView):
    def get(self, request: HttpRequest) -> HttpResponse:
        seen = ComposedKpi.objects.visible_to(actor(request))
        page = page_of(request, seen.order_by("name", "-version"))
        create = draw.create_url(request)
        context = {
            "title": _("KPIs of your city"),
            "trail": draw.trail(request),
            "page": page,
            "actions": [Link(_("Compose a KPI"), create, "primary", "plus")]
            if create
            else [],
            "table": draw.list_table(request, page),
        }
        return render(request, "portals/simple_list.html", context)


class Composer(PortalView):
    """The form of a KPI; what is wrong with it stands at its field."""

    roles = OFFICIALS

    def page(
        self,
        request: HttpRequest,
        words: Any,
        parts: Any,
        composed: ComposedKpi | None = None,
    ) -> HttpResponse:
        context = draw.form_page(request, words, parts, composed)
        status = 422 if words.is_bound else 200
        return render(request, "kpis/own_kpi_form.html", context, status=status)


class OwnKpiCreate(Composer):
    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(request, KpiWordsForm(), PartFormSet(initial=NEW_ROWS))

    def post(self, request: HttpRequest) -> HttpResponse:
        words, parts = KpiWordsForm(request.POST), PartFormSet(request.POST)
        if words.is_valid() and parts.is_valid():
            try:
                composed = services.compose_kpi(
                    told=told_by(words, parts), by=actor(request)
                )
            except CompositionRefusedError as refused:
                show_problems(refused.problems, words, parts)
            else:
                return redirect(here(request, "own_kpi_detail", composed.code))
        return self.page(request, words, parts)


class OwnKpiEdit(Composer):
    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        composed = own_kpi(request, code)
        told = services.told_again(composed)
        words = KpiWordsForm(initial=told)
        return self.page(request, words, PartFormSet(initial=part_rows(told)), composed)

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        composed = own_kpi(request, code)
        words, parts = KpiWordsForm(request.POST), PartFormSet(request.POST)
        if words.is_valid() and parts.is_valid():
            told = told_by(words, parts)
            try:
                services.save_kpi(composed=composed, told=told, by=actor(request))
            except CompositionRefusedError as refused:
                show_problems(refused.problems, words, parts)
            else:
                return redirect(here(request, "own_kpi_detail", code))
        return self.page(request, words, parts, composed)


class OwnKpiCheck(PortalView):
    """What the definition says as it is typed, or what is wrong with it."""

    roles = OFFICIALS

    def post(self, request: HttpRequest) -> HttpResponse:
        words, parts = KpiWordsForm(request.POST), PartFormSet(request.POST)
        words.is_valid()
        context = draw.check_piece(None, [])
        if parts.is_valid():
            city = actor(request).organisation
            try:
                kpi = services.check_kpi(told=told_by(words, parts), city=city)
            except CompositionRefusedError as refused:
                context = draw.check_piece(None, refused.problems)
            else:
                context = draw.check_piece(kpi, [])
        return render(request, "kpis/own_kpi_form.html#check", context)


class OwnKpiDetail(PortalView):
    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        composed = own_kpi(request, code)
        form = DryRunForm(by=actor(request)) if draw.writes(request) else None
        return detail(request, composed, form)


def detail(
    request: HttpRequest, composed: ComposedKpi, form: Any, status: int = 200
) -> HttpResponse:
    user = actor(request)
    versions = ComposedKpi.objects.visible_to(user).filter(name=composed.name)
    runs = dry_runs_of(composed, user)[: draw.SHOWN_RUNS]
    context = draw.detail_page(request, composed, versions.order_by("-version"), runs)
    context["form"] = form
    context["try_url"] = here(request, "own_kpi_try", composed.code)
    return render(request, "kpis/own_kpi_detail.html", context, status=status)


class OwnKpiTry(PortalView):
    roles = OFFICIALS

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        composed = own_kpi(request, code)
        form = DryRunForm(request.POST, by=actor(request))
        if not form.is_valid():
            return detail(request, composed, form, status=422)
        try:
            ask_dry_run(composed=composed, **form.values, by=actor(request))
        except InvalidInputError as refused:
            form.add_error(None, refused.message)
            return detail(request, composed, form, status=422)
        return redirect(here(request, "own_kpi_detail", code))


class OwnKpiAdvance(PortalView):
    roles = OFFICIALS

    def post(self, request: HttpRequest, code: str, target: str) -> HttpResponse:
        composed = own_kpi(request, code)
        services.move_kpi(composed=composed, target=target, by=actor(request))
        return redirect(here(request, "own_kpi_detail", code))


class OwnKpiVersion(PortalView):
    roles = OFFICIALS

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        composed = own_kpi(request, code)
        begun = services.begin_version(composed=composed, by=actor(request))
        return redirect(here(request, "own_kpi_edit", begun.code))


class OwnKpiDiscard(PortalView):
    roles = OFFICIALS

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        composed = own_kpi(request, code)
        services.discard_kpi(composed=composed, by=actor(request))
        messages.success(request, _("The draft is gone."))
        return redirect(here(request, "own_kpi_list"))
