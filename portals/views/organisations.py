"""One's own organisation, and a city's counterparts: institutes and vendors."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import services
from accounts.enums import OrganisationKind, Role
from accounts.forms import OrganisationForm, OrganisationNamesForm, seat_of
from accounts.models import Organisation
from portals.navigation import here
from portals.presenters.pieces import Answer, Cell, Link, Table, table_of
from portals.requests import actor, is_official
from portals.views.access import PortalView
from portals.views.lists import page_of
from portals.views.people import MEMBERS
from procurement.models import VendorRegistration


class OrganisationEdit(PortalView):
    roles = MEMBERS

    def get(self, request: HttpRequest) -> HttpResponse:
        mine = actor(request).organisation
        known = {"name_zh": mine.name_zh, "name_en": mine.name_en}
        return self._page(request, OrganisationNamesForm(initial=known))

    def post(self, request: HttpRequest) -> HttpResponse:
        user = actor(request)
        form = OrganisationNamesForm(request.POST)
        if not form.is_valid():
            return self._page(request, form, status=422)
        clean = form.cleaned_data
        services.rename_organisation(
            organisation=user.organisation,
            names=(clean["name_zh"], clean["name_en"]),
            by=user,
        )
        messages.success(request, _("Saved."))
        return redirect(here(request, "people_list"))

    def _page(
        self, request: HttpRequest, form: OrganisationNamesForm, status: int = 200
    ) -> HttpResponse:
        mine, back = actor(request).organisation, here(request, "people_list")
        answers = [
            Answer(_("Kind"), mine.get_kind_display()),
            Answer(_("Code"), mine.code),
        ]
        if mine.uscc:
            answers.append(Answer(_("Unified social credit code"), mine.uscc))
        context = {
            "title": _("Your organisation"),
            "trail": [Link(_("People"), back), Link(_("Your organisation"))],
            "answers": answers,
            "form": form,
            "cancel_url": back,
        }
        page = "accounts/organisation_form.html"
        return render(request, page, context, status=status)


class OrganisationList(PortalView):
    """The institutes and vendors a city meets."""

    def get(self, request: HttpRequest) -> HttpResponse:
        user = actor(request)
        rows = Organisation.objects.visible_to(user).exclude(pk=user.organisation_id)
        page = page_of(request, rows.order_by("kind", "code"))
        enter = here(request, "institute_new") if is_official(request) else ""
        context = {
            "title": _("Institutes and vendors"),
            "trail": [
                Link(_("People"), here(request, "people_list")),
                Link(_("Institutes and vendors")),
            ],
            "subtitle": _("Vendors register themselves on the public side."),
            "page": page,
            "actions": [Link(_("Enter an institute"), enter, "primary", "plus")]
            if enter
            else [],
            "table": _houses(request, list(page), enter),
        }
        return render(request, "portals/simple_list.html", context)


class InstituteNew(PortalView):
    roles = frozenset({Role.OFFICIAL})

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, OrganisationForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = OrganisationForm(request.POST)
        if not form.is_valid():
            return self._page(request, form, status=422)
        user, clean = actor(request), form.cleaned_data
        institute = services.create_organisation(
            code=clean["code"],
            kind=OrganisationKind.INSTITUTE,
            names=(clean["name_zh"], clean["name_en"]),
            uscc=None,
            is_demo=user.is_demo,
            by=user,
        )
        messages.success(
            request,
            _("%(institute)s is entered; now invite its people.")
            % {"institute": institute},
        )
        return redirect(_invite_into(request, institute))

    def _page(
        self, request: HttpRequest, form: OrganisationForm, status: int = 200
    ) -> HttpResponse:
        back = here(request, "organisation_list")
        context = {
            "form": form,
            "title": _("Enter an institute"),
            "trail": [
                Link(_("People"), here(request, "people_list")),
                Link(_("Institutes and vendors"), back),
                Link(_("Enter an institute")),
            ],
            "cancel_url": back,
        }
        return render(request, "components/form_page.html", context, status=status)


def _houses(request: HttpRequest, rows: list[Organisation], enter: str) -> Table:
    people = services.count_people(rows)
    registered = _registered(request, rows)
    lines = [
        [
            Cell(each.name, note=each.uscc or each.code),
            each.get_kind_display(),
            people[each.pk],
            f"{timezone.localtime(each.registered_at):%Y-%m-%d}",
            registered.get(each.pk) or _invitation(request, each, enter),
        ]
        for each in rows
    ]
    return table_of(
        _("Institutes and vendors"),
        [
            _("Organisation"),
            _("Kind"),
            _("People") + "#",
            _("Registered"),
            _("Next step"),
        ],
        lines,
        empty=_("No institute and no vendor yet. An institute's people review."),
        empty_url=enter,
        empty_action=_("Enter an institute") if enter else "",
    )


def _registered(request: HttpRequest, rows: list[Organisation]) -> dict[int, Cell]:
    """Say of each vendor whether it was accepted, and lead to where that is done."""
    seen = VendorRegistration.objects.visible_to(actor(request))
    return {
        each.vendor_id: Cell(
            each.get_state_display(),
            url=here(request, "vendor_detail", each.vendor.code),
        )
        for each in seen.filter(vendor__in=rows).select_related("vendor")
    }


def _invitation(request: HttpRequest, house: Organisation, enter: str) -> Cell:
    if enter and house.kind == OrganisationKind.INSTITUTE:
        return Cell(_("Invite a reviewer"), url=_invite_into(request, house))
    return Cell("—")


def _invite_into(request: HttpRequest, institute: Organisation) -> str:
    asked = urlencode({"seat": seat_of(institute, Role.REVIEWER)})
    return f"{here(request, 'invitation_new')}?{asked}"
