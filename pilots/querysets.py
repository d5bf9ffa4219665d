"""Who may know of which pilots, gates and orders. Querysets never write."""

from typing import Any, Self

from django.db import models
from django.db.models import Count, F, Func, Q

from accounts.enums import Role
from accounts.models import User
from pilots.enums import GateOutcome, PilotState


def pilots_seen(user: User, at: str = "") -> Q:
    """Return which pilots this user may know of; `at` leads to them from a model."""
    city = Q(**{f"{at}contract__city": user.organisation_id})
    seen = {
        Role.OFFICIAL: city,
        Role.AUDITOR: city,
        Role.VENDOR: Q(**{f"{at}contract__vendor": user.organisation_id}),
        Role.REVIEWER: Q(**{f"{at}assignments__reviewer": user.pk}),
    }
    return seen.get(Role(user.role), Q(pk__in=[]))


class PilotQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Narrow to what this user may know exists."""
        return self.filter(pilots_seen(user)).distinct()

    def at_work(self) -> Self:
        return self.filter(state__in=[PilotState.RUNNING, PilotState.PROMOTED])

    def public(self) -> Self:
        """Narrow to what the public register tells: pilots that have begun."""
        return self.exclude(state=PilotState.PLANNED)

    def with_parties(self) -> Self:
        return self.select_related(
            "contract__city", "contract__vendor", "contract__award__brief__site"
        )


class OfPilotQuerySet(models.QuerySet[Any]):
    """Rows seen by whoever sees their pilot."""

    at = "pilot__"

    def visible_to(self, user: User) -> Self:
        return self.filter(pilots_seen(user, self.at)).distinct()


class PilotMilestoneQuerySet(OfPilotQuerySet):
    pass


class ReviewerAssignmentQuerySet(OfPilotQuerySet):
    pass


class DeploymentQuerySet(OfPilotQuerySet):
    def open_now(self) -> Self:
        return self.filter(end_at__isnull=True)


class ShiftQuerySet(OfPilotQuerySet):
    pass


class ExclusionQuerySet(OfPilotQuerySet):
    def counting(self) -> Self:
        return self.filter(approved=True)


class GateQuerySet(OfPilotQuerySet):
    pass


class GateLookQuerySet(OfPilotQuerySet):
    at = "gate__pilot__"

    def unread(self) -> Self:
        return self.filter(review__isnull=True)


class GateReviewQuerySet(OfPilotQuerySet):
    at = "gate__pilot__"

    def deciding(self) -> Self:
        return self.exclude(outcome=GateOutcome.NOT_ENOUGH_EVIDENCE)

    def with_signing(self) -> Self:
        """Annotate `signed`, a count, and `unlocks`, as the database has it."""
        return self.annotate(
            signed=Count("signatures", distinct=True),
            unlocks=Func(
                F("pk"),
                function="pilots_review_unlocks",
                output_field=models.BooleanField(),
            ),
        )


class GateVerdictQuerySet(OfPilotQuerySet):
    at = "review__gate__pilot__"


class GateSignatureQuerySet(OfPilotQuerySet):
    at = "review__gate__pilot__"


class GateDossierQuerySet(OfPilotQuerySet):
    at = "review__gate__pilot__"


class GateOverrideQuerySet(OfPilotQuerySet):
    at = "review__gate__pilot__"

    def published(self) -> Self:
        return self.filter(published_at__isnull=False)

    def public(self) -> Self:
        """Narrow to what two officials have published; a proposal is not."""
        return self.published()


class VolumeTrancheQuerySet(OfPilotQuerySet):
    def public(self) -> Self:
        return self.all()
