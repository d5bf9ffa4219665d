"""Who a program speaks for: a person's token, or a robot's credential."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Final

from django.utils import translation
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.enums import Scope
from accounts.errors import NotAllowedError
from accounts.models import ApiToken, User
from accounts.services import person_of_token
from robot_bridge.models import Robot
from robot_bridge.services import authenticate

if TYPE_CHECKING:
    from rest_framework.views import APIView

_TWO_PARTS: Final = 2


class ScopeError(NotAllowedError):
    code = "scope_missing"


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer pg_…`, a scoped token of a person."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        parts = get_authorization_header(request).split()
        if len(parts) != _TWO_PARTS or parts[0].lower() != b"bearer":
            return None
        found = person_of_token(parts[1].decode("ascii", "replace"))
        if found is None:
            raise AuthenticationFailed(
                _(
                    "This token is unknown, expired or revoked. Its owner issues a new "
                    "one under Access tokens."
                )
            )
        if "Accept-Language" not in request.headers:
            translation.activate(found[0].language)
        return found

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class RobotAuthentication(BaseAuthentication):
    """HTTP Basic with a robot's credential: `<vendor>/<serial>` and its secret."""

    def authenticate(self, request: Request) -> tuple[Robot, None] | None:
        parts = get_authorization_header(request).split()
        if len(parts) != _TWO_PARTS or parts[0].lower() != b"basic":
            return None
        try:
            name, _colon, secret = (
                base64.b64decode(parts[1], validate=True).decode().partition(":")
            )
        except (binascii.Error, UnicodeDecodeError) as bad:
            raise AuthenticationFailed(
                _("The Authorization header is not Base64 of name:secret.")
            ) from bad
        robot = authenticate(name, secret)
        if robot is None:
            raise AuthenticationFailed(
                _(
                    "No valid credential of %(name)s has this secret; its vendor "
                    "issues a new one on the robot's page."
                )
                % {"name": name}
            )
        return robot, None

    def authenticate_header(self, request: Request) -> str:
        return 'Basic realm="robot"'


class ScopePermission(BasePermission):
    """A token does what its scopes say; a session does what its person may."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not isinstance(request.user, User):
            return False
        token = request.auth
        if not isinstance(token, ApiToken):
            return True
        reads = request.method in SAFE_METHODS
        return holds(token, Scope.READ if reads else Scope.WRITE)


class MaySendTelemetry(BasePermission):
    """A robot itself, or a token issued for sending."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if isinstance(request.user, Robot):
            return True
        token = request.auth
        return isinstance(token, ApiToken) and holds(token, Scope.INGEST)


def holds(token: ApiToken, needed: Scope) -> bool:
    """Say whether a token has a scope.

    Raises:
        ScopeError: it has not; names the scopes it has and the one it needs.
    """
    if needed in token.scopes:
        return True
    raise ScopeError(
        _("This token may not do that: it has %(has)s, and this needs %(needs)s.")
        % {"has": ", ".join(token.scopes) or "—", "needs": needed}
    )
