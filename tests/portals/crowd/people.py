"""Colleagues, invitations, tokens and news."""

from datetime import timedelta

from django.utils import timezone

from accounts import audit
from accounts.enums import Scope
from accounts.models import ApiToken, Invitation, User
from dispatch.enums import JobKind, NoticeKind
from dispatch.models import Job, Notice
from tests.factories.people import numbers

PERSONAL = ("official", "vendor", "reviewer")


def values(cast, size):
    later = timezone.now() + timedelta(days=7)
    for persona in PERSONAL:
        person = cast[persona]
        _colleagues(person, size)
        Invitation.objects.bulk_create(
            Invitation(
                email=f"guest{number}@example.invalid",
                organisation=person.organisation,
                role=person.role,
                token_digest=f"{next(numbers):064}",
                invited_by=person,
                expires_at=later,
            )
            for number in range(size)
        )
        ApiToken.objects.bulk_create(
            ApiToken(
                owner=person,
                name="script",
                prefix=f"pg_{next(numbers)}",
                digest="0" * 64,
                scopes=[Scope.READ],
                expires_at=later,
            )
            for _ in range(size)
        )
    for person in (cast["official"], cast["vendor"]):
        Job.objects.bulk_create(
            Job(
                code=f"J{next(numbers)}",
                kind=JobKind.FAST_FORWARD,
                by=person,
                subject_type="pilots.Pilot",
                subject_code="PL-1",
            )
            for _ in range(size)
        )
    for _ in range(size):
        audit.record(cast["official"], "greeted", by=cast["official"])
    for person in cast.values():
        Notice.objects.bulk_create(
            Notice(
                recipient=person,
                kind=NoticeKind.AWARD_MADE,
                subject_type="procurement.Brief",
                subject_code=f"B-{number}",
            )
            for number in range(size)
        )
    return {}


def _colleagues(person, size):
    User.objects.bulk_create(
        User(
            email=f"colleague{next(numbers)}@example.invalid",
            name="Colleague",
            organisation=person.organisation,
            role=person.role,
        )
        for _ in range(size)
    )
