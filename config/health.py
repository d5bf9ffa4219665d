"""Whether each part of the platform is up, and how old its last sign of life is."""

import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu import Connection
from kombu.exceptions import OperationalError

from config.outage import forget_connections
from dispatch.services import heartbeat_age_s
from robot_bridge import services as bridge
from robot_bridge.errors import LakeUnreadableError

# The settler shows life after a round, and a pilot's whole past may come in one.
LONGEST_SILENCE_S = {"worker": 30, "beat": 30, "bridge": 15, "settler": 60}
# Longer than the largest batch takes to be written.
LONGEST_WAIT_S = 120
_PATIENCE_S = 1.0


@dataclass(frozen=True)
class Finding:
    """What one probe saw. The age is null where there never was a sign of life."""

    up: bool
    age_s: float | None
    detail: str = ""


def database() -> Finding:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        forget_connections()
        return Finding(up=False, age_s=None, detail=_("No connection."))
    return Finding(up=True, age_s=0.0)


def broker() -> Finding:
    try:
        with Connection(settings.BROKER_URL, connect_timeout=_PATIENCE_S) as wire:
            wire.ensure_connection(max_retries=1, interval_start=0, timeout=_PATIENCE_S)
    except (OperationalError, OSError):
        detail = _("No connection. Tasks wait in the outbox and run once it is back.")
        return Finding(up=False, age_s=None, detail=detail)
    return Finding(up=True, age_s=0.0)


def mqtt() -> Finding:
    where = urlsplit(settings.MQTT_URL)
    if where.hostname is None:
        detail = _("MQTT_URL names no host.")
        return Finding(up=False, age_s=None, detail=detail)
    port = where.port or (8883 if where.scheme == "mqtts" else 1883)
    try:
        socket.create_connection((where.hostname, port), _PATIENCE_S).close()
    except OSError:
        detail = _("No connection. Robots keep what has no receipt and send it again.")
        return Finding(up=False, age_s=None, detail=detail)
    return Finding(up=True, age_s=0.0)


def lake() -> Finding:
    """Ask whether the lake can be read and keeps up; its age is the newest append's.

    No append for an hour is no fault where no row was settled; a settled row that
    waits is one.
    """
    try:
        standing = bridge.lake_standing()
    except DatabaseError:
        return Finding(up=False, age_s=None, detail=_("The database is away."))
    except LakeUnreadableError:
        return Finding(up=False, age_s=None, detail=_("It cannot be read."))
    waited_s = _age_s(standing.waiting_since) or 0.0
    if standing.is_full:
        detail = _("Its disk is full: free some space.")
    elif waited_s > LONGEST_WAIT_S:
        detail = _("Rows settled %(n)s seconds ago are not stored yet.") % {
            "n": int(waited_s)
        }
    else:
        detail = "" if standing.stored_at else _("Nothing is stored yet.")
    return Finding(
        up=not standing.is_full and waited_s <= LONGEST_WAIT_S,
        age_s=_age_s(standing.stored_at),
        detail=detail,
    )


def _age_s(at: datetime | None) -> float | None:
    return None if at is None else max(0.0, (timezone.now() - at).total_seconds())


def process(name: str) -> Finding:
    age = heartbeat_age_s(name)
    if age is None:
        return Finding(up=False, age_s=None, detail=_("Never seen; is it started?"))
    return Finding(up=age <= LONGEST_SILENCE_S[name], age_s=age)


PROBES: dict[str, Callable[[], Finding]] = {
    "database": database,
    "broker": broker,
    "mqtt": mqtt,
    "worker": lambda: process("worker"),
    "beat": lambda: process("beat"),
    "bridge": lambda: process("bridge"),
    "settler": lambda: process("settler"),
    "lake": lake,
}


@never_cache
@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """Answer 200 when every component is up, 503 when one is down."""
    found = {name: probe() for name, probe in PROBES.items()}
    components = {
        name: {
            "state": "up" if finding.up else "down",
            "age_s": None if finding.age_s is None else round(finding.age_s, 1),
            **({"detail": finding.detail} if finding.detail else {}),
        }
        for name, finding in found.items()
    }
    healthy = all(finding.up for finding in found.values())
    return JsonResponse(
        {"state": "up" if healthy else "down", "components": components},
        status=200 if healthy else 503,
    )
