"""Writing a brief: part by part, saved while it is typed."""

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.errors import DomainError
from kpis.services import offered_to
from portals.navigation import here
from portals.presenters import brief_editor as draw
from portals.requests import actor
from portals.views.access import PortalView
from portals.views.briefs import own_brief
from procurement import services
from procurement.enums import BriefState
from procurement.forms import (
    BRIEF_PARTS,
    KPI_PART,
    BriefPart,
    BriefPartForm,
    KpiFormSet,
    NewBriefForm,
    kpi_rows,
)
from procurement.models import Brief, Site

PARTS: Final = {part.key: part for part in BRIEF_PARTS}


class BriefCreate(PortalView):
    roles = frozenset({Role.OFFICIAL})

    def get(self, request: HttpRequest) -> HttpResponse:
        user = actor(request)
        calls = NewBriefForm(by=user).calls
        if not calls:
            messages.info(request, _("A brief belongs to a call: draft one first."))
            return redirect(here(request, "call_create"))
        asked = request.GET.get("call")
        initial = {"call": next((c for c in calls if c.code == asked), calls[0])}
        return self._page(request, NewBriefForm(by=user, initial=initial))

    def post(self, request: HttpRequest) -> HttpResponse:
        user = actor(request)
        form = NewBriefForm(request.POST, by=user)
        if not form.is_valid():
            return self._page(request, form, status=422)
        brief = services.create_brief(
            call=form.cleaned_data["call"], values=form.values, by=user
        )
        return redirect(here(request, "brief_edit", brief.code, "need"))

    def _page(
        self, request: HttpRequest, form: NewBriefForm, status: int = 200
    ) -> HttpResponse:
        has_site = Site.objects.visible_to(actor(request)).exists()
        context = draw.create_page(request, form, has_site=has_site)
        return render(request, "components/form_page.html", context, status=status)


class DraftView(PortalView):
    """A page on one part of a draft; a published brief has no editor."""

    roles = frozenset({Role.OFFICIAL})

    def draft(self, request: HttpRequest, code: str) -> Brief:
        brief = own_brief(request, code)
        if brief.state != BriefState.DRAFT:
            raise Http404
        return brief

    def form_of(
        self, request: HttpRequest, brief: Brief, part: BriefPart
    ) -> BriefPartForm | Any:
        typed = request.POST if request.method == "POST" else None
        if part.key == KPI_PART:
            offered = {"offered": offered_to(brief.city)}
            return KpiFormSet(typed, initial=kpi_rows(brief), form_kwargs=offered)
        return BriefPartForm(typed, instance=brief, by=actor(request), part=part)

    def keep(
        self, request: HttpRequest, code: str, part: BriefPart, form: Any
    ) -> Brief:
        brief = own_brief(request, code)
        if part.key == KPI_PART:
            return services.save_brief(
                brief=brief, values={}, kpis=form.values, by=actor(request)
            )
        return services.save_brief(brief=brief, values=form.values, by=actor(request))


class BriefEdit(DraftView):
    def get(self, request: HttpRequest, code: str, part: str) -> HttpResponse:
        brief = self.draft(request, code)
        chosen = part_named(part)
        return self._page(request, brief, chosen, self.form_of(request, brief, chosen))

    def post(self, request: HttpRequest, code: str, part: str) -> HttpResponse:
        brief = self.draft(request, code)
        chosen = part_named(part)
        form = self.form_of(request, brief, chosen)
        if not form.is_valid():
            return self._page(request, brief, chosen, form, status=422)
        self.keep(request, code, chosen, form)
        return redirect(draw.next_url(request, code, chosen))

    def _page(
        self,
        request: HttpRequest,
        brief: Brief,
        part: BriefPart,
        form: Any,
        status: int = 200,
    ) -> HttpResponse:
        stored = own_brief(request, brief.code) if status != 200 else brief  # noqa: PLR2004
        review = services.review_brief(brief=stored, by=actor(request))
        context = draw.editor_page(request, stored, part, review)
        context["formset" if part.key == KPI_PART else "form"] = form
        return render(request, "procurement/brief_form.html", context, status=status)


class BriefAutosave(DraftView):
    """Keep what is typed as soon as it can be true."""

    def post(self, request: HttpRequest, code: str, part: str) -> HttpResponse:
        brief = self.draft(request, code)
        chosen = part_named(part)
        form = self.form_of(request, brief, chosen)
        if not form.is_valid():
            return JsonResponse({"detail": draw.first_error(form)}, status=422)
        try:
            self.keep(request, code, chosen, form)
        except DomainError as error:
            return JsonResponse({"detail": error.message}, status=error.status)
        return JsonResponse({"saved_at": timezone.now().isoformat()})


class BriefReview(DraftView):
    """The quality list alone, asked for after each save."""

    def get(self, request: HttpRequest, code: str, part: str) -> HttpResponse:
        brief = self.draft(request, code)
        review = services.review_brief(brief=brief, by=actor(request))
        context = draw.editor_page(request, brief, part_named(part), review)
        return render(request, "procurement/brief_form.html#review", context)


def part_named(key: str) -> BriefPart:
    if key not in PARTS:
        raise Http404
    return PARTS[key]
