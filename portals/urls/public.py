"""The public side: no log-in."""

from django.urls import path

from portals.urls import briefs, calls, contracts
from portals.views.home import Home
from portals.views.statements import Accessibility

app_name = "portal"

urlpatterns = [
    path("", Home.as_view(), name="home"),
    path("accessibility/", Accessibility.as_view(), name="accessibility"),
    *calls.read,
    *briefs.read,
    *contracts.published,
]
