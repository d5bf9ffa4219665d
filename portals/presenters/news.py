"""Notices as a page shows them: each leads to what it tells of."""

from django.http import HttpRequest
from django.urls import reverse

from dispatch.models import Notice
from portals.navigation import frame_of
from portals.presenters.pieces import Cell
from portals.presenters.subjects import subject_url


def page_of_notice(request: HttpRequest, notice: Notice) -> str:
    """Return the page of a notice's subject in its reader's portal, or ""."""
    return subject_url(frame_of(request), notice.subject_type, notice.subject_code)


def news_cell(request: HttpRequest, notice: Notice) -> Cell:
    """Lead to the subject by way of marking the notice as read."""
    known = page_of_notice(request, notice)
    url = reverse("account:notice_open", args=[notice.pk]) if known else ""
    return Cell(notice.sentence, url=url)
