"""Who is asking."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts.enums import Role
from accounts.models import User
from portals.navigation import portal_of


def actor(request: HttpRequest) -> User:
    """Return the person behind a request that needs one."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def is_official(request: HttpRequest) -> bool:
    """Whether an official is in the city's portal; in any other they only read."""
    role = getattr(request.user, "role", "")
    return portal_of(request) == "officials" and role == Role.OFFICIAL
