"""Before any deed: the right role, and a subject this person may know of."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.errors import InvalidInputError, NotAllowedError, NotFoundError
from accounts.models import Organisation, User


def need_role(by: User, *roles: Role) -> None:
    if by.role not in roles:
        raise NotAllowedError(
            _("A %(role)s may not do this; it takes: %(roles)s.")
            % {
                "role": Role(by.role).label,
                "roles": ", ".join(str(role.label) for role in roles),
            }
        )


def need_official_of(city: Organisation, by: User) -> None:
    """Let an official act on what belongs to their own city, and on nothing else."""
    need_role(by, Role.OFFICIAL)
    if city.pk != by.organisation_id:
        raise NotFoundError(_("There is no such thing in your city."))


def need_sight(seen: models.QuerySet[Any], subject: models.Model) -> None:
    """Refuse what is not among the rows this person may see, as if it were not."""
    if not seen.filter(pk=subject.pk).exists():
        raise NotFoundError(_("%(subject)s does not exist.") % {"subject": subject})


def write_fields(
    subject: models.Model, values: Mapping[str, Any], allowed: frozenset[str]
) -> None:
    """Set fields by name, from a closed list; saves nothing.

    Raises:
        InvalidInputError: a field is not among the allowed ones.
    """
    if strangers := sorted(set(values) - allowed):
        raise InvalidInputError(
            _("%(fields)s cannot be set here.") % {"fields": ", ".join(strangers)}
        )
    for name, value in values.items():
        setattr(subject, name, value)
