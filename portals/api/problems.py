"""Every refusal as one problem body (RFC 9457)."""

from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from accounts.errors import DomainError

MEDIA_TYPE: Final = "application/problem+json"


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """Return the problem body of an error, or None for what is truly unforeseen."""
    if isinstance(error, DomainError):
        return _problem(error.status, error.code, error.message)
    known = exception_handler(error, context)
    if known is None:
        return None
    body = _problem(known.status_code, _code(error), _detail(error, known.data))
    if isinstance(error, ValidationError):
        body.data["errors"] = known.data
    for header in ("WWW-Authenticate", "Retry-After", "Allow"):
        if header in known:
            body[header] = known[header]
    return body


def _problem(status: int, code: str, detail: str) -> Response:
    body = {"type": "about:blank", "status": status, "code": code, "detail": detail}
    return Response(body, status=status, content_type=MEDIA_TYPE)


def _code(error: Exception) -> str:
    if isinstance(error, Http404):
        return "not_found"
    if isinstance(error, PermissionDenied):
        return "not_allowed"
    return error.default_code if isinstance(error, APIException) else "error"


def _detail(error: Exception, data: Any) -> str:
    if isinstance(error, ValidationError):
        return "; ".join(_lines(data))
    return str(data.get("detail", "")) if isinstance(data, dict) else str(data)


def _lines(data: Any, where: str = "") -> list[str]:
    """Flatten DRF's nested errors to `field: sentence` lines."""
    if isinstance(data, dict):
        pairs = [(f"{where}.{key}".lstrip("."), value) for key, value in data.items()]
    elif isinstance(data, list):
        pairs = [(where, value) for value in data]
    else:
        return [f"{where}: {data}" if where else str(data)]
    return [line for key, value in pairs for line in _lines(value, key)]
