from collections.abc import Mapping
from typing import Any

from accounts import services as accounts
from accounts.enums import OrganisationKind, Role, Scope
from accounts.models import Invitation, User
from dispatch import services as dispatch
from dispatch.enums import NoticeKind
from procurement.models import VendorRegistration
from procurement.services import enter_vendor
from tests.factories import make_organisation, make_user


def values(people: Mapping[str, User]) -> dict[str, Any]:
    official = people["official"]
    _invitation, invited = accounts.invite(
        email="guest@example.invalid",
        organisation=official.organisation,
        role=Role.OFFICIAL,
        by=official,
    )
    token, _secret = accounts.issue_token(
        owner=official, name="script", scopes=[Scope.READ], days=30, by=official
    )
    job = dispatch.start_job("report", by=official)
    (notice,) = dispatch.post(official, NoticeKind.JOB_FINISHED, subject=job)
    colleagues = {
        f"{portal}:person.pk": make_user(
            person.role, organisation=person.organisation
        ).pk
        for portal, person in (
            ("officials", official),
            ("vendors", people["vendor"]),
            ("institutes", people["reviewer"]),
        )
    }
    invitations = {
        f"{portal}:invitation.pk": invite_into_own_house(person).pk
        for portal, person in (
            ("officials", official),
            ("vendors", people["vendor"]),
            ("institutes", people["reviewer"]),
        )
    }
    return {
        "vendor.code": _waiting_vendor().code,
        "vendor.target": "accepted",
        "invitation.token": invited,
        "person.role": Role.AUDITOR,
        "token.prefix": token.prefix,
        "job.code": job.code,
        "notice.pk": notice.pk,
        "account_confirm_email.key": "unknown",
        "account_reset_password_from_key.uidb36": "1",
        "account_reset_password_from_key.key": "unknown",
        "mfa.pk": 1,
        **colleagues,
        **invitations,
    }


def _waiting_vendor() -> VendorRegistration:
    vendor = make_organisation(OrganisationKind.VENDOR, is_demo=True)
    VendorRegistration.objects.filter(vendor=vendor).delete()
    return enter_vendor(vendor)


def invite_into_own_house(person: User) -> Invitation:
    invitation, _token = accounts.invite(
        email=f"guest.{person.pk}@example.invalid",
        organisation=person.organisation,
        role=Role(person.role),
        by=person,
    )
    return invitation
