"""Organisations and people."""

from itertools import count

from django.utils import timezone

from accounts.enums import OrganisationKind, Role
from accounts.models import Organisation, User
from accounts.rules import uscc_check_sign
from procurement.models import VendorRegistration

numbers = count(1)


HOUSE_OF = {
    Role.OFFICIAL: OrganisationKind.CITY,
    Role.AUDITOR: OrganisationKind.CITY,
    Role.VENDOR: OrganisationKind.VENDOR,
    Role.REVIEWER: OrganisationKind.INSTITUTE,
    Role.CLOCK: OrganisationKind.PLATFORM,
}


def make_uscc(number):
    body = f"91500000{number:09d}"
    return body + uscc_check_sign(body)


def make_organisation(kind=OrganisationKind.CITY, **fields):
    number = next(numbers)
    uscc = make_uscc(number) if kind == OrganisationKind.VENDOR else None
    given = {
        "code": f"{kind}-{number}",
        "kind": kind,
        "name_zh": f"机构{number}",
        "name_en": f"Organisation {number}",
        "uscc": uscc,
    }
    made = Organisation.objects.create(**given | fields)
    if kind == OrganisationKind.VENDOR:
        VendorRegistration.objects.create(
            vendor=made, state="accepted", reason="Known.", judged_at=timezone.now()
        )
    return made


def make_user(role=Role.OFFICIAL, *, is_demo=False, **fields):
    number = next(numbers)
    if "organisation" not in fields:
        fields["organisation"] = make_organisation(HOUSE_OF[role], is_demo=is_demo)
    given = {"name": f"Person {number}", "role": role}
    email = fields.pop("email", f"person{number}@example.invalid")
    return User.objects.create_user(email, "a long pass phrase", **given | fields)
