"""Whose hand may do what on a pilot, beyond what the database knows."""

from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.errors import NotAllowedError
from accounts.models import Organisation, User
from pilots.models import Pilot


def check_official(city: Organisation, by: User) -> None:
    """Refuse anyone but an official of this city."""
    if by.role != Role.OFFICIAL or by.organisation_id != city.pk:
        raise NotAllowedError(
            _("Only an official of %(city)s may do this.") % {"city": city}
        )


def check_party(pilot: Pilot, by: User) -> None:
    """Refuse anyone but the contract's officials and the vendor's people."""
    if by.role == Role.VENDOR and by.organisation_id == pilot.contract.vendor_id:
        return
    check_official(pilot.contract.city, by)
