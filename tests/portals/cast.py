"""The people and things of the permission matrix, made once by factories and services.

`vendor` and `reviewer` are those of the pilot; `official` is of its city, `official2`
of another city, `vendor2` a vendor without a part in it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone

from accounts import services as accounts
from accounts.enums import OrganisationKind, Role, Scope
from accounts.models import User
from dispatch import services as dispatch
from procurement.enums import SubmissionState
from robot_bridge.enums import SetAsideReason
from robot_bridge.models import SetAsideMessage
from robot_bridge.services import deploy, register_robot
from robot_bridge.telemetry import Evidence
from tests.factories import (
    make_award,
    make_brief,
    make_contract,
    make_organisation,
    make_submission,
    make_user,
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


# What a deed needs to be done; forms show themselves again without it.
BODIES = {
    "api:robot-list": {
        "serial": "S-9",
        "maker": "Qiyun",
        "model": "Q1",
        "protocol": "native",
    },
}


@dataclass(frozen=True)
class Cast:
    """Who asks, and what they ask for: a value for each place in a URL."""

    people: Mapping[str, User]
    values: Mapping[str, Any]
    bodies: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def arguments(self, route: Route) -> dict[str, Any]:
        """Fill a route's places; the longest matching name wins."""
        return {place: self._value(route, place) for place in route.places}

    def body(self, route: Route, method: str) -> dict[str, Any]:
        """Give what is sent along: what the deed needs, else nothing at all."""
        if method == "GET":
            return {}
        sent = self.bodies.get(route.name, {})
        if route.name.startswith("api:"):
            return {"data": json.dumps(sent), "content_type": "application/json"}
        return {
            "data": urlencode(sent),
            "content_type": "application/x-www-form-urlencoded",
        }

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
    values = (
        _account_values(people) | _procurement_values(people) | _robot_values(people)
    )
    return Cast(people, values, BODIES)


def _of(role: Role, kind: OrganisationKind) -> User:
    return make_user(role, organisation=make_organisation(kind, is_demo=True))


def _account_values(people: Mapping[str, User]) -> dict[str, Any]:
    official = people["official"]
    _invitation, invited = accounts.invite(
        email="guest@example.invalid",
        organisation=official.organisation,
        role=Role.OFFICIAL,
        by=official,
    )
    token, _secret = accounts.issue_token(
        owner=official, name="script", scopes=[Scope.READ], days=30, by=official
    )
    job = dispatch.start_job("report", by=official)
    colleagues = {
        f"{portal}:person.pk": make_user(
            person.role, organisation=person.organisation
        ).pk
        for portal, person in (
            ("officials", official),
            ("vendors", people["vendor"]),
            ("institutes", people["reviewer"]),
        )
    }
    return {
        "invitation.token": invited,
        "token.prefix": token.prefix,
        "job.code": job.code,
        "account_confirm_email.key": "unknown",
        "account_reset_password_from_key.uidb36": "1",
        "account_reset_password_from_key.key": "unknown",
        "mfa.pk": 1,
        **colleagues,
    }


def _procurement_values(people: Mapping[str, User]) -> dict[str, Any]:
    """Make one brief from publication to a signed contract."""
    official, vendor = people["official"], people["vendor"]
    brief = make_brief(city=official.organisation)
    submission = make_submission(
        SubmissionState.OPENED,
        brief=brief,
        vendor=vendor.organisation,
        created_by=vendor,
    )
    award = make_award(submission=submission)
    contract = make_contract(award=award)
    return {
        "brief.code": brief.code,
        "contract.code": contract.code,
    }


def _robot_values(people: Mapping[str, User]) -> dict[str, Any]:
    """Make a robot that works in the city, with a message set aside."""
    vendor, city = people["vendor"], people["official"].organisation
    robot = register_robot(
        vendor=vendor.organisation, serial="S-1", maker="Qiyun", model="Q1", by=vendor
    )
    deploy(
        robot=robot,
        start_at=timezone.now(),
        evidence=Evidence.SIM,
        software="1.0",
        by=people["official"],
        city=city,
    )
    message = SetAsideMessage.objects.create(
        robot=robot,
        vendor=robot.vendor,
        reason=SetAsideReason.MALFORMED,
        sentence="Not JSON.",
        topic=f"pilotgate/v1/{robot.wire_name}/telemetry",
        name=robot.wire_name,
        payload=b"{",
        received_at=timezone.now(),
        segment="1",
        position=0,
    )
    return {
        "robot.code": robot.code,
        "set_aside.pk": message.pk,
        "telemetry.vendor": robot.vendor.code,
        "telemetry.serial": robot.serial,
    }
