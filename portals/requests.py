"""Who is asking."""

from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from allauth.mfa.utils import is_mfa_enabled
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts.enums import Role
from accounts.models import User
from portals.navigation import portal_of

NEEDS_SECOND_FACTOR: Final = {Role.OFFICIAL, Role.REVIEWER, Role.AUDITOR}


def actor(request: HttpRequest) -> User:
    """Return the person behind a request that needs one."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def is_official(request: HttpRequest) -> bool:
    """Whether an official is in the city's portal; in any other they only read."""
    role = getattr(request.user, "role", "")
    return portal_of(request) == "officials" and role == Role.OFFICIAL


def awaits_second_factor(request: HttpRequest) -> bool:
    """Whether the reader's role asks for a second factor that is not set up yet."""
    user = request.user
    return (
        isinstance(user, User)
        and user.role in NEEDS_SECOND_FACTOR
        and not user.is_demo
        and not is_mfa_enabled(user)
    )


def passkeys_work(request: HttpRequest) -> bool:
    """Whether a browser lets this site have passkeys: it has a name, not a number."""
    host = urlsplit(f"//{request.get_host()}").hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return True
    return False
