"""Who is asking."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts.models import User


def actor(request: HttpRequest) -> User:
    """Return the person behind a request that needs one."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
