"""Notices, the outbox, and long work."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from dispatch.enums import Channel, JobKind, JobState, NoticeKind
from dispatch.querysets import DeliveryQuerySet, JobQuerySet, NoticeQuerySet


class Notice(models.Model):
    """One piece of news for one person, in the reader's language when read."""

    recipient = models.ForeignKey(User, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=32, choices=NoticeKind)
    subject_type = models.CharField(max_length=60)
    subject_code = models.CharField(max_length=120)
    facts = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(
                fields=["recipient", "-created_at"], name="notices_of_a_person"
            )
        ]

    def __str__(self) -> str:
        return self.sentence

    @property
    def sentence(self) -> str:
        return str(NoticeKind(self.kind).label) % {"subject": self.subject_code}


class Delivery(models.Model):
    """The outbox: what leaves the house, written with the deed that causes it."""

    channel = models.CharField(max_length=16, choices=Channel)
    payload = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)
    not_before = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.CheckConstraint(
                name="delivery_is_done_or_given_up",
                condition=Q(done_at=None) | Q(given_up_at=None),
            )
        ]
        indexes = [
            models.Index(
                fields=["not_before", "id"],
                condition=Q(done_at=None, given_up_at=None),
                name="deliveries_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.pk}"


class Job(models.Model):
    """Long work with its progress; page, API and command line read this row."""

    code = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=40)
    subject_type = models.CharField(max_length=60, blank=True)
    subject_code = models.CharField(max_length=120, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, choices=JobState, default=JobState.QUEUED)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    moved_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    cancel_requested_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    result = models.JSONField(default=dict)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                name="job_does_no_more_than_its_total",
                condition=Q(done__lte=F("total")),
            ),
            models.CheckConstraint(
                name="finished_job_says_when",
                condition=Q(
                    state__in=[JobState.QUEUED, JobState.RUNNING], finished_at=None
                )
                | Q(
                    state__in=[JobState.DONE, JobState.FAILED, JobState.CANCELLED],
                    finished_at__isnull=False,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.code}"

    @property
    def title(self) -> str:
        known = {kind.value: str(kind.label) for kind in JobKind}
        return known.get(self.kind, self.kind)

    @property
    def is_over(self) -> bool:
        return self.finished_at is not None

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0
