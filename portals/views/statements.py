"""Pages of plain words for every visitor."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pilots import services
from portals.views.access import PortalView


class Accessibility(PortalView):
    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "portals/accessibility.html")


class VerifyDecision(PortalView):
    """How anyone computes a decision again, and the key it is signed with."""

    def get(self, request: HttpRequest) -> HttpResponse:
        context = {"key": services.signing_key()}
        return render(request, "portals/verify.html", context)
