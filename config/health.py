"""Whether each part of the platform is up, and how old its last sign of life is."""

import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu import Connection
from kombu.exceptions import OperationalError
from pyarrow import fs

from config.outage import forget_connections
from dispatch.services import heartbeat_age_s

# The settler shows life after a round, and a pilot's whole past may come in one.
LONGEST_SILENCE_S = {"worker": 30, "beat": 30, "bridge": 15, "settler": 60}
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
    """Look at the lake's place; its age is that of the newest commit."""
    if "://" in settings.LAKE_URL:
        try:
            store, path = fs.FileSystem.from_uri(settings.LAKE_URL)
            store.get_file_info(path)
        except OSError:
            return Finding(up=False, age_s=None, detail=_("No connection."))
        return Finding(up=True, age_s=0.0)
    root = Path(settings.LAKE_URL)
    place = root if root.exists() else root.parent
    logs = [*root.glob("_delta_log"), *root.glob("*/_delta_log")]
    newest = max((log.stat().st_mtime for log in logs), default=None)
    return Finding(
        up=os.access(place, os.W_OK),
        age_s=None if newest is None else max(0.0, time.time() - newest),
        detail="" if logs else _("Nothing is stored yet."),
    )


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
