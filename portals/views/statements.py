"""Pages of plain words for every visitor."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portals.views.access import PortalView


class Accessibility(PortalView):
    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "portals/accessibility.html")
