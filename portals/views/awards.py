"""Awards, published; contracts, drafted and signed."""

from typing import Final

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import Role
from portals.navigation import here, portal_of
from portals.presenters import awards as draw
from portals.requests import actor, is_official
from portals.views.access import PortalView
from portals.views.lists import page_of
from procurement import services
from procurement.forms import DraftContractForm
from procurement.models import Award, PocContract

PARTIES: Final = (
    "award__brief__call__programme__city",
    "award__submission",
    "city",
    "vendor",
)


def awards_for(request: HttpRequest) -> QuerySet[Award]:
    if portal_of(request) == "public":
        rows = Award.objects.public()
    else:
        rows = Award.objects.visible_to(actor(request))
    return rows.select_related("brief__call__programme__city", "submission__vendor")


def contract_of(request: HttpRequest, award: Award) -> PocContract | None:
    if portal_of(request) == "public":
        return None
    seen = PocContract.objects.visible_to(actor(request))
    return seen.filter(award=award).first()


class AwardList(PortalView):
    def get(self, request: HttpRequest) -> HttpResponse:
        rows = awards_for(request).order_by("-awarded_at", "-pk")
        page = page_of(request, rows)
        context = {
            "title": _("Awards"),
            "page": page,
            "table": draw.award_table(request, page),
            "actions": draw.award_list_actions(request),
        }
        return render(request, "portals/simple_list.html", context)


class AwardDetail(PortalView):
    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        award = get_object_or_404(awards_for(request), code=code)
        contract = contract_of(request, award)
        context = draw.award_page(request, award, contract)
        if contract is None and is_official(request):
            start = {"starts_on": timezone.localdate()}
            context["form"] = DraftContractForm(
                is_demo=award.city.is_demo, initial=start
            )
        return render(request, "procurement/award_detail.html", context)


class ContractDraft(PortalView):
    """Draft the contract of an award; the form stands on the award's page."""

    roles = frozenset({Role.OFFICIAL})

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        user = actor(request)
        award = get_object_or_404(awards_for(request), code=code)
        if contract_of(request, award):
            raise Http404
        form = DraftContractForm(request.POST, is_demo=award.city.is_demo)
        if not form.is_valid():
            context = draw.award_page(request, award, None) | {"form": form}
            return render(request, "procurement/award_detail.html", context, status=422)
        made = services.draft_contract(award=award, by=user, **form.values)
        messages.success(request, _("The contract is drafted; the vendor signs first."))
        return redirect(here(request, "contract_detail", made.code))


class ContractList(PortalView):
    def get(self, request: HttpRequest) -> HttpResponse:
        rows = PocContract.objects.visible_to(actor(request)).select_related(*PARTIES)
        page = page_of(request, rows.order_by("-drafted_at", "-pk"))
        context = {
            "title": _("Contracts"),
            "page": page,
            "table": draw.contract_table(request, page),
        }
        return render(request, "portals/simple_list.html", context)


def own_contract(request: HttpRequest, code: str) -> PocContract:
    rows = PocContract.objects.visible_to(actor(request)).select_related(
        *PARTIES, "drafted_by", "vendor_signed_by", "city_signed_by"
    )
    found: PocContract = get_object_or_404(rows, code=code)
    return found


class ContractDetail(PortalView):
    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        contract = own_contract(request, code)
        context = draw.contract_page(request, contract)
        return render(request, "procurement/contract_detail.html", context)


class ContractSign(PortalView):
    roles = frozenset({Role.OFFICIAL, Role.VENDOR})

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        contract = own_contract(request, code)
        services.sign_contract(contract=contract, by=actor(request))
        messages.success(request, _("Your signature is kept."))
        return redirect(here(request, "contract_detail", code))
