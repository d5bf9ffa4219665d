"""Logging in, and the second factor where the role asks for one."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NoReturn

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm, ResetPasswordForm
from allauth.account.views import LoginView
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.forms import CharField, TextInput
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
)
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from accounts.models import User
from dispatch.services import send_email
from portals.api import problems
from portals.requests import awaits_second_factor
from portals.views.access import home_of
from portals.views.accounts import keep_language

# What stays open to somebody who has yet to set up the second factor.
_OPEN_NAMES: Final = ("account_", "mfa_", "set_language", "healthz")
_LATELY_S: Final = 300
_ENTERED_AT: Final = "entered_at"
_DIGITS: Final = {"autocomplete": "one-time-code", "inputmode": "numeric"}
_SETS_UP: Final = "sets_up_a_factor"


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come by registration of a vendor or by invitation, not by sign-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return home_of(request.user) if isinstance(request.user, User) else "/"

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        super().login(request, user)
        request.session[_ENTERED_AT] = time.time()

    def post_login(
        self, request: HttpRequest, user: AbstractBaseUser, **facts: Any
    ) -> HttpResponse:
        """Greet a person in the language they chose, where the browser has none."""
        response: HttpResponse = super().post_login(request, user, **facts)
        chosen = settings.LANGUAGE_COOKIE_NAME in request.COOKIES
        if isinstance(user, User) and not user.is_demo and not chosen:
            keep_language(response, user.language)
        return response

    def is_reauthentication_required(self, *, app: str, **facts: Any) -> bool:
        """Spare the password to somebody who entered just now to set up a factor."""
        session = self.request.session
        entered = session.get(_ENTERED_AT, 0.0)
        if time.time() - entered >= _LATELY_S:
            return bool(super().is_reauthentication_required(app=app, **facts))
        if not is_mfa_enabled(self.request.user):
            session[_SETS_UP] = True
        spared = session.get(_SETS_UP, False)
        return not spared and bool(
            super().is_reauthentication_required(app=app, **facts)
        )

    def send_mail(
        self, template_prefix: str, email: str, context: dict[str, Any]
    ) -> None:
        """Put the mail into the outbox: a page never waits for a mail server."""
        mail = self.render_mail(template_prefix, email, context)
        send_email(to=email, subject=mail.subject, text=mail.body)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell a person about a change of how they log in, at their one address."""
        to = email or getattr(user, "email", None)
        super().send_notification_mail(template_prefix, user, context, email=to)


class SignInForm(LoginForm):
    """allauth's form in this platform's words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = gettext_lazy("E-mail")
        self.fields["password"].help_text = ""
        self.fields["remember"].label = gettext_lazy("Stay logged in on this device")
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class ForgottenForm(ResetPasswordForm):
    """allauth's form in this platform's words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = gettext_lazy("E-mail")
        self.fields["email"].widget.attrs.pop("placeholder", None)


class SwitchOnForm(ActivateTOTPForm):
    code = CharField(
        label=gettext_lazy("Code from the app"), widget=TextInput(attrs=_DIGITS)
    )


class SecondFactorForm(AuthenticateForm):
    code = CharField(
        label=gettext_lazy("Code from the app, or a recovery code"),
        widget=TextInput(attrs=_DIGITS),
    )


class ConfirmForm(ReauthenticateForm):
    code = CharField(
        label=gettext_lazy("Code from the app, or a recovery code"),
        widget=TextInput(attrs=_DIGITS),
    )


class SignIn(LoginView):
    """allauth's log-in page, with the demo city's people beside it."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, personas=_demo_personas())


sign_in = sensitive_post_parameters("password")(SignIn.as_view())


def no_such_page(_request: HttpRequest) -> NoReturn:
    """Close a page that allauth brings: an address names its person for good."""
    raise Http404


class SecondFactorMiddleware:
    """Keep people whose role asks for it at setting up a second factor first.

    The demo city is exempt: its people are invented and their passwords printed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        match = request.resolver_match
        name = match.view_name if match else ""
        if name.startswith(_OPEN_NAMES) or not awaits_second_factor(request):
            return None
        if name.startswith("api:"):
            return _second_factor_problem()
        return HttpResponseRedirect(reverse("mfa_index"))


def _second_factor_problem() -> HttpResponse:
    return problems.outside(
        403,
        "second_factor_missing",
        _("Your role needs a second factor: set up a passkey or an app."),
    )


def _demo_personas() -> list[dict[str, str]]:
    """Return the demo city's log-ins, which `manage.py demo` leaves in the home."""
    kept = Path(settings.PILOTGATE_HOME) / "demo_logins.json"
    if not settings.DEMO or not kept.exists():
        return []
    return list(json.loads(kept.read_text(encoding="utf-8")))
