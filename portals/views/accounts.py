"""One's own account: name and language, how one logs in, tokens."""

from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.i18n import set_language as djangos_set_language

from accounts import services
from accounts.enums import Language, Scope
from accounts.forms import ProfileForm, TokenForm
from accounts.models import ApiToken, User
from portals.presenters.pieces import Answer, Move
from portals.requests import actor
from portals.views.access import PersonalView
from portals.views.lists import PER_PAGE


class Profile(PersonalView):
    def get(self, request: HttpRequest) -> HttpResponse:
        user = actor(request)
        known = {"name": user.name, "language": user.language}
        return self._page(request, ProfileForm(initial=known))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ProfileForm(request.POST)
        if not form.is_valid():
            return self._page(request, form, status=422)
        language = Language(form.cleaned_data["language"])
        services.save_profile(
            person=actor(request), name=form.cleaned_data["name"], language=language
        )
        with override(language):
            messages.success(request, _("Saved."))
        response = redirect("account:profile")
        keep_language(response, language)
        return response

    def _page(
        self, request: HttpRequest, form: ProfileForm, status: int = 200
    ) -> HttpResponse:
        user = actor(request)
        factor = _("Set up") if is_mfa_enabled(user) else _("Not set up: password only")
        context = {
            "title": _("Your account"),
            "subtitle": f"{user.organisation} · {user.get_role_display()}",
            "form": form,
            "answers": [
                Answer(_("You log in as"), user.email),
                Answer(_("Password"), "••••••••", reverse("account_change_password")),
                Answer(_("Second factor"), factor, reverse("mfa_index")),
            ],
        }
        return render(request, "accounts/profile.html", context, status=status)


class TokenList(PersonalView):
    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, TokenForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        user = actor(request)
        form = TokenForm(request.POST)
        if not form.is_valid():
            return self._page(request, form, status=422)
        _token, secret = services.issue_token(owner=user, by=user, **form.cleaned_data)
        return self._page(request, TokenForm(), secret=secret)

    def _page(
        self, request: HttpRequest, form: TokenForm, secret: str = "", status: int = 200
    ) -> HttpResponse:
        tokens = ApiToken.objects.visible_to(actor(request))[:PER_PAGE]
        context: dict[str, Any] = {
            "title": _("Access tokens"),
            "form": form,
            "code": secret,
            "code_title": _("Token"),
            "tokens": [(each, _scopes_of(each), _revoke_of(each)) for each in tokens],
        }
        return render(request, "accounts/token_list.html", context, status=status)


class TokenRevoke(PersonalView):
    def post(self, request: HttpRequest, prefix: str) -> HttpResponse:
        user = actor(request)
        token = get_object_or_404(ApiToken.objects.visible_to(user), prefix=prefix)
        services.revoke_token(token=token, by=user)
        return redirect("account:token_list")


def set_language(request: HttpRequest) -> HttpResponseBase:
    """Read on in another language, and be written to in it."""
    response = djangos_set_language(request)
    asked = request.POST.get("language", "")
    if isinstance(request.user, User) and asked in Language.values:
        services.choose_language(person=request.user, language=Language(asked))
    return response


def keep_language(response: HttpResponse, language: str) -> None:
    """Have the browser ask for this language from now on."""
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, samesite="Lax")


def _scopes_of(token: ApiToken) -> list[str]:
    return [str(Scope(each).label) for each in token.scopes]


def _revoke_of(token: ApiToken) -> list[Move]:
    if token.revoked_at:
        return []
    url = reverse("account:token_revoke", args=[token.prefix])
    return [Move(_("Revoke"), url, "danger", confirm=_("The token stops working now."))]
