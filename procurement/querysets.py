"""Who may know what exists. Querysets narrow; they never write.

A submission's content (plan and milestones) reaches nobody but the vendor's own people
until it was opened after the deadline; officials may count what arrived.
"""

from typing import Any, Self

from django.db import models
from django.db.models import Count, Q

from accounts.enums import Role
from accounts.models import User
from procurement.enums import (
    AssignmentState,
    BriefState,
    CallState,
    RegistrationState,
    SubmissionState,
)

NOTHING = Q(pk__in=[])
ANNOUNCED = (CallState.OPEN, CallState.CLOSED, CallState.OPENED)
OPENED = (
    SubmissionState.OPENED,
    SubmissionState.INVALID,
    SubmissionState.AWARDED,
    SubmissionState.NOT_AWARDED,
)
READING = (AssignmentState.CLEARED, AssignmentState.FINISHED)


def by_role(user: User, seen: dict[Role, Q]) -> Q:
    """Return what this user's role sees; an unknown role sees nothing."""
    return seen.get(Role(user.role), NOTHING)


def own_or(user: User, city: str, published: Q) -> Q:
    """Show a city's people their city's, vendors and reviewers what was published.

    `city` leads from the model to the city. A demo organisation and a real one never
    see each other's.
    """
    own = Q(**{city: user.organisation_id})
    published &= Q(**{f"{city}__is_demo": user.organisation.is_demo})
    return by_role(
        user,
        {
            Role.OFFICIAL: own,
            Role.AUDITOR: own,
            Role.VENDOR: published,
            Role.REVIEWER: published,
        },
    )


def submissions_seen(user: User, at: str = "") -> Q:
    """Which submissions may be known to exist; `at` leads to them from a model."""
    opened = Q(**{f"{at}state__in": OPENED})
    city = Q(**{f"{at}brief__call__programme__city": user.organisation_id})
    return by_role(
        user,
        {
            Role.OFFICIAL: opened & city,
            Role.AUDITOR: opened & city,
            Role.VENDOR: Q(**{f"{at}vendor": user.organisation_id}),
            Role.REVIEWER: opened & Q(**{f"{at}assignments__reviewer": user.pk}),
        },
    )


def contents_seen(user: User, at: str = "") -> Q:
    """Which submissions may be read."""
    opened = Q(**{f"{at}state__in": OPENED})
    city = Q(**{f"{at}brief__call__programme__city": user.organisation_id})
    return by_role(
        user,
        {
            Role.OFFICIAL: opened & city,
            Role.AUDITOR: opened & city,
            Role.VENDOR: Q(**{f"{at}vendor": user.organisation_id}),
            Role.REVIEWER: opened
            & Q(
                **{
                    f"{at}assignments__reviewer": user.pk,
                    f"{at}assignments__state__in": READING,
                    f"{at}assignments__declaration__has_conflict": False,
                }
            ),
        },
    )


class ProgrammeQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        called = Q(calls__state__in=ANNOUNCED)
        return self.filter(own_or(user, "city", called)).distinct()


class CallQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        announced = Q(state__in=ANNOUNCED)
        return self.filter(own_or(user, "programme__city", announced))

    def public(self) -> Self:
        return self.filter(state__in=ANNOUNCED)


class ReviewCriterionQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        announced = Q(call__state__in=ANNOUNCED)
        return self.filter(own_or(user, "call__programme__city", announced))


class SiteQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        named = Q(briefs__published_at__isnull=False)
        return self.filter(own_or(user, "city", named)).distinct()


class BriefQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        published = Q(published_at__isnull=False)
        return self.filter(own_or(user, "call__programme__city", published))

    def public(self) -> Self:
        """Narrow to what stands in the public register."""
        return self.filter(published_at__isnull=False)

    def taking_submissions(self) -> Self:
        return self.filter(state=BriefState.PUBLISHED, call__state=CallState.OPEN)

    def with_arrivals(self) -> Self:
        """Annotate `arrivals`, all an official may know before the opening."""
        arrived = (SubmissionState.SUBMITTED, *OPENED)
        return self.annotate(
            arrivals=Count(
                "submissions",
                filter=Q(submissions__state__in=arrived),
                distinct=True,
            )
        )


class BriefKpiQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        published = Q(brief__published_at__isnull=False)
        return self.filter(own_or(user, "brief__call__programme__city", published))

    def public(self) -> Self:
        return self.filter(brief__published_at__isnull=False)


class SubmissionQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        return self.filter(submissions_seen(user)).distinct()

    def content_visible_to(self, user: User) -> Self:
        """Narrow to submissions whose plan and milestones this user may read."""
        return self.filter(contents_seen(user)).distinct()

    def arrived(self) -> Self:
        return self.filter(state__in=(SubmissionState.SUBMITTED, *OPENED))

    def opened(self) -> Self:
        return self.filter(state__in=OPENED)


class TechnicalPlanQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        return self.filter(contents_seen(user, "submission__")).distinct()


class PlanMilestoneQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        return self.filter(contents_seen(user, "submission__")).distinct()

    def total_weeks(self) -> int:
        return self.aggregate(total=models.Sum("weeks"))["total"] or 0


class OpeningMinutesQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        own = Q(call__programme__city=user.organisation_id)
        took_part = Q(
            call__briefs__submissions__vendor=user.organisation_id,
            call__briefs__submissions__state__in=OPENED,
        )
        return self.filter(
            by_role(
                user,
                {Role.OFFICIAL: own, Role.AUDITOR: own, Role.VENDOR: took_part},
            )
        ).distinct()


class AssignmentQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        own = Q(submission__brief__call__programme__city=user.organisation_id)
        return self.filter(
            by_role(
                user,
                {
                    Role.OFFICIAL: own,
                    Role.AUDITOR: own,
                    Role.REVIEWER: Q(reviewer=user.pk),
                },
            )
        )


class ConflictDeclarationQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        own = Q(
            assignment__submission__brief__call__programme__city=user.organisation_id
        )
        return self.filter(
            by_role(
                user,
                {
                    Role.OFFICIAL: own,
                    Role.AUDITOR: own,
                    Role.REVIEWER: Q(assignment__reviewer=user.pk),
                },
            )
        )


class ScoreQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Narrow to one's own scores; officials see those of finished reviews."""
        own = Q(
            assignment__submission__brief__call__programme__city=user.organisation_id,
            assignment__state=AssignmentState.FINISHED,
        )
        return self.filter(
            by_role(
                user,
                {
                    Role.OFFICIAL: own,
                    Role.AUDITOR: own,
                    Role.REVIEWER: Q(assignment__reviewer=user.pk),
                },
            )
        )


class AwardQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Awards are published."""
        return self.filter(own_or(user, "brief__call__programme__city", Q()))

    def public(self) -> Self:
        return self.all()


class PocContractQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        own = Q(city=user.organisation_id)
        return self.filter(
            by_role(
                user,
                {
                    Role.OFFICIAL: own,
                    Role.AUDITOR: own,
                    Role.VENDOR: Q(vendor=user.organisation_id),
                },
            )
        )


class VendorRegistrationQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Narrow to one's own; a city sees every vendor of its world, demo or real."""
        if user.role in {Role.OFFICIAL, Role.AUDITOR}:
            return self.filter(vendor__is_demo=user.organisation.is_demo)
        return self.filter(vendor=user.organisation_id)

    def waiting(self) -> Self:
        return self.filter(state=RegistrationState.WAITING)
