"""Sites: where robots are to work."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.enums import Role
from portals.navigation import here
from portals.presenters.pieces import Cell, Link, table_of
from portals.requests import actor
from portals.views.access import PortalView
from portals.views.lists import page_of
from procurement import services
from procurement.forms import SiteForm
from procurement.models import Site


class SiteList(PortalView):
    def get(self, request: HttpRequest) -> HttpResponse:
        user = actor(request)
        sites = Site.objects.visible_to(user).annotate(brief_count=Count("briefs"))
        page = page_of(request, sites.order_by("code"))
        writes = user.role == Role.OFFICIAL
        create = here(request, "site_create") if writes else ""
        rows = [
            [
                Cell(
                    each.name,
                    url=here(request, "site_edit", each.code) if writes else "",
                    note=each.code,
                ),
                each.host,
                each.get_environment_display(),
                each.brief_count,
            ]
            for each in page
        ]
        context = {
            "title": _("Sites"),
            "trail": [
                Link(_("Scenario briefs"), here(request, "brief_list")),
                Link(_("Sites")),
            ],
            "page": page,
            "actions": [Link(_("Enter a site"), create, "primary", "plus")]
            if writes
            else [],
            "table": table_of(
                _("Sites"),
                [_("Site"), _("Host enterprise"), _("Environment"), _("Briefs") + "#"],
                rows,
                empty=_("No site yet. A brief names the site its robots work on."),
                empty_url=create,
                empty_action=_("Enter a site") if writes else "",
            ),
        }
        return render(request, "portals/simple_list.html", context)


class SiteCreate(PortalView):
    roles = frozenset({Role.OFFICIAL})

    def get(self, request: HttpRequest) -> HttpResponse:
        return site_page(request, SiteForm(), _("Enter a site"))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SiteForm(request.POST)
        if not form.is_valid():
            return site_page(request, form, _("Enter a site"), status=422)
        site = services.create_site(values=form.values, by=actor(request))
        messages.success(request, _("The site “%(site)s” is entered.") % {"site": site})
        return redirect(here(request, "site_list"))


class SiteEdit(PortalView):
    roles = frozenset({Role.OFFICIAL})

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        site = self._site(request, code)
        return site_page(request, SiteForm(instance=site), _("Change the site"))

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        site = self._site(request, code)
        form = SiteForm(request.POST, instance=site)
        if not form.is_valid():
            return site_page(request, form, _("Change the site"), status=422)
        services.save_site(site=site, values=form.values, by=actor(request))
        messages.success(request, _("Saved."))
        return redirect(here(request, "site_list"))

    def _site(self, request: HttpRequest, code: str) -> Site:
        rows = Site.objects.visible_to(actor(request))
        found: Site = get_object_or_404(rows, code=code)
        return found


def site_page(
    request: HttpRequest, form: SiteForm, title: str, status: int = 200
) -> HttpResponse:
    back = here(request, "site_list")
    context = {
        "title": title,
        "trail": [
            Link(_("Scenario briefs"), here(request, "brief_list")),
            Link(_("Sites"), back),
            Link(title),
        ],
        "form": form,
        "cancel_url": back,
    }
    return render(request, "components/form_page.html", context, status=status)
