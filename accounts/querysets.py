"""Who may know of which people and organisations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.enums import OrganisationKind, Role

if TYPE_CHECKING:
    from accounts.models import User


class OrganisationQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Narrow to one's own; officials and auditors also see their counterparts.

        A demo city sees demo organisations only, and a real one never sees them.
        """
        if user.role in {Role.OFFICIAL, Role.AUDITOR}:
            others = Q(
                kind__in=[OrganisationKind.VENDOR, OrganisationKind.INSTITUTE],
                is_demo=user.organisation.is_demo,
            )
            return self.filter(Q(pk=user.organisation_id) | others)
        return self.filter(pk=user.organisation_id)


class UserQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Narrow to the people of one's own organisation."""
        if user.role == Role.CLOCK:
            return self.none()
        return self.filter(organisation_id=user.organisation_id)


class InvitationQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Narrow to invitations that one's own organisation sent."""
        return self.filter(invited_by__organisation_id=user.organisation_id)

    def open_now(self) -> Self:
        return self.filter(accepted_at=None, expires_at__gt=timezone.now())


class ApiTokenQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Narrow to one's own tokens."""
        return self.filter(owner=user)

    def usable(self) -> Self:
        return self.filter(
            revoked_at=None, expires_at__gt=timezone.now(), owner__is_active=True
        )


class AuditEntryQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Narrow to one's city for officials and auditors, to own deeds for others."""
        if user.role in {Role.OFFICIAL, Role.AUDITOR}:
            return self.filter(
                Q(city_id=user.organisation_id)
                | Q(by__organisation_id=user.organisation_id)
            )
        return self.filter(by=user)

    def of(self, subject: models.Model) -> Self:
        """Narrow to the history of one thing."""
        return self.filter(subject_type=subject._meta.label, subject_id=subject.pk)
