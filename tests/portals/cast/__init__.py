"""The people and things of the permission matrix, made by factories and services.

`vendor` and `reviewer` are those of the pilot; `official` is of its city, `official2`
of another city, `vendor2` a vendor without a part in it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from accounts.enums import OrganisationKind, Role
from accounts.models import User
from tests.factories import make_organisation, make_user
from tests.portals.cast import (
    accounts,
    bodies,
    kpis,
    pilots,
    procurement,
    robots,
)
from tests.portals.routes import Route

PERSONAS = (
    "anonymous",
    "official",
    "official2",
    "vendor",
    "vendor2",
    "reviewer",
    "auditor",
)


@dataclass(frozen=True)
class Cast:
    """Who asks, and what they ask for: a value for each place in a URL.

    A value is named `<start of the route's name>.<place>`, or the same after a portal.
    """

    people: Mapping[str, User]
    values: Mapping[str, Any]

    def arguments(self, route: Route) -> dict[str, Any]:
        """Fill a route's places; the longest matching name wins."""
        return {place: self._value(route, place) for place in route.places}

    def body(self, route: Route, method: str) -> dict[str, Any]:
        """Give what is sent along: what the deed needs, else nothing at all."""
        if method == "GET":
            return {}
        sent = self._filled(bodies.BODIES.get(route.name, {}))
        if route.name.startswith("api:"):
            return {"data": json.dumps(sent), "content_type": "application/json"}
        return {
            "data": urlencode(sent),
            "content_type": "application/x-www-form-urlencoded",
        }

    def _filled(self, sent: Any) -> Any:
        if isinstance(sent, dict):
            return {name: self._filled(value) for name, value in sent.items()}
        if isinstance(sent, list):
            return [self._filled(value) for value in sent]
        if isinstance(sent, str) and sent.startswith("@"):
            return self.values[sent[1:]]
        return sent

    def _value(self, route: Route, place: str) -> Any:
        space, _colon, leaf = route.name.rpartition(":")
        words = leaf.replace("-", "_").split("_")
        nouns = ["_".join(words[:length]) for length in range(len(words), 0, -1)]
        for noun in nouns:
            for key in (f"{space}:{noun}.{place}", f"{noun}.{place}"):
                if key in self.values:
                    return self.values[key]
        raise LookupError(f"{route.name}: the cast has nothing for <{place}>")


def assemble() -> Cast:
    """Make everybody and everything."""
    city = make_organisation(is_demo=True)
    people = {
        "official": make_user(Role.OFFICIAL, organisation=city),
        "official2": make_user(organisation=make_organisation(is_demo=True)),
        "auditor": make_user(Role.AUDITOR, organisation=city),
        "vendor": _of(Role.VENDOR, OrganisationKind.VENDOR),
        "vendor2": _of(Role.VENDOR, OrganisationKind.VENDOR),
        "reviewer": _of(Role.REVIEWER, OrganisationKind.INSTITUTE),
    }
    values: dict[str, Any] = {}
    for storey in (accounts, kpis, procurement, robots, pilots):
        values |= storey.values(people)
    return Cast(people, values)


def _of(role: Role, kind: OrganisationKind) -> User:
    return make_user(role, organisation=make_organisation(kind, is_demo=True))
