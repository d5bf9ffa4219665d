"""Robots as a page shows them: connection, latest values, ledger, raw rows."""

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import pyarrow as pa
from django.conf import settings
from django.db.models import Max, Sum
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from kpis.models import Watermark
from portals.presenters.pieces import Cell, Table, table_of
from portals.presenters.telemetry_words import kind_cell, metric_cell, value_cell
from robot_bridge import services as bridge
from robot_bridge.enums import EvidenceKind
from robot_bridge.models import DeploymentSpan, MinuteLedger, Robot
from robot_bridge.telemetry import METRIC_SEPARATOR, METRICS, MINUTE_US, Window

LATE_AFTER_S: Final = 60
OFFLINE_AFTER_S: Final = 900
LEDGER_HOURS: Final = 24
EVIDENCE_WORDS: Final = dict(EvidenceKind.choices)
UNIT_SIGNS: Final = {"Cel": "°C", "W.h": "Wh"}  # from UCUM


@dataclass(frozen=True)
class Live:
    """A robot's latest: when it was heard, and the newest value of each metric."""

    at: datetime | None
    status: str
    table: Table


def instant(at_us: int | None) -> datetime | None:
    """Turn µs UTC into an aware instant."""
    return None if at_us is None else datetime.fromtimestamp(at_us / 1e6, tz=UTC)


def last_received(robot_ids: Iterable[int]) -> dict[int, datetime | None]:
    """Return when each robot's newest row was received, in one query."""
    newest = (
        Watermark.objects.filter(robot_id__in=list(robot_ids))
        .values("robot_id")
        .annotate(newest=Max("received_us"))
        .values_list("robot_id", "newest")
    )
    return {robot_id: instant(at_us) for robot_id, at_us in newest}


def connection(at: datetime | None) -> str:
    if at is None:
        return "not_started"
    age_s = (timezone.now() - at).total_seconds()
    if age_s <= LATE_AFTER_S:
        return "online"
    return "late" if age_s <= OFFLINE_AFTER_S else "offline"


def connection_cell(at: datetime | None) -> Cell:
    words = {
        "not_started": _("No data yet"),
        "online": _("Online"),
        "late": _("Late"),
        "offline": _("Offline"),
    }
    key = connection(at)
    return Cell(words[key], status=key)


def live(robot: Robot) -> Live:
    """Read a robot's newest values from the last minutes of the lake."""
    now_us = time.time_ns() // 1000
    window = Window(now_us - 5 * MINUTE_US, now_us + MINUTE_US)
    rows = bridge.lake_rows("samples", [robot.pk], window)
    newest: dict[str, tuple[int, int]] = {}
    for metric, ts_us, value in zip(
        rows["metric"].to_pylist(),
        rows["ts_us"].to_pylist(),
        rows["value"].to_pylist(),
        strict=True,
    ):
        newest[metric] = (ts_us, value)
    at = last_received([robot.pk]).get(robot.pk)
    cells = [
        [
            metric_cell(metric),
            said(metric, value),
            Cell(at=instant(ts_us), stale_after=LATE_AFTER_S),
        ]
        for metric, (ts_us, value) in sorted(newest.items())
    ]
    table = table_of(
        _("Latest values"),
        [_("Metric"), _("Value") + "#", _("Age")],
        cells,
        empty=_("Nothing in the last five minutes."),
    )
    return Live(at=at, status=connection(at), table=table)


def said(metric: str, value: int) -> str:
    """Write a stored integer in its unit."""
    known = METRICS.get(metric.split(METRIC_SEPARATOR, maxsplit=1)[0])
    if known is None:
        return str(value)
    unit = "" if known.unit == "1" else f" {UNIT_SIGNS.get(known.unit, known.unit)}"
    return f"{value / known.steps:g}{unit}"


def ledger_table(robot: Robot, user: User) -> Table:
    """Account for every message of the last day: received is the sum of its fates."""
    since_us = int((timezone.now() - timedelta(hours=LEDGER_HOURS)).timestamp() * 1e6)
    names = ("received", "stored", "duplicate", "set_aside", "throttled", "expected")
    seen = MinuteLedger.objects.visible_to(user)
    sums = seen.filter(robot=robot, minute_us__gte=since_us).aggregate(
        **{name: Sum(name) for name in names}
    )
    labels = [
        _("Received"),
        _("Stored"),
        _("Duplicate"),
        _("Set aside"),
        _("Throttled"),
        _("Expected by sequence"),
    ]
    row = [f"{sums[name] or 0:,}" for name in names]
    return table_of(
        _("Messages of the last 24 hours"), [f"{each}#" for each in labels], [row]
    )


def deployment_table(robot: Robot, user: User) -> Table:
    spans = DeploymentSpan.objects.visible_to(user).filter(robot=robot)
    rows = [
        [
            Cell(each.get_evidence_display(), status=each.evidence),
            each.software,
            Cell(at=each.start_at),
            Cell(at=each.end_at) if each.end_at else _("open"),
        ]
        for each in spans.order_by("-start_at")
    ]
    return table_of(
        _("Deployments"),
        [_("Evidence"), _("Software"), _("From"), _("Until")],
        rows,
        empty=_(
            "Not deployed. What it sends is kept, and counts for a pilot once the "
            "robot is deployed there."
        ),
    )


def sample_table(rows: pa.Table) -> Table:
    cells = [
        [
            _stamp(row["ts_us"]),
            metric_cell(row["metric"]),
            said(row["metric"], row["value"]),
            f"{row['session'][:8]} / {row['seq']}",
            EVIDENCE_WORDS.get(row["evidence"], row["evidence"]),
        ]
        for row in reversed(rows.to_pylist())
    ]
    return table_of(
        _("Samples"),
        [_("Time"), _("Metric"), _("Value") + "#", _("Session / seq"), _("Evidence")],
        cells,
        empty=_("No samples in these ten minutes."),
    )


def event_table(rows: pa.Table) -> Table:
    cells = [
        [
            _stamp(row["ts_us"]),
            kind_cell(row["kind"]),
            row["ref"] or "—",
            value_cell(row["kind"], row["value"]),
            f"{row['session'][:8]} / {row['seq']}",
        ]
        for row in reversed(rows.to_pylist())
    ]
    return table_of(
        _("Events"),
        [_("Time"), _("Kind"), _("Subject"), _("Value"), _("Session / seq")],
        cells,
        empty=_("No events in these ten minutes."),
    )


def window_words(window: Window) -> str:
    return f"{_stamp(window.start_us)} – {_stamp(window.end_us)}"


def connection_help(request: HttpRequest, username: str, secret: str) -> dict[str, Any]:
    """Return what an engineer copies: broker, names, secret, and a first message."""
    url = urlsplit(settings.MQTT_URL)
    topic = f"pilotgate/v1/{username}/telemetry"
    sent = timezone.now().astimezone(UTC).isoformat(timespec="seconds")
    batch = {
        "v": 1,
        "session": "00000000-0000-4000-8000-000000000001",
        "seq": 1,
        "sent": sent,
        "interval_ms": 5000,
        "samples": [{"ts": sent, "m": {"soc": 0.87}}],
        "events": [{"ts": sent, "kind": "op_state", "value": "idle"}],
    }
    body = json.dumps(batch)
    https = request.build_absolute_uri(f"/api/v1/telemetry/{username}/")
    return {
        "facts": [
            (_("MQTT broker"), f"{url.hostname or '127.0.0.1'}:{url.port or 1883}"),
            (_("User name"), username),
            (_("Secret"), secret),
            (_("Topic"), topic),
            (_("Receipts"), f"pilotgate/v1/{username}/receipt"),
            (_("VDA 5050 topics"), f"uagv/v2/{username}/state, …/connection"),
        ],
        "secret": secret,
        "curl": f"curl -u '{username}:{secret}' -H 'Content-Type: application/json' "
        f"-d '{body}' {https}",
        "batch": body,
    }


def _stamp(at_us: int) -> str:
    at = instant(at_us) or timezone.now()
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
