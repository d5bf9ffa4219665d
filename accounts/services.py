"""Deeds on people and organisations."""

import hashlib
import secrets
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import audit
from accounts.enums import Language, OrganisationKind, Role, Scope
from accounts.errors import InvalidInputError, NotAllowedError, NotFoundError
from accounts.models import ApiToken, Invitation, Organisation, User
from accounts.roles import INVITES, ROLES_OF
from accounts.rules import is_uscc, uscc_check_sign

INVITATION_DAYS: Final = 14
_PREFIX_LENGTH: Final = 10


def digest(secret: str) -> str:
    """Return the digest under which a random secret is kept, hex."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def clock() -> User:
    """Return the system account that makes timed moves; it can never log in."""
    platform, _new = Organisation.objects.get_or_create(
        code="pilotgate",
        defaults={
            "kind": OrganisationKind.PLATFORM,
            "name_zh": "平台",
            "name_en": "Platform",
        },
    )
    user = User.objects.filter(role=Role.CLOCK).first()
    return user or User.objects.create_user(
        "clock@pilotgate.invalid",
        None,
        name="clock",
        role=Role.CLOCK,
        organisation=platform,
    )


@transaction.atomic
def create_organisation(
    *,
    code: str,
    kind: OrganisationKind,
    names: tuple[str, str],
    uscc: str | None,
    is_demo: bool,
    by: User,
) -> Organisation:
    """Enter an organisation; `names` are the Chinese and the English name."""
    if uscc is not None and not is_uscc(uscc):
        raise InvalidInputError(credit_code_objection(uscc))
    try:
        validate_slug(code)
    except ValidationError as bad:
        raise InvalidInputError(
            _("%(code)s cannot be a code: letters, digits, hyphens and underscores.")
            % {"code": code}
        ) from bad
    organisation = Organisation.objects.create(
        code=code,
        kind=kind,
        name_zh=names[0],
        name_en=names[1],
        uscc=uscc,
        is_demo=is_demo,
    )
    audit.record(organisation, "registered", by=by, kind=kind)
    return organisation


@transaction.atomic
def rename_organisation(
    *, organisation: Organisation, names: tuple[str, str], by: User
) -> None:
    """Set one's own organisation's Chinese and English name."""
    before = [organisation.name_zh, organisation.name_en]
    organisation.name_zh, organisation.name_en = names
    organisation.save(update_fields=["name_zh", "name_en"])
    audit.record(organisation, "renamed", by=by, before=before, after=list(names))


def credit_code_objection(uscc: str) -> str:
    """Say what is wrong with a unified social credit code, and what would be right."""
    try:
        expected = uscc_check_sign(uscc[:17])
    except ValueError:
        expected = ""
    if len(uscc) == 18 and expected:  # noqa: PLR2004
        return _(
            "%(code)s is not a unified social credit code: its check sign should be "
            "%(expected)s (GB 32100-2015)."
        ) % {"code": uscc, "expected": expected}
    return _(
        "%(code)s is not a unified social credit code: it has 18 signs, digits and "
        "capital letters without I, O, S, V and Z (GB 32100-2015)."
    ) % {"code": uscc}


@transaction.atomic
def create_person(
    *,
    email: str,
    name: str,
    organisation: Organisation,
    role: Role,
    password: str,
    by: User,
) -> User:
    """Make an account in a role that fits the organisation."""
    if role not in ROLES_OF[OrganisationKind(organisation.kind)]:
        raise _misplaced(role, organisation)
    if objection := email_objection(email):
        raise InvalidInputError(objection)
    user = User.objects.create_user(
        email,
        password,
        name=name,
        organisation=organisation,
        role=role,
        language=_spoken_language(),
    )
    audit.record(user, "joined", by=by, role=role)
    return user


def email_objection(email: str) -> str:
    """Say why nobody can join with this e-mail address, or return ""."""
    if not User.objects.filter(email__iexact=email).exists():
        return ""
    return _("%(email)s has an account already; log in, or reset the password.") % {
        "email": email
    }


def registration_objection(uscc: str) -> str:
    """Say why no vendor can register with this credit code, or return ""."""
    if not is_uscc(uscc):
        return credit_code_objection(uscc)
    if not Organisation.objects.filter(uscc=uscc).exists():
        return ""
    return _(
        "A vendor with the code %(code)s is registered already; ask a colleague there "
        "for an invitation."
    ) % {"code": uscc}


def _misplaced(role: Role, organisation: Organisation) -> InvalidInputError:
    return InvalidInputError(
        _("A %(role)s cannot belong to a %(kind)s.")
        % {"role": Role(role).label, "kind": organisation.get_kind_display()}
    )


def _spoken_language() -> Language:
    """Return the language that the page is read in, for this person's mails."""
    spoken = (get_language() or "").lower()
    return Language(spoken) if spoken in Language.values else Language.ZH_HANS


@transaction.atomic
def register_vendor(
    *, name_zh: str, name_en: str, uscc: str, person: str, email: str, password: str
) -> User:
    """Let a vendor in by its credit code; the first person manages it."""
    if objection := registration_objection(uscc):
        raise InvalidInputError(objection)
    vendor = create_organisation(
        code=f"v{uscc[-6:].lower()}{secrets.token_hex(2)}",
        kind=OrganisationKind.VENDOR,
        names=(name_zh, name_en),
        uscc=uscc,
        is_demo=False,
        by=clock(),
    )
    return create_person(
        email=email,
        name=person,
        organisation=vendor,
        role=Role.VENDOR,
        password=password,
        by=clock(),
    )


@transaction.atomic
def invite(
    *, email: str, organisation: Organisation, role: Role, by: User
) -> tuple[Invitation, str]:
    """Invite a person; returns the invitation and its token, which is kept nowhere."""
    same_house = organisation.pk == by.organisation_id
    kinds = INVITES.get(Role(by.role), frozenset())
    if organisation.kind not in kinds or (by.role != Role.OFFICIAL and not same_house):
        raise NotAllowedError(
            _("You may not invite people into %(organisation)s.")
            % {"organisation": organisation}
        )
    if organisation.kind == OrganisationKind.CITY and not same_house:
        raise NotAllowedError(_("Officials are invited by their own city only."))
    if objection := email_objection(email):
        raise InvalidInputError(objection)
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        email=email.lower(),
        organisation=organisation,
        role=role,
        token_digest=digest(token),
        invited_by=by,
        expires_at=timezone.now() + timedelta(days=INVITATION_DAYS),
    )
    audit.record(invitation, "invited", by=by, role=role)
    return invitation, token


@transaction.atomic
def renew_invitation(*, invitation: Invitation, by: User) -> str:
    """Give an invitation a new token; the one before opens nothing any more."""
    token = secrets.token_urlsafe(32)
    invitation.token_digest = digest(token)
    invitation.expires_at = timezone.now() + timedelta(days=INVITATION_DAYS)
    invitation.save(update_fields=["token_digest", "expires_at"])
    audit.record(invitation, "invited again", by=by)
    return token


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, by: User) -> None:
    """End an invitation before anybody accepted it."""
    invitation.expires_at = timezone.now()
    invitation.save(update_fields=["expires_at"])
    audit.record(invitation, "invitation withdrawn", by=by)


def open_invitation(token: str, *, lock: bool = False) -> Invitation:
    """Return the invitation that a token opens.

    Raises:
        NotFoundError: there is none, or it was used, withdrawn or has expired.
    """
    rows = Invitation.objects.open_now().filter(token_digest=digest(token))
    rows = rows.select_related("organisation", "invited_by__organisation")
    invitation = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if invitation is None:
        raise NotFoundError(
            _("This invitation is unknown, used or expired; ask for a new one.")
        )
    found: Invitation = invitation
    return found


@transaction.atomic
def accept_invitation(*, token: str, name: str, password: str) -> User:
    """Make the account that an invitation offers; each token opens once."""
    invitation = open_invitation(token, lock=True)
    user = create_person(
        email=invitation.email,
        name=name,
        organisation=invitation.organisation,
        role=Role(invitation.role),
        password=password,
        by=invitation.invited_by,
    )
    invitation.accepted_at, invitation.accepted_by = timezone.now(), user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    return user


@transaction.atomic
def set_active(*, person: User, active: bool, by: User) -> None:
    """Close or reopen an account; nobody closes their own."""
    if person.pk == by.pk:
        raise NotAllowedError(_("Nobody closes their own account."))
    person.is_active = active
    person.save(update_fields=["is_active"])
    audit.record(person, "reopened" if active else "closed", by=by)


@transaction.atomic
def change_role(*, person: User, role: Role, by: User) -> None:
    """Give a person another role of their organisation; nobody changes their own."""
    if person.pk == by.pk:
        raise NotAllowedError(_("Nobody changes their own role."))
    if role not in ROLES_OF[OrganisationKind(person.organisation.kind)]:
        raise _misplaced(role, person.organisation)
    before, person.role = person.role, role
    person.save(update_fields=["role"])
    audit.record(person, "role changed", by=by, before=before, after=role)


@transaction.atomic
def save_profile(*, person: User, name: str, language: Language) -> None:
    """Keep a person's own name and the language their mails are written in."""
    person.name, person.language = name, language
    person.save(update_fields=["name", "language"])
    audit.record(person, "profile changed", by=person)


def choose_language(*, person: User, language: Language) -> None:
    """Write to a person in this language from now on."""
    User.objects.filter(pk=person.pk).exclude(language=language).update(
        language=language
    )


def count_people(organisations: Iterable[Organisation]) -> Counter[int]:
    """Return how many people may log in, by the organisation's key."""
    active = User.objects.filter(organisation__in=list(organisations), is_active=True)
    return Counter(active.values_list("organisation_id", flat=True))


@transaction.atomic
def issue_token(
    *, owner: User, name: str, scopes: list[Scope], days: int, by: User
) -> tuple[ApiToken, str]:
    """Issue an access token; returns it and its secret, shown this once."""
    secret = f"pg_{secrets.token_urlsafe(32)}"
    token = ApiToken.objects.create(
        owner=owner,
        name=name,
        prefix=secret[:_PREFIX_LENGTH],
        digest=digest(secret),
        scopes=scopes,
        expires_at=timezone.now() + timedelta(days=days),
    )
    audit.record(token, "token issued", by=by, scopes=scopes, days=days)
    return token, secret


@transaction.atomic
def revoke_token(*, token: ApiToken, by: User) -> None:
    """End a token at once."""
    token.revoked_at = timezone.now()
    token.save(update_fields=["revoked_at"])
    audit.record(token, "token revoked", by=by)


def person_of_token(secret: str) -> tuple[User, ApiToken] | None:
    """Return whom a token speaks for, or None; compares digests, not secrets."""
    if "\0" in secret:  # the database cannot be asked for it
        return None
    token = (
        ApiToken.objects.usable()
        .select_related("owner__organisation")
        .filter(prefix=secret[:_PREFIX_LENGTH])
        .first()
    )
    if token is None or not secrets.compare_digest(token.digest, digest(secret)):
        return None
    ApiToken.objects.filter(pk=token.pk).update(used_at=timezone.now())
    return token.owner, token
