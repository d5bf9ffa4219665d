"""What a reader sees when the platform itself is at fault."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.utils.translation import gettext as _

RETRY_AFTER_S = 10


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 503 while the database is away, and 500 for a fault of our own."""
    away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    status = 503 if away else 500
    if request.path.startswith("/api/"):
        detail = (
            _("The database cannot be reached. Try again in a minute.")
            if away
            else _("Something went wrong on our side")
        )
        answer: HttpResponse = JsonResponse(
            {
                "type": "about:blank",
                "status": status,
                "code": "unavailable" if away else "fault",
                "detail": detail,
            },
            status=status,
            content_type="application/problem+json",
        )
    else:
        page = loader.get_template(f"{status}.html").render()
        answer = HttpResponse(page, status=status)
    if away:
        answer["Retry-After"] = str(RETRY_AFTER_S)
    return answer
