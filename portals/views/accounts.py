"""Signing in, joining, people, tokens."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import View

from accounts import services
from accounts.enums import OrganisationKind, Role
from accounts.forms import (
    InvitationForm,
    NewPasswordForm,
    OrganisationForm,
    TokenForm,
    VendorRegistrationForm,
)
from accounts.models import ApiToken, Invitation, User
from dispatch.services import send_email
from portals.presenters.pieces import Link, Move, table_of
from portals.requests import actor
from portals.views.access import PersonalView, PortalView, home_of

PER_PAGE = 50


@method_decorator([never_cache, sensitive_post_parameters("password")], name="dispatch")
class VendorRegister(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, VendorRegistrationForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = VendorRegistrationForm(request.POST)
        if not form.is_valid():
            return self._page(request, form, status=422)
        user = services.register_vendor(**form.cleaned_data)
        login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
        return redirect(home_of(user))

    def _page(
        self, request: HttpRequest, form: VendorRegistrationForm, status: int = 200
    ) -> HttpResponse:
        context = {"form": form, "title": _("Register as a vendor")}
        return render(request, "accounts/join_form.html", context, status=status)


@method_decorator([never_cache, sensitive_post_parameters("password")], name="dispatch")
class InvitationAccept(View):
    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self._page(request, NewPasswordForm())

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        form = NewPasswordForm(request.POST)
        if not form.is_valid():
            return self._page(request, form, status=422)
        user = services.accept_invitation(
            token=token,
            name=form.cleaned_data["person"],
            password=form.cleaned_data["password"],
        )
        login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
        return redirect(home_of(user))

    def _page(
        self, request: HttpRequest, form: NewPasswordForm, status: int = 200
    ) -> HttpResponse:
        context = {"form": form, "title": _("Accept your invitation")}
        return render(request, "accounts/join_form.html", context, status=status)


class PeopleList(PortalView):
    def get(self, request: HttpRequest) -> HttpResponse:
        user = actor(request)
        people = User.objects.visible_to(user).select_related("organisation")
        page = Paginator(people, PER_PAGE).get_page(request.GET.get("page"))
        invitations = (
            Invitation.objects.visible_to(user)
            .open_now()
            .select_related("organisation")[:PER_PAGE]
        )
        context = {
            "title": _("People"),
            "subtitle": str(user.organisation),
            "page": page,
            "people": [(person, _moves_of(person, user)) for person in page],
            "invitations": _invitation_table(list(invitations)),
            "actions": _people_actions(user),
        }
        return render(request, "accounts/person_list.html", context)


class InvitationNew(PortalView):
    roles = frozenset({Role.OFFICIAL, Role.VENDOR, Role.REVIEWER})

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, InvitationForm(by=actor(request)))

    def post(self, request: HttpRequest) -> HttpResponse:
        user = actor(request)
        form = InvitationForm(request.POST, by=user)
        if not form.is_valid():
            return self._page(request, form, status=422)
        invitation, token = services.invite(by=user, **form.cleaned_data)
        link = request.build_absolute_uri(
            reverse("account:invitation_accept", args=[token])
        )
        send_email(
            to=invitation.email,
            subject=_("An invitation to Pilotgate"),
            text=_(
                "%(person)s invites you to join %(organisation)s on Pilotgate: %(link)s"
            )
            % {
                "person": user,
                "organisation": invitation.organisation,
                "link": link,
            },
        )
        context = {
            "title": _("Invitation sent"),
            "code": link,
            "email": invitation.email,
        }
        return render(request, "accounts/invitation_detail.html", context)

    def _page(
        self, request: HttpRequest, form: InvitationForm, status: int = 200
    ) -> HttpResponse:
        context = {"form": form, "title": _("Invite a person")}
        return render(request, "accounts/account_form.html", context, status=status)


class InstituteNew(PortalView):
    roles = frozenset({Role.OFFICIAL})

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, OrganisationForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = OrganisationForm(request.POST)
        if not form.is_valid():
            return self._page(request, form, status=422)
        user, clean = actor(request), form.cleaned_data
        institute = services.create_organisation(
            code=clean["code"],
            kind=OrganisationKind.INSTITUTE,
            names=(clean["name_zh"], clean["name_en"]),
            uscc=None,
            is_demo=user.is_demo,
            by=user,
        )
        messages.success(
            request,
            _("%(institute)s is entered; now invite its people.")
            % {"institute": institute},
        )
        return redirect(reverse_here(user, "invitation_new"))

    def _page(
        self, request: HttpRequest, form: OrganisationForm, status: int = 200
    ) -> HttpResponse:
        context = {"form": form, "title": _("Enter an institute")}
        return render(request, "accounts/account_form.html", context, status=status)


class PersonSetActive(PortalView):
    roles = frozenset({Role.OFFICIAL, Role.VENDOR, Role.REVIEWER})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        user = actor(request)
        person = get_object_or_404(User.objects.visible_to(user), pk=pk)
        services.set_active(person=person, active=not person.is_active, by=user)
        return redirect(reverse_here(user, "people_list"))


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
        context = {
            "title": _("Access tokens"),
            "form": form,
            "code": secret,
            "tokens": [(token, _revoke_of(token)) for token in tokens],
        }
        return render(request, "accounts/token_list.html", context, status=status)


class TokenRevoke(PersonalView):
    def post(self, request: HttpRequest, prefix: str) -> HttpResponse:
        user = actor(request)
        token = get_object_or_404(ApiToken.objects.visible_to(user), prefix=prefix)
        services.revoke_token(token=token, by=user)
        return redirect("account:token_list")


def _people_actions(user: User) -> list[Link]:
    if user.role == Role.AUDITOR:
        return []
    invite = Link(_("Invite a person"), reverse_here(user, "invitation_new"), "primary")
    if user.role != Role.OFFICIAL:
        return [invite]
    return [
        invite,
        Link(_("Enter an institute"), reverse_here(user, "institute_new")),
    ]


def reverse_here(user: User, name: str, *args: Any) -> str:
    """Reverse a name in the portal its reader lives in."""
    return reverse(f"{home_of(user).split('/')[1]}:{name}", args=args)


def _moves_of(person: User, user: User) -> list[Move]:
    if user.role == Role.AUDITOR or person.pk == user.pk:
        return []
    url = reverse_here(user, "person_set_active", person.pk)
    if person.is_active:
        return [Move(_("Close"), url, confirm=_("This person can no longer log in."))]
    return [Move(_("Reopen"), url)]


def _invitation_table(invitations: list[Invitation]) -> Any:
    rows = [
        [
            each.email,
            str(each.organisation),
            each.get_role_display(),
            f"{each.expires_at:%Y-%m-%d}",
        ]
        for each in invitations
    ]
    return table_of(
        _("Open invitations"),
        [_("E-mail"), _("Organisation"), _("Role"), _("Expires")],
        rows,
        empty=_("Nobody is invited right now."),
    )


def _revoke_of(token: ApiToken) -> list[Move]:
    if token.revoked_at:
        return []
    url = reverse("account:token_revoke", args=[token.prefix])
    return [Move(_("Revoke"), url, "danger", confirm=_("The token stops working now."))]
