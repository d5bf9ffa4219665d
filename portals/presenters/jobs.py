"""Long work as rows, as a bar, and in words."""

from collections.abc import Iterable
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.enums import Role
from dispatch.models import Job
from portals.navigation import frame_of
from portals.presenters.figures import moment_text
from portals.presenters.pieces import Answer, Cell, Progress, Table, table_of
from portals.presenters.subjects import subject_url
from portals.requests import actor

STALE_AFTER_S: Final = 300


def job_table(jobs: Iterable[Job]) -> Table:
    return table_of(
        _("Long work"),
        [_("Work"), _("State"), _("Progress"), _("Last moved"), _("By"), _("Begun")],
        [_row(job) for job in jobs],
        empty=_(
            "No long work yet. A fast-forward, a recompute or the merging of files "
            "shows here how far it is."
        ),
    )


def _row(job: Job) -> list[Cell]:
    return [
        Cell(
            job.title,
            url=reverse("account:job_detail", args=[job.code]),
            note=job.subject_code,
        ),
        Cell(job.get_state_display(), status=job.state),
        Cell(figure=bar(job), note=f"{job.done:,} / {job.total:,} · {job.percent}%"),
        Cell(at=job.finished_at or job.moved_at, stale_after=_stale_after(job))
        if job.moved_at or job.finished_at
        else Cell(_("Not begun")),
        Cell(str(job.by), note=str(job.by.organisation)),
        Cell(at=job.created_at),
    ]


def _stale_after(job: Job) -> int:
    """Call work stale that should move and does not; what has ended may be old."""
    return 0 if job.is_over else STALE_AFTER_S


def bar(job: Job) -> SafeString:
    return format_html(
        '<progress class="pg-progress" max="{}" value="{}" aria-label="{}"></progress>',
        max(job.total, 1),
        job.done,
        job.title,
    )


def job_progress(request: HttpRequest, job: Job) -> Progress:
    """Draw the bar; who may not cancel it sees no button."""
    may_cancel = not job.is_over and actor(request).role != Role.AUDITOR
    asked = job.cancel_requested_at and not job.is_over
    return Progress(
        title=job.title,
        done=job.done,
        total=job.total,
        status=job.state,
        poll_url="" if job.is_over else request.path,
        cancel_url=reverse("account:job_cancel", args=[job.code])
        if may_cancel and not asked
        else "",
        note=_("Cancelling is asked for; it stops at its next step.") if asked else "",
    )


def job_answers(request: HttpRequest, job: Job) -> list[Answer]:
    told: list[tuple[str, Any]] = [
        (_("Subject"), _subject(request, job)),
        (_("By"), f"{job.by} · {job.by.organisation}"),
        (_("Asked for"), moment_text(job.created_at)),
        (_("Begun"), moment_text(job.started_at)),
        (_("Ended"), moment_text(job.finished_at)),
    ]
    return [Answer(label, value) for label, value in told if value]


def _subject(request: HttpRequest, job: Job) -> SafeString | str:
    url = subject_url(frame_of(request), job.subject_type, job.subject_code)
    if not url:
        return job.subject_code
    return format_html('<a href="{}">{}</a>', url, job.subject_code)
