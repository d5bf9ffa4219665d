"""A vendor's registration: read, accepted, refused."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.enums import Role
from portals.navigation import here
from portals.presenters.figures import NONE, moment_text
from portals.presenters.moves import moves_of
from portals.presenters.pieces import Answer, Link, Move
from portals.requests import actor
from portals.views.access import PortalView
from procurement import services
from procurement.enums import RegistrationState
from procurement.models import VendorRegistration
from procurement.workflow import REGISTRATION_TRANSITIONS


def registration_of(request: HttpRequest, code: str) -> VendorRegistration:
    seen = VendorRegistration.objects.visible_to(actor(request))
    found: VendorRegistration = get_object_or_404(
        seen.select_related("vendor"), vendor__code=code
    )
    return found


class VendorDetail(PortalView):
    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        found = registration_of(request, code)
        vendor = found.vendor
        words: dict[str, Move] = {
            RegistrationState.ACCEPTED: Move(_("Accept"), "", "primary"),
            RegistrationState.REFUSED: Move(_("Refuse"), "", "outline-danger"),
        }
        context = {
            "title": vendor.name,
            "is_demo": vendor.is_demo,
            "trail": [
                Link(_("People"), here(request, "people_list")),
                Link(_("Institutes and vendors"), here(request, "organisation_list")),
                Link(vendor.code),
            ],
            "status": found.state,
            "status_label": found.get_state_display(),
            "moves": moves_of(
                request,
                REGISTRATION_TRANSITIONS,
                found,
                url_name="vendor_advance",
                words=words,
                reasons={RegistrationState.ACCEPTED, RegistrationState.REFUSED},
            ),
            "answers": [
                Answer(_("Name in Chinese"), vendor.name_zh),
                Answer(_("Name in English"), vendor.name_en or NONE),
                Answer(_("Unified social credit code"), vendor.uscc),
                Answer(_("Registered"), moment_text(vendor.registered_at)),
                Answer(_("Judged"), moment_text(found.judged_at)),
                Answer(_("Reason"), found.reason or NONE),
            ],
        }
        return render(request, "procurement/vendor_detail.html", context)


class VendorAdvance(PortalView):
    roles = frozenset({Role.OFFICIAL})

    def post(self, request: HttpRequest, code: str, target: str) -> HttpResponse:
        services.judge_vendor(
            registration=registration_of(request, code),
            target=target,
            reason=request.POST.get("reason", ""),
            by=actor(request),
        )
        messages.success(request, _("The vendor is told."))
        return redirect(here(request, "vendor_detail", code))
