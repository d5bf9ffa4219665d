"""What a reader sees when the platform is at fault, or a request cannot be read."""

import sys

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils.translation import gettext as _
from django.views.defaults import bad_request

from portals.api import problems

RETRY_AFTER_S = 10


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 503 while the database is away, and 500 for a fault of our own."""
    away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    status = 503 if away else 500
    if away:
        forget_connections()
    if request.path.startswith("/api/"):
        detail = (
            _("The database cannot be reached. Try again in a minute.")
            if away
            else _("Something went wrong on our side")
        )
        code = "unavailable" if away else "fault"
        answer: HttpResponse = problems.outside(status, code, detail)
    else:
        page = loader.get_template(f"{status}.html").render()
        answer = HttpResponse(page, status=status)
    if away:
        answer["Retry-After"] = str(RETRY_AFTER_S)
    return answer


def forget_connections() -> None:
    """Let go of the pooled connections that an outage of the database has cut.

    The pool would find them broken one by one and wait longer after each. Sound ones
    stay: a pool that is merely busy has no use for new ones.
    """
    pool = getattr(connection, "pool", None)  # one has it: PostgreSQL's
    if pool is not None:
        pool.check()


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what cannot be read: programs with a problem, people with a page."""
    if not request.path.startswith("/api/"):
        return bad_request(request, exception)
    if isinstance(exception, RequestDataTooBig):
        return problems.outside(
            413,
            "payload_too_large",
            _("The body is too large: it holds at most %(most)s bytes. Send less.")
            % {"most": settings.DATA_UPLOAD_MAX_MEMORY_SIZE},
        )
    told = isinstance(exception, BadRequest) and str(exception)
    return problems.outside(
        400, "unreadable", told or _("This request could not be read")
    )
