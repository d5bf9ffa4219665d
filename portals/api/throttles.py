"""How often one caller may ask. Each web process counts for itself."""

from typing import TYPE_CHECKING, Final

from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from accounts.models import User
from robot_bridge.models import Robot

if TYPE_CHECKING:
    from rest_framework.views import APIView

RATES: Final[dict[str, str | None]] = {
    "stranger": "120/min",
    "read": "600/min",
    "write": "120/min",
    "robot": "1200/min",
}


class CallerThrottle(SimpleRateThrottle):
    """Count by person, by robot, or by address for whoever is not known.

    Nobody's flood slows another: a vendor on the last day is counted alone.
    """

    THROTTLE_RATES = RATES
    scope = "read"

    def allow_request(self, request: Request, view: "APIView") -> bool:
        self.scope = kind_of(request)
        self.rate = self.get_rate()
        self.num_requests, self.duration = self.parse_rate(self.rate)
        return super().allow_request(request, view)

    def get_cache_key(self, request: Request, view: "APIView") -> str:
        user = request.user
        known = isinstance(user, User | Robot)
        ident = str(user.pk) if known else self.get_ident(request)
        return self.cache_format % {"scope": self.scope, "ident": ident}


def kind_of(request: Request) -> str:
    if isinstance(request.user, Robot):
        return "robot"
    if not isinstance(request.user, User):
        return "stranger"
    return "read" if request.method in SAFE_METHODS else "write"
