"""What every part of the platform tells the others."""

import secrets
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from celery import current_app
from django.conf import settings
from django.db import models, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import audit
from accounts.enums import Role
from accounts.errors import CancelledError, DomainError, NotAllowedError
from accounts.models import Organisation, User
from dispatch.enums import Channel, JobState, NoticeKind
from dispatch.models import Delivery, Job, Notice
from dispatch.senders import SENDERS

GIVE_UP_AFTER: Final = 8
RELAY_BATCH: Final = 50


def beat(name: str) -> None:
    """Say that this long-running process is alive. Cheap enough for every loop."""
    folder = _heartbeats()
    try:
        (folder / name).touch()
    except FileNotFoundError:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / name).touch()


def heartbeat_age_s(name: str) -> float | None:
    """Return the seconds since a process last said so, or None if it never did."""
    try:
        return max(0.0, time.time() - (_heartbeats() / name).stat().st_mtime)
    except FileNotFoundError:
        return None


@transaction.atomic
def post(
    to: Organisation | User | Iterable[User],
    kind: NoticeKind,
    *,
    subject: models.Model,
    email: bool = True,
    **facts: Any,
) -> list[Notice]:
    """Tell people: a notice each, and an e-mail by way of the outbox.

    `to`: a person, several, or all active people of an organisation.
    """
    notices = [
        Notice(
            recipient=person,
            kind=kind,
            subject_type=subject._meta.label,
            subject_code=str(getattr(subject, "code", subject.pk)),
            facts=facts,
        )
        for person in _people(to)
    ]
    Notice.objects.bulk_create(notices)
    if email:
        Delivery.objects.bulk_create(_email_of(notice) for notice in notices)
    return notices


def send_email(*, to: str, subject: str, text: str) -> Delivery:
    """Put one e-mail into the outbox."""
    return Delivery.objects.create(
        channel=Channel.EMAIL, payload={"to": to, "subject": subject, "text": text}
    )


def enqueue(task: str, **arguments: Any) -> Delivery:
    """Put a background task into the outbox; the relay starts it after the commit."""
    return Delivery.objects.create(
        channel=Channel.TASK, payload={"task": task, "arguments": arguments}
    )


def relay() -> int:
    """Send what is due, one row at a time under SKIP LOCKED; returns how many left."""
    left = 0
    while left < RELAY_BATCH and _relay_one():
        left += 1
    return left


@transaction.atomic
def _relay_one() -> bool:
    delivery = (
        Delivery.objects.due(timezone.now()).select_for_update(skip_locked=True).first()
    )
    if delivery is None:
        return False
    delivery.attempts += 1
    try:
        SENDERS[Channel(delivery.channel)](delivery.payload)
    except Exception as error:  # noqa: BLE001 - kept on the row, retried later
        delivery.last_error = f"{type(error).__name__}: {error}"
        wait = timedelta(seconds=2**delivery.attempts)
        delivery.not_before = timezone.now() + wait
        if delivery.attempts >= GIVE_UP_AFTER:
            delivery.given_up_at = timezone.now()
    else:
        delivery.done_at = timezone.now()
        if delivery.channel == Channel.EMAIL:  # it may hold a link that lets in
            delivery.payload = {}
    delivery.save()
    return True


def run_here(deliveries: models.QuerySet[Delivery]) -> int:
    """Run queued background tasks in this process instead of through the broker."""
    current_app.loader.import_default_modules()
    ran = 0
    for delivery in deliveries.order_by("pk"):
        current_app.tasks[delivery.payload["task"]](**delivery.payload["arguments"])
        delivery.done_at, delivery.attempts = timezone.now(), delivery.attempts + 1
        delivery.save(update_fields=["done_at", "attempts"])
        ran += 1
    return ran


def start_job(
    kind: str, *, by: User, total: int = 0, subject: models.Model | None = None
) -> Job:
    """Enter long work, to be run by a task."""
    return Job.objects.create(
        code=secrets.token_hex(6),
        kind=kind,
        by=by,
        total=total,
        subject_type=subject._meta.label if subject else "",
        subject_code=str(getattr(subject, "code", subject.pk)) if subject else "",
    )


def progress(job: Job, *, done: int, total: int | None = None) -> None:
    """Note how far the work is.

    Raises:
        CancelledError: somebody asked for the work to stop.
    """
    job.done, job.total = done, max(done, job.total if total is None else total)
    job.moved_at = timezone.now()
    job.save(update_fields=["done", "total", "moved_at"])
    if Job.objects.filter(pk=job.pk, cancel_requested_at__isnull=False).exists():
        raise CancelledError(_("%(job)s was cancelled.") % {"job": job})


def cancel_job(*, job: Job, by: User) -> None:
    """Ask long work to stop at its next step."""
    if by.role == Role.AUDITOR:
        raise NotAllowedError(_("An auditor reads, and stops nothing."))
    asked = Job.objects.filter(
        pk=job.pk, finished_at=None, cancel_requested_at=None
    ).update(cancel_requested_at=timezone.now())
    if asked:
        audit.record(job, "cancel requested", by=by)


@contextmanager
def running(job: Job) -> Iterator[Callable[..., None]]:
    """Run a job's work inside; yields its progress function and keeps its end."""
    Job.objects.filter(pk=job.pk).update(
        state=JobState.RUNNING, started_at=timezone.now(), moved_at=timezone.now()
    )
    job.refresh_from_db()
    try:
        yield lambda done, total=None: progress(job, done=done, total=total)
    except CancelledError:
        _finish(job, JobState.CANCELLED)
    except KeyboardInterrupt:
        _finish(job, JobState.CANCELLED)
        raise
    except DomainError as refused:
        _finish(job, JobState.FAILED, error=refused.message)
    except Exception:
        _finish(job, JobState.FAILED, error=traceback.format_exc(limit=1))
        raise
    else:
        _finish(job, JobState.DONE)


def _finish(job: Job, state: JobState, *, error: str = "") -> None:
    job.state, job.error, job.finished_at = state, error, timezone.now()
    job.save(update_fields=["state", "error", "finished_at", "result"])


@transaction.atomic
def mark_read(*, user: User) -> int:
    """Mark all of a person's notices as read."""
    return Notice.objects.visible_to(user).unread().update(read_at=timezone.now())


def read_notice(*, notice: Notice) -> None:
    """Mark one notice as read, the first time it is opened."""
    Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=timezone.now())


def _email_of(notice: Notice) -> Delivery:
    person = notice.recipient
    with translation.override(person.language):
        payload = {
            "to": person.email,
            "subject": notice.sentence,
            "text": _("%(news)s Log in to Pilotgate to see it.")
            % {"news": notice.sentence},
        }
    return Delivery(channel=Channel.EMAIL, payload=payload)


def _people(to: Organisation | User | Iterable[User]) -> list[User]:
    if isinstance(to, Organisation):
        return list(User.objects.filter(organisation=to, is_active=True))
    return [to] if isinstance(to, User) else list(to)


def _heartbeats() -> Path:
    return Path(settings.PILOTGATE_HOME) / "heartbeat"
