"""How often one caller may ask; all web processes count together."""

from typing import TYPE_CHECKING, Final, cast

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
    num_requests: int
    duration: int

    def allow_request(self, request: Request, view: "APIView") -> bool:
        self.scope = kind_of(request)
        number, duration = self.parse_rate(self.get_rate())
        self.num_requests, self.duration = cast("int", number), cast("int", duration)
        return self._count(self.get_cache_key(request, view), self.timer())

    def wait(self) -> float:
        """Seconds until the span begins in which this caller may surely ask again."""
        return float(self.duration - self.timer() % self.duration)

    def _count(self, key: str, now: float) -> bool:
        """Count one request; whether it is within the rate.

        Two counters a caller, whatever the rate: this span's, and as much of the last
        one's as still lies within the duration.
        """
        span, gone_by = divmod(now, self.duration)
        here, last = f"{key}.{span:.0f}", f"{key}.{span - 1:.0f}"
        self.cache.add(here, 0, 2 * self.duration)
        try:
            counted = self.cache.incr(here)
        except ValueError:  # the shared store came back just now, and knows no count
            counted = 1
        before = self.cache.get(last, 0) * (1 - gone_by / self.duration)
        return bool(counted + before <= self.num_requests)

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
