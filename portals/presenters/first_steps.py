"""What a new city does first, until its first brief is begun."""

from collections.abc import Iterator
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.enums import OrganisationKind, Role
from accounts.models import Invitation, Organisation, User
from portals.presenters.pieces import Task
from procurement.models import Brief, Call, Programme, Site

SIGNERS: Final = 2


def first_steps(user: User) -> Iterator[Task]:
    """Yield what an official of an empty city has yet to enter, in its order."""
    if user.role != Role.OFFICIAL:
        return
    city = user.organisation
    if Brief.objects.visible_to(user).exists():
        return
    if city.name_zh == city.code or not city.name_en:
        yield _step(
            _("Name your organisation"),
            "organisation_edit",
            _("As pages, contracts and mails shall call it, in both languages."),
        )
    yield from _people(user)
    if not Programme.objects.visible_to(user).exists():
        yield _step(
            _("Found a programme"), "programme_create", _("Calls belong to one.")
        )
    if not Call.objects.visible_to(user).exists():
        yield _step(
            _("Draft a call"), "call_create", _("It gathers briefs under one deadline.")
        )
    if not Site.objects.visible_to(user).exists():
        yield _step(
            _("Enter a site"), "site_create", _("Where the robots are to work.")
        )
    yield _step(_("Write the first brief"), "brief_create", _("Need, KPIs, budget."))


def _people(user: User) -> Iterator[Task]:
    invited = set(
        Invitation.objects.visible_to(user)
        .open_now()
        .values_list("organisation__kind", "role")
    )
    officials = User.objects.visible_to(user).filter(role=Role.OFFICIAL, is_active=True)
    asked = (OrganisationKind.CITY, Role.OFFICIAL) in invited
    if not asked and officials.count() < SIGNERS:
        yield _step(
            _("Invite a second official"),
            "invitation_new",
            _("A gate needs two who decide; one alone can order nothing."),
        )
    institutes = Organisation.objects.visible_to(user).filter(
        kind=OrganisationKind.INSTITUTE
    )
    if not institutes.exists():
        yield _step(
            _("Enter an institute and invite its reviewers"),
            "institute_new",
            _("They review plans and recommend at each gate."),
        )


def _step(title: str, page: str, hint: str) -> Task:
    return Task(title, "not_started", reverse(f"officials:{page}"), hint)
