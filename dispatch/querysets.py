"""Whose news, whose work."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

from accounts.enums import Role

if TYPE_CHECKING:
    from accounts.models import User


class NoticeQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Narrow to one's own notices."""
        return self.filter(recipient=user)

    def unread(self) -> Self:
        return self.filter(read_at=None)


class DeliveryQuerySet(models.QuerySet[Any]):
    def due(self, now: datetime) -> Self:
        """Narrow to what has to leave now, oldest first."""
        waiting = Q(done_at=None, given_up_at=None, not_before__lte=now)
        return self.filter(waiting).order_by("not_before", "pk")

    def waiting_for(self, task: str, **arguments: Any) -> Self:
        """Narrow to a background task not started yet, by some of its arguments."""
        return self.filter(
            done_at=None,
            given_up_at=None,
            payload__task=task,
            payload__arguments__contains=arguments,
        )


class JobQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Narrow to work that somebody of one's own organisation started.

        A city also sees what the platform does for all of them.
        """
        own = Q(by__organisation_id=user.organisation_id)
        if user.role in {Role.OFFICIAL, Role.AUDITOR}:
            own |= Q(by__role=Role.CLOCK, subject_code="")
        return self.filter(own)

    def under_way(self) -> Self:
        return self.filter(finished_at=None)
