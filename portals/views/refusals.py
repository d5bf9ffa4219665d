"""A rule's no, said to the person who asked."""

from collections.abc import Callable
from urllib.parse import unquote_plus, urlsplit

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db import DataError
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from accounts.errors import DomainError


class RefusalMiddleware:
    """Turn a DomainError into the page it came from, with the sentence on it.

    The API answers for itself; a GET, or a POST from nowhere, gets a page of its own,
    and a script that asked for JSON its sentence.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        if not isinstance(exception, DomainError):
            return None
        if request.headers.get("accept", "").startswith("application/json"):
            said = {"detail": exception.message, "code": exception.code}
            return JsonResponse(said, status=exception.status)
        back = _page_before(request)
        if request.method == "POST" and back:
            messages.error(request, exception.message)
            return HttpResponseRedirect(back)
        named = exception.code != type(exception).code
        context = {
            "message": exception.message,
            "code": exception.code if named else "",
        }
        return render(request, "refused.html", context, status=exception.status)


class NulMiddleware:
    """Refuse the one character the database cannot hold, wherever it is typed.

    Forms name the field themselves; what a view reads past its form is caught here.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        if "\0" in request.path or "\0" in unquote_plus(query):
            raise BadRequest(
                _(
                    "The address holds a NUL character, which no code and no filter "
                    "has. Leave it out."
                )
            )
        if "\0" in request.COOKIES.get(settings.SESSION_COOKIE_NAME, ""):
            request.session = type(request.session)()  # nobody's, as any unknown one
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        if not isinstance(exception, DataError) or request.path.startswith("/api/"):
            return
        if any("\0" in each for _name, row in request.POST.lists() for each in row):
            raise BadRequest from exception


def _page_before(request: HttpRequest) -> str:
    """Return the path of the page a form stood on, if it is one of ours."""
    referer = request.headers.get("referer", "")
    ours = url_has_allowed_host_and_scheme(
        referer, {request.get_host()}, require_https=request.is_secure()
    )
    if not ours:
        return ""
    parts = urlsplit(referer)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
