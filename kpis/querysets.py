"""Narrowing of what is kept about telemetry."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q

from robot_bridge.telemetry import Window


class WatermarkQuerySet(models.QuerySet[Any]):
    def of(self, robot_ids: Iterable[int], evidence: str) -> Self:
        return self.filter(robot_id__in=list(robot_ids), evidence=evidence)


class DirtyRangeQuerySet(models.QuerySet[Any]):
    def touching(self, robot_ids: Iterable[int], window: Window) -> Self:
        """Narrow to what may still change figures of this window.

        A late row can change what comes after it, never what came before.
        """
        return self.filter(robot_id__in=list(robot_ids), start_us__lt=window.end_us)

    def ripe(self, *, quiet_since: datetime, waiting_since: datetime) -> Self:
        """Narrow to ranges that stopped growing, or have waited long enough."""
        return self.filter(
            Q(touched_at__lte=quiet_since) | Q(found_at__lte=waiting_since)
        )
