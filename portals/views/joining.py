"""How a person comes in: a vendor registers itself, everybody else is invited."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import View

from accounts import services
from accounts.forms import NewPasswordForm, VendorRegistrationForm
from accounts.models import Invitation, User
from portals.presenters.pieces import Answer
from portals.views.access import home_of
from procurement.services import register_vendor


@method_decorator([never_cache, sensitive_post_parameters("password")], name="dispatch")
class JoinView(View):
    """A page that makes an account, and may be asked so many times a minute."""

    def dispatch(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        if request.user.is_authenticated:
            return self._who_is_here(request)
        if request.method == "POST" and not ratelimit.consume(request, action="signup"):
            return ratelimit.respond_429(request)
        return super().dispatch(request, *args, **kwargs)

    def _who_is_here(self, request: HttpRequest) -> HttpResponse:
        context = {"title": _("You are logged in already")}
        return render(request, "accounts/join_other.html", context)

    def enter(self, request: HttpRequest, user: User) -> HttpResponse:
        get_adapter().login(request, user)
        messages.success(
            request,
            _("Welcome, %(name)s. Your account is ready.") % {"name": user.name},
        )
        return redirect(home_of(user))


class VendorRegister(JoinView):
    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, VendorRegistrationForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = VendorRegistrationForm(request.POST)
        if not form.is_valid():
            return self._page(request, form, status=422)
        return self.enter(request, register_vendor(**form.cleaned_data))

    def _page(
        self, request: HttpRequest, form: VendorRegistrationForm, status: int = 200
    ) -> HttpResponse:
        context = {
            "form": form,
            "title": _("Register as a vendor"),
            "intro": _(
                "The first person registers the company and may then invite colleagues."
            ),
        }
        return render(request, "accounts/join_form.html", context, status=status)


class InvitationAccept(JoinView):
    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        invitation = services.open_invitation(token)
        return self._page(request, invitation, NewPasswordForm())

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        invitation = services.open_invitation(token)
        form = NewPasswordForm(request.POST, email=invitation.email)
        if not form.is_valid():
            return self._page(request, invitation, form, status=422)
        user = services.accept_invitation(
            token=token,
            name=form.cleaned_data["person"],
            password=form.cleaned_data["password"],
        )
        return self.enter(request, user)

    def _page(
        self,
        request: HttpRequest,
        invitation: Invitation,
        form: NewPasswordForm,
        status: int = 200,
    ) -> HttpResponse:
        context = {
            "form": form,
            "title": _("Accept your invitation"),
            "answers": [
                Answer(_("Organisation"), invitation.organisation),
                Answer(_("Role"), invitation.get_role_display()),
                Answer(_("Invited by"), _whom(invitation.invited_by)),
                Answer(_("You log in as"), invitation.email),
            ],
        }
        return render(request, "accounts/join_form.html", context, status=status)


def _whom(person: User) -> str:
    return f"{person.name} · {person.organisation}"
