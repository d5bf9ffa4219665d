"""Logging in, and the second factor where the role asks for one."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.views import LoginView
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from accounts.enums import Role
from accounts.models import User
from portals.views.access import home_of

NEEDS_SECOND_FACTOR: Final = {Role.OFFICIAL, Role.REVIEWER, Role.AUDITOR}
# What stays open to somebody who has yet to set up the second factor.
_OPEN_PATHS: Final = ("/account/", "/static/", "/i18n/", "/healthz")


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come by registration of a vendor or by invitation, not by sign-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return home_of(request.user) if isinstance(request.user, User) else "/"


class SignIn(LoginView):
    """allauth's log-in page, with the demo city's people beside it."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, personas=_demo_personas())


sign_in = sensitive_post_parameters("password")(SignIn.as_view())


class SecondFactorMiddleware:
    """Keep people whose role asks for it at setting up a second factor first.

    The demo city is exempt: its people are invented and their passwords printed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _lacks_second_factor(request):
            messages.info(
                request,
                _("Your role needs a second factor: set up a passkey or an app."),
            )
            return HttpResponseRedirect(reverse("mfa_index"))
        return self.get_response(request)


def _lacks_second_factor(request: HttpRequest) -> bool:
    user = request.user
    return (
        isinstance(user, User)
        and user.role in NEEDS_SECOND_FACTOR
        and not request.path.startswith(_OPEN_PATHS)
        and not user.is_demo
        and not is_mfa_enabled(user)
    )


def _demo_personas() -> list[dict[str, str]]:
    """Return the demo city's log-ins, which `manage.py demo` leaves in the home."""
    kept = Path(settings.PILOTGATE_HOME) / "demo_logins.json"
    if not settings.DEMO or not kept.exists():
        return []
    return list(json.loads(kept.read_text(encoding="utf-8")))
