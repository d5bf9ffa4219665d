"""Whose news, whose work."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

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
        """Narrow to work that somebody of one's own organisation started."""
        return self.filter(by__organisation_id=user.organisation_id)
