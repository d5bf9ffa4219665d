"""The front door."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portals.views.access import PortalView


class Home(PortalView):
    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "portals/home.html")
