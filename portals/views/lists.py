"""One page of a long list."""

from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

PER_PAGE: Final = 50


def page_of(request: HttpRequest, rows: "QuerySet[Any]") -> "Page[Any]":
    """Return the page that the query's `page` names, the nearest if it is off."""
    return Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
