"""Whether the ledger agrees with itself, and the lake with the ledger."""

from collections.abc import Iterator
from typing import Any, Final

from django.db import connection
from django.db.models import Sum

from robot_bridge.lake import LakeTable, count_rows
from robot_bridge.models import SettledSegment
from robot_bridge.services.store import lake_files
from robot_bridge.telemetry import DAY_US, Window

_EVER: Final = Window(0, 365 * 230 * DAY_US)
_MINUTES_AGAINST_LEDGER: Final = """
SELECT robot_id, counted, entered FROM (
    SELECT robot_id, sum(stored) AS counted
    FROM robot_bridge_minuteledger GROUP BY robot_id) minutes
FULL JOIN (
    SELECT s.robot_id, count(*) FILTER (WHERE NOT l.disputed) AS entered
    FROM robot_bridge_streamledger l
    JOIN robot_bridge_robotsession s ON s.id = l.session_id
    GROUP BY s.robot_id) ledger USING (robot_id)
WHERE coalesce(counted, 0) <> coalesce(entered, 0)
"""


def check_ledger() -> Iterator[str]:
    """Yield a sentence for each disagreement; call it while nothing is settled."""
    with connection.cursor() as cursor:
        cursor.execute(_MINUTES_AGAINST_LEDGER)
        for robot_id, counted, entered in cursor.fetchall():
            yield (
                f"robot {robot_id}: its minutes count {counted or 0} stored messages, "
                f"the ledger holds {entered or 0}"
            )
    waiting = SettledSegment.objects.filter(stored_at=None).count()
    if waiting:
        yield f"{waiting} settled segments have not reached the lake"
    stored = SettledSegment.objects.exclude(stored_at=None)
    for table in LakeTable:
        yield from _lake_findings(table, stored.aggregate(n=Sum(table.value))["n"])


def _lake_findings(table: LakeTable, accepted: Any) -> Iterator[str]:
    rows, distinct = count_rows(lake_files(table, _EVER))
    if rows != (accepted or 0):
        yield (
            f"lake table {table} holds {rows} rows, but {accepted or 0} were accepted"
        )
    if rows != distinct:
        yield f"lake table {table} holds {rows - distinct} rows twice"
