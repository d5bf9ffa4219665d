"""The public side: no log-in."""

from django.urls import path

from portals.urls import briefs, calls, catalogue, contracts
from portals.views.home import Home, Overrides, Register
from portals.views.statements import Accessibility, VerifyDecision

app_name = "portal"

urlpatterns = [
    path("", Home.as_view(), name="home"),
    path("register/", Register.as_view(), name="register"),
    path("overrides/", Overrides.as_view(), name="override_list"),
    path("verify/", VerifyDecision.as_view(), name="verify"),
    path("accessibility/", Accessibility.as_view(), name="accessibility"),
    *calls.read,
    *briefs.read,
    *contracts.published,
    *catalogue.urlpatterns,
]
