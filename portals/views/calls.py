"""Programmes and calls: drafted, opened, closed, and their submissions opened."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import User
from portals.navigation import here, portal_of
from portals.presenters import calls as draw
from portals.requests import actor
from portals.views.access import PortalView
from portals.views.lists import page_of
from procurement import services
from procurement.enums import CallState
from procurement.forms import (
    CallForm,
    CriterionFormSet,
    DeadlineForm,
    ProgrammeForm,
    criterion_rows,
)
from procurement.models import Call, OpeningMinutes, Programme, Submission

OFFICIALS: Final = frozenset({Role.OFFICIAL})
STEPS: Final[dict[str, Callable[..., Any]]] = {
    CallState.OPEN: services.open_call,
    CallState.CLOSED: services.close_call,
    CallState.OPENED: services.open_submissions,
}


def calls_for(request: HttpRequest) -> QuerySet[Call]:
    if portal_of(request) == "public":
        return Call.objects.public()
    return Call.objects.visible_to(actor(request))


def counted_for(request: HttpRequest) -> Q:
    """Count a city's drafts for its own people alone."""
    if portal_of(request) == "officials":
        return Q()
    return Q(briefs__published_at__isnull=False)


class CallList(PortalView):
    def get(self, request: HttpRequest) -> HttpResponse:
        calls = (
            calls_for(request)
            .select_related("programme__city")
            .annotate(brief_count=Count("briefs", filter=counted_for(request)))
            .order_by("-opens_at", "-pk")
        )
        page = page_of(request, calls)
        context = {
            "title": _("Calls"),
            "page": page,
            "table": draw.call_table(request, page),
            "actions": draw.list_actions(request),
        }
        return render(request, "portals/simple_list.html", context)


class CallDetail(PortalView):
    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        rows = calls_for(request).select_related("programme__city")
        call = get_object_or_404(rows, code=code)
        minutes = minutes_for(request, call)
        names = vendor_names(request, call) if minutes else {}
        context = draw.call_page(request, call) | {
            "minutes": draw.minutes_of(minutes, names)
        }
        return render(request, "procurement/call_detail.html", context)


def minutes_for(request: HttpRequest, call: Call) -> OpeningMinutes | None:
    if portal_of(request) == "public":
        return None
    seen = OpeningMinutes.objects.visible_to(actor(request))
    return seen.select_related("opened_by").filter(call=call).first()


def vendor_names(request: HttpRequest, call: Call) -> dict[str, str]:
    rows = Submission.objects.visible_to(actor(request)).filter(brief__call=call)
    return {each.code: str(each.vendor) for each in rows.select_related("vendor")}


class ProgrammeCreate(PortalView):
    roles = OFFICIALS

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, ProgrammeForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ProgrammeForm(request.POST)
        if not form.is_valid():
            return self._page(request, form, status=422)
        made = services.create_programme(values=form.values, by=actor(request))
        messages.success(
            request,
            _("The programme “%(title)s” is founded; now draft its first call.")
            % {"title": made.title},
        )
        return redirect(here(request, "call_create"))

    def _page(
        self, request: HttpRequest, form: ProgrammeForm, status: int = 200
    ) -> HttpResponse:
        context = draw.form_page(request, form, _("Found a programme"))
        return render(request, "components/form_page.html", context, status=status)


class CallCreate(PortalView):
    roles = OFFICIALS

    def get(self, request: HttpRequest) -> HttpResponse:
        user = actor(request)
        if not Programme.objects.visible_to(user).exists():
            messages.info(request, _("A call belongs to a programme: found one first."))
            return redirect(here(request, "programme_create"))
        return self._page(request, CallForm(by=user, initial=next_batch(user)))

    def post(self, request: HttpRequest) -> HttpResponse:
        user = actor(request)
        form = CallForm(request.POST, by=user)
        if not form.is_valid():
            return self._page(request, form, status=422)
        call = services.create_call(values=form.values, by=user)
        messages.success(
            request,
            _("The call is drafted with the usual review criteria. Check, then open."),
        )
        return redirect(here(request, "call_detail", call.code))

    def _page(
        self, request: HttpRequest, form: CallForm, status: int = 200
    ) -> HttpResponse:
        context = draw.form_page(request, form, _("Draft a call"))
        return render(request, "components/form_page.html", context, status=status)


def next_batch(user: User) -> dict[str, Any]:
    """Propose the next batch of the programme that called last, for four weeks."""
    now = timezone.localtime()
    span = {
        "opens_at": now,
        "closes_at": now.replace(hour=17, minute=0) + timedelta(weeks=4),
    }
    last = (
        Call.objects.visible_to(user)
        .select_related("programme")
        .order_by("-opens_at", "-pk")
        .first()
    )
    if last:
        return span | {"programme": last.programme, "batch_no": last.batch_no + 1}
    first = Programme.objects.visible_to(user).first()
    return span | {"programme": first, "batch_no": 1}


class OwnCallView(PortalView):
    """A page of officials on a call of their own city."""

    roles = OFFICIALS

    def call(self, request: HttpRequest, code: str) -> Call:
        rows = Call.objects.visible_to(actor(request)).select_related("programme__city")
        found: Call = get_object_or_404(rows, code=code)
        return found

    def draft(self, request: HttpRequest, code: str) -> Call:
        call = self.call(request, code)
        if call.state != CallState.DRAFT:
            raise Http404
        return call


class CallEdit(OwnCallView):
    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        call = self.draft(request, code)
        return self._page(request, call, CallForm(instance=call, by=actor(request)))

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        call, user = self.draft(request, code), actor(request)
        form = CallForm(request.POST, instance=call, by=user)
        if not form.is_valid():
            return self._page(request, call, form, status=422)
        services.save_call(call=call, values=form.values, by=user)
        messages.success(request, _("Saved."))
        return redirect(here(request, "call_detail", code))

    def _page(
        self, request: HttpRequest, call: Call, form: CallForm, status: int = 200
    ) -> HttpResponse:
        context = draw.form_page(request, form, _("Change the call"), call)
        return render(request, "components/form_page.html", context, status=status)


class CallCriteria(OwnCallView):
    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        call = self.draft(request, code)
        formset = CriterionFormSet(initial=criterion_rows(call))
        return self._page(request, call, formset)

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        call = self.draft(request, code)
        formset: Any = CriterionFormSet(request.POST, initial=criterion_rows(call))
        if not formset.is_valid():
            return self._page(request, call, formset, status=422)
        services.save_criteria(call=call, criteria=formset.values, by=actor(request))
        messages.success(request, _("The review criteria are saved."))
        return redirect(here(request, "call_detail", code))

    def _page(
        self, request: HttpRequest, call: Call, formset: Any, status: int = 200
    ) -> HttpResponse:
        context = {
            "title": _("Review criteria"),
            "trail": draw.trail_to(request, call, _("Review criteria")),
            "formset": formset,
            "call": call,
        }
        return render(
            request, "procurement/criterion_form.html", context, status=status
        )


class CallPutOff(OwnCallView):
    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        call = self.call(request, code)
        return self._page(request, call, DeadlineForm())

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        call = self.call(request, code)
        form = DeadlineForm(request.POST)
        if not form.is_valid():
            return self._page(request, call, form, status=422)
        services.put_off_deadline(call=call, by=actor(request), **form.values)
        messages.success(request, _("The deadline is put off."))
        return redirect(here(request, "call_detail", code))

    def _page(
        self, request: HttpRequest, call: Call, form: DeadlineForm, status: int = 200
    ) -> HttpResponse:
        if call.state != CallState.OPEN:
            raise Http404
        context = draw.form_page(request, form, _("Put off the deadline"), call)
        return render(request, "components/form_page.html", context, status=status)


class CallAdvance(OwnCallView):
    def post(self, request: HttpRequest, code: str, target: str) -> HttpResponse:
        call = self.call(request, code)
        if target not in STEPS:
            raise Http404
        STEPS[target](call=call, by=actor(request))
        messages.success(request, draw.DONE[CallState(target)])
        return redirect(here(request, "call_detail", code))
