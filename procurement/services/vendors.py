"""Vendors register themselves; officials accept or refuse them before they submit."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import services as accounts
from accounts.enums import OrganisationKind, Role
from accounts.errors import InvalidInputError
from accounts.models import Organisation, User
from accounts.workflow import advance
from dispatch.enums import NoticeKind
from dispatch.services import post
from procurement.enums import RegistrationState
from procurement.models import VendorRegistration
from procurement.services.access import need_role, need_sight
from procurement.workflow import REGISTRATION_TRANSITIONS


@transaction.atomic
def register_vendor(**given: Any) -> User:
    """Let a vendor in by its credit code, and ask the officials to judge it."""
    person = accounts.register_vendor(**given)
    enter_vendor(person.organisation)
    return person


@transaction.atomic
def enter_vendor(vendor: Organisation) -> VendorRegistration:
    """Let a vendor wait for its judgement; every official of its world is told."""
    registration, is_new = VendorRegistration.objects.get_or_create(vendor=vendor)
    if is_new:
        officials = User.objects.filter(
            role=Role.OFFICIAL,
            is_active=True,
            organisation__kind=OrganisationKind.CITY,
            organisation__is_demo=vendor.is_demo,
        )
        post(officials, NoticeKind.VENDOR_REGISTERED, subject=registration)
    return registration


@transaction.atomic
def judge_vendor(
    *, registration: VendorRegistration, target: str, reason: str, by: User
) -> VendorRegistration:
    """Accept or refuse a vendor, and tell its people why."""
    need_role(by, Role.OFFICIAL)
    need_sight(VendorRegistration.objects.visible_to(by), registration)
    if not reason.strip():
        raise InvalidInputError(_("State why the vendor is accepted or refused."))
    locked = VendorRegistration.objects.select_for_update().get(pk=registration.pk)
    locked.reason, locked.judged_at = reason.strip(), timezone.now()
    locked.save(update_fields=["reason", "judged_at"])
    advance(REGISTRATION_TRANSITIONS, locked, target, by=by, reason=locked.reason)
    accepted = locked.state == RegistrationState.ACCEPTED
    kind = NoticeKind.VENDOR_ACCEPTED if accepted else NoticeKind.VENDOR_REFUSED
    post(locked.vendor, kind, subject=locked)
    registration.refresh_from_db()
    return registration
