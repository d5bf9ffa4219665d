"""Every refusal as one problem body (RFC 9457)."""

import math
from collections.abc import Iterable
from dataclasses import asdict
from http import HTTPStatus
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView, exception_handler

from accounts.errors import DomainError, UnavailableError
from procurement.errors import RulesRefusedError

MEDIA_TYPE: Final = "application/problem+json"
RETRY_AFTER_S: Final = 60
KEPT_HEADERS: Final = ("WWW-Authenticate", "Retry-After", "Allow")


class UnknownRoute(APIView):
    """Whatever the API has no route for; without it a page would answer."""

    authentication_classes = []
    permission_classes = [AllowAny]
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise exceptions.NotFound(
            _("The API has no %(path)s; its routes are listed at /api/v1/docs/.")
            % {"path": request.path}
        )


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """Return the problem body of an error, or None for what is truly unforeseen."""
    if isinstance(error, DomainError):
        body = _problem(error.status, error.code, error.message)
        if isinstance(error, UnavailableError):
            body["Retry-After"] = str(RETRY_AFTER_S)
        if isinstance(error, RulesRefusedError):
            body.data["problems"] = [asdict(each) for each in error.problems]
        return body
    known = exception_handler(error, context)
    if known is None:
        return None
    body = _problem(known.status_code, _code(error), _detail(error, context, known))
    if isinstance(error, exceptions.ValidationError):
        body.data["errors"] = _by_field(known.data)
    for header in KEPT_HEADERS:
        if header in known:
            body[header] = known[header]
    return body


def body_of(status: int, code: str, detail: str) -> dict[str, str | int]:
    """Return the members every problem has; the title is the status in words."""
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
    }


def outside(status: int, code: str, detail: str) -> JsonResponse:
    """Answer with a problem where no route of the API answers for itself."""
    body = body_of(status, code, detail)
    return JsonResponse(body, status=status, content_type=MEDIA_TYPE)


def _problem(status: int, code: str, detail: str) -> Response:
    body = body_of(status, code, detail)
    return Response(body, status=status, content_type=MEDIA_TYPE)


def _code(error: Exception) -> str:
    if isinstance(error, Http404):
        return "not_found"
    if isinstance(error, PermissionDenied):
        return "not_allowed"
    return error.default_code if isinstance(error, exceptions.APIException) else "error"


def _detail(error: Exception, context: dict[str, Any], known: Response) -> str:
    """Say what, why, and what would be right, in the reader's language."""
    request: Request = context["request"]
    match error:
        case exceptions.ValidationError():
            return "; ".join(_lines(known.data))
        case exceptions.ParseError():
            return _("The body is not JSON: %(why)s") % {"why": error.detail}
        case exceptions.Throttled():
            return _("Too many requests; try again in %(seconds)s s.") % {
                "seconds": math.ceil(getattr(error, "wait", 0) or 0)
            }
        case exceptions.UnsupportedMediaType():
            return _("Send the body as application/json, not as %(sent)s.") % {
                "sent": request.content_type or "—"
            }
        case Http404():
            return _(
                "%(path)s does not exist, or is not yours to see. Check the code."
            ) % {"path": request.path}
    data = known.data
    return str(data.get("detail", "")) if isinstance(data, dict) else str(data)


def _by_field(data: Any) -> Any:
    """Name what belongs to no field as DRF does in a dictionary."""
    return data if isinstance(data, dict) else {"non_field_errors": data}


def _lines(data: Any, where: str = "") -> Iterable[str]:
    """Flatten DRF's nested errors to `field: sentence` lines; rows count from 1."""
    if isinstance(data, dict):
        for key, value in data.items():
            place = f"[{key + 1}]" if isinstance(key, int) else f".{key}"
            yield from _lines(value, f"{where}{place}".lstrip("."))
    elif isinstance(data, list) and any(isinstance(each, dict) for each in data):
        for number, value in enumerate(data, start=1):
            yield from _lines(value, f"{where}[{number}]")
    elif isinstance(data, list):
        for value in data:
            yield from _lines(value, where)
    else:
        yield f"{where}: {data}" if where else str(data)
