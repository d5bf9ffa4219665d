"""People of one's own organisation, and invitations into it."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import services
from accounts.enums import Role
from accounts.forms import InvitationForm, roles_in
from accounts.models import Invitation, User
from dispatch.services import send_email
from portals.navigation import here
from portals.presenters.pieces import Link, Move
from portals.requests import actor
from portals.views.access import PortalView
from portals.views.lists import PER_PAGE, page_of

MEMBERS = frozenset({Role.OFFICIAL, Role.VENDOR, Role.REVIEWER})


class PeopleList(PortalView):
    def get(self, request: HttpRequest) -> HttpResponse:
        user = actor(request)
        people = User.objects.visible_to(user).select_related("organisation")
        page = page_of(request, people)
        invitations = (
            Invitation.objects.visible_to(user)
            .open_now()
            .select_related("organisation")[:PER_PAGE]
        )
        context = {
            "title": _("People"),
            "subtitle": str(user.organisation),
            "page": page,
            "people": [(person, _moves_of(request, person)) for person in page],
            "invitations": [(each, _invited(request, each)) for each in invitations],
            "actions": _actions(request),
        }
        return render(request, "accounts/person_list.html", context)


class InvitationNew(PortalView):
    roles = MEMBERS

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = {"seat": request.GET.get("seat")} if "seat" in request.GET else None
        return self._page(request, InvitationForm(by=actor(request), initial=asked))

    def post(self, request: HttpRequest) -> HttpResponse:
        user = actor(request)
        form = InvitationForm(request.POST, by=user)
        if not form.is_valid():
            return self._page(request, form, status=422)
        invitation, token = services.invite(by=user, **form.values)
        return link_page(request, invitation, token)

    def _page(
        self, request: HttpRequest, form: InvitationForm, status: int = 200
    ) -> HttpResponse:
        back = here(request, "people_list")
        context = {
            "form": form,
            "title": _("Invite a person"),
            "trail": [Link(_("People"), back), Link(_("Invite a person"))],
            "submit": _("Invite"),
            "cancel_url": back,
        }
        return render(request, "components/form_page.html", context, status=status)


class InvitationRenew(PortalView):
    roles = MEMBERS

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        user = actor(request)
        invitation = _open_invitation(user, pk)
        token = services.renew_invitation(invitation=invitation, by=user)
        return link_page(request, invitation, token)


class InvitationWithdraw(PortalView):
    roles = MEMBERS

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        user = actor(request)
        invitation = _open_invitation(user, pk)
        services.withdraw_invitation(invitation=invitation, by=user)
        messages.success(
            request,
            _("The invitation of %(email)s is withdrawn.")
            % {"email": invitation.email},
        )
        return redirect(here(request, "people_list"))


class PersonSetActive(PortalView):
    roles = MEMBERS

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        user = actor(request)
        person = get_object_or_404(User.objects.visible_to(user), pk=pk)
        services.set_active(person=person, active=not person.is_active, by=user)
        said = (
            _("%(person)s may log in again.")
            if person.is_active
            else _("The membership of %(person)s is ended.")
        )
        messages.success(request, said % {"person": person})
        return redirect(here(request, "people_list"))


class PersonSetRole(PortalView):
    roles = frozenset({Role.OFFICIAL})

    def post(self, request: HttpRequest, pk: int, role: str) -> HttpResponse:
        user = actor(request)
        if role not in Role.values:
            raise Http404
        person = get_object_or_404(User.objects.visible_to(user), pk=pk)
        services.change_role(person=person, role=Role(role), by=user)
        messages.success(
            request,
            _("%(person)s is now: %(role)s.")
            % {"person": person, "role": person.get_role_display()},
        )
        return redirect(here(request, "people_list"))


def link_page(request: HttpRequest, invitation: Invitation, token: str) -> HttpResponse:
    """Mail the link that accepts an invitation, and show it this once."""
    link = request.build_absolute_uri(
        reverse("account:invitation_accept", args=[token])
    )
    send_email(
        to=invitation.email,
        subject=_("An invitation to Pilotgate"),
        text=_("%(person)s invites you to join %(organisation)s on Pilotgate: %(link)s")
        % {
            "person": actor(request),
            "organisation": invitation.organisation,
            "link": link,
        },
    )
    back = here(request, "people_list")
    context = {
        "title": _("Invitation for %(email)s") % {"email": invitation.email},
        "trail": [Link(_("People"), back), Link(_("Invitation"))],
        "code": link,
        "code_title": _("Link for %(email)s") % {"email": invitation.email},
        "invitation": invitation,
        "days": services.INVITATION_DAYS,
        "is_mailed": settings.MAIL_IS_SENT,
        "next": [
            Link(_("Back to the people"), back, "primary"),
            Link(_("Invite another person"), here(request, "invitation_new")),
        ],
    }
    return render(request, "accounts/invitation_detail.html", context)


def _open_invitation(user: User, pk: int) -> Invitation:
    rows = Invitation.objects.visible_to(user).open_now()
    found: Invitation = get_object_or_404(rows.select_related("organisation"), pk=pk)
    return found


def _actions(request: HttpRequest) -> list[Link]:
    role = actor(request).role
    links = []
    if role in MEMBERS:
        invite = here(request, "invitation_new")
        links.append(Link(_("Invite a person"), invite, "primary", "plus"))
        links.append(Link(_("Your organisation"), here(request, "organisation_edit")))
    if role in {Role.OFFICIAL, Role.AUDITOR}:
        houses = here(request, "organisation_list")
        links.append(Link(_("Institutes and vendors"), houses))
    return links


def _moves_of(request: HttpRequest, person: User) -> list[Move]:
    user = actor(request)
    if user.role not in MEMBERS or person.pk == user.pk:
        return []
    url = here(request, "person_set_active", person.pk)
    if not person.is_active:
        return [Move(_("Let in again"), url)]
    end = Move(
        _("End the membership"),
        url,
        confirm=_("%(person)s is logged out at once and can no longer log in.")
        % {"person": person},
    )
    return [*_role_moves(request, person), end]


def _role_moves(request: HttpRequest, person: User) -> list[Move]:
    others = [role for role in roles_in(person.organisation) if role != person.role]
    return [
        Move(
            _("Change the role to: %(role)s") % {"role": role.label},
            here(request, "person_set_role", person.pk, role.value),
            confirm=_("%(person)s will be: %(role)s.")
            % {"person": person, "role": role.label},
        )
        for role in others
    ]


def _invited(request: HttpRequest, invitation: Invitation) -> list[Move]:
    if actor(request).role not in MEMBERS:
        return []
    return [
        Move(
            _("New link"),
            here(request, "invitation_renew", invitation.pk),
            confirm=_("The link sent before stops working."),
        ),
        Move(
            _("Withdraw"),
            here(request, "invitation_withdraw", invitation.pk),
            confirm=_("The link stops working."),
        ),
    ]
