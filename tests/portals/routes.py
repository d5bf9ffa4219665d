"""Every URL and API route of the platform, as the URL configuration has it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.views.generic.edit import DeletionMixin, ProcessFormView

METHODS = ("get", "post", "put", "patch", "delete")
# Other names of POST that Django's generic views bring along.
ALIASES = {ProcessFormView.put, DeletionMixin.delete}


@dataclass(frozen=True, order=True)
class Route:
    """One URL: its full name, and the names of its places."""

    name: str
    places: tuple[str, ...]
    methods: frozenset[str]

    @property
    def leaf(self) -> str:
        return self.name.rsplit(":", 1)[-1]


def routes(urlconf: Any = None) -> list[Route]:
    """List what a URL configuration answers to; nameless URLs are named by path."""
    return sorted(_below(get_resolver(urlconf), (), ()))


def _below(
    resolver: URLResolver, spaces: tuple[str, ...], places: tuple[str, ...]
) -> Iterator[Route]:
    if resolver.namespace:
        spaces = (*spaces, resolver.namespace)
    for entry in resolver.url_patterns:
        here = (*places, *entry.pattern.regex.groupindex)
        if isinstance(entry, URLResolver):
            yield from _below(entry, spaces, here)
        else:
            name = ":".join((*spaces, entry.name or str(entry.pattern)))
            yield Route(name, here, _methods(entry))


def _methods(entry: URLPattern) -> frozenset[str]:
    """Name the methods a view answers; a plain function answers GET at least."""
    callback = entry.callback
    actions = getattr(callback, "actions", None)
    view = getattr(callback, "view_class", None) or getattr(callback, "cls", None)
    if actions:
        named = set(actions)
    elif view:
        named = {
            method
            for method in METHODS
            if method in view.http_method_names
            and getattr(view, method, None) not in {None, *ALIASES}
        }
    else:
        named = {"get"}
    return frozenset(method.upper() for method in named if method in METHODS)
