"""Narrowing of what is kept about telemetry."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

from accounts.enums import Role
from kpis.enums import ComposedState
from robot_bridge.telemetry import Window

if TYPE_CHECKING:
    from accounts.models import User


class ComposedKpiQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Narrow to a city's own, for its people; to what is published, for others.

        A demo organisation and a real one never see each other's.
        """
        if user.role in {Role.OFFICIAL, Role.AUDITOR}:
            return self.filter(city=user.organisation_id)
        if user.role in {Role.VENDOR, Role.REVIEWER}:
            demo = user.organisation.is_demo
            return self.announced().filter(city__is_demo=demo)
        return self.none()

    def announced(self) -> Self:
        """Narrow to what was published, be it in use still or retired."""
        return self.exclude(state=ComposedState.DRAFT)

    def offered_by(self, city_id: int) -> Self:
        """Narrow to what a new brief of this city may name."""
        return self.filter(city=city_id, state=ComposedState.PUBLISHED)


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
