"""What every route of the API shares: a clean request, and pages with an end."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer

MOST_ROWS = 200


class JsonParser(JSONParser):
    """JSON, as deep as it can be read."""

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,
        parser_context: Any = None,
    ) -> Any:
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise ParseError(_("its brackets are nested too deeply.")) from error


class Pages(LimitOffsetPagination):
    """`limit` rows from `offset` on, 200 at most."""

    max_limit = MOST_ROWS


def asked(kind: type[BaseSerializer[Any]], request: Request) -> dict[str, Any]:
    """Return the body of a request as `kind` cleans it.

    Raises:
        ValidationError: names each field, and what would be right.
    """
    given = kind(data=request.data)
    given.is_valid(raise_exception=True)
    clean: dict[str, Any] = given.validated_data
    return clean
