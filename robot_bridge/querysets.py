"""Who may know of which robots, and what they sent."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

from accounts.enums import Role

if TYPE_CHECKING:
    from accounts.models import User

CITY_ROLES = frozenset({Role.OFFICIAL, Role.AUDITOR})


def _robots_of(user: User, robot: str) -> Q:
    """Return the condition under which a row's robot may be known to a user.

    A vendor knows its own; a city those that are or were deployed in it.
    """
    if user.role == Role.VENDOR:
        return Q(**{f"{robot}vendor_id": user.organisation_id})
    if user.role in CITY_ROLES:
        return Q(**{f"{robot}deployment_spans__city_id": user.organisation_id})
    return Q(pk__in=[])


class RobotQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Narrow to a vendor's own robots, or to those deployed in a city."""
        return self.filter(_robots_of(user, "")).distinct()

    def deployed_at(self, instant: datetime) -> Self:
        """Narrow to the robots in a deployment at this instant."""
        return self.filter(
            Q(deployment_spans__end_at=None) | Q(deployment_spans__end_at__gt=instant),
            deployment_spans__start_at__lte=instant,
        )


class DeploymentSpanQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Narrow to the spans of robots this user may know."""
        return self.filter(_robots_of(user, "robot__")).distinct()

    def holding(self, instant: datetime) -> Self:
        """Narrow to the spans that an instant lies in."""
        return self.filter(
            Q(end_at=None) | Q(end_at__gt=instant), start_at__lte=instant
        )


class CredentialQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Narrow to the credentials of one's own robots; no city sees them."""
        if user.role != Role.VENDOR:
            return self.none()
        return self.filter(robot__vendor_id=user.organisation_id)

    def valid(self) -> Self:
        return self.filter(revoked_at=None)


class BackfillPermissionQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Narrow to the permissions of robots this user may know."""
        return self.filter(_robots_of(user, "robot__")).distinct()


class SetAsideMessageQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Narrow to what robots this user may know sent, or claimed to be.

        A vendor also sees what came under its name from no registered robot.
        """
        if user.role == Role.VENDOR:
            return self.filter(vendor_id=user.organisation_id)
        return self.filter(_robots_of(user, "robot__")).distinct()


class MinuteLedgerQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Narrow to the minutes of robots this user may know."""
        return self.filter(_robots_of(user, "robot__")).distinct()
