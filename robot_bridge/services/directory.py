"""What is known of the robots a segment speaks of, read once for all its messages."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from accounts.models import Organisation
from robot_bridge.models import (
    BackfillPermission,
    Credential,
    DeploymentSpan,
    Robot,
)
from robot_bridge.telemetry import Evidence

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
END_OF_TIME: Final = 2**63 - 1
WireName = tuple[str, str]  # vendor code, serial


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open time in µs UTC, and what rows in it are evidence of."""

    start_us: int
    end_us: int
    evidence: str
    software: str = ""


@dataclass(frozen=True, slots=True)
class Permission:
    covers: Span
    opened_us: int
    closes_us: int


@dataclass(frozen=True, slots=True)
class KnownRobot:
    id: int
    vendor_id: int
    trusted: list[Span] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    permissions: list[Permission] = field(default_factory=list)

    def is_trusted(self, recv_us: int) -> bool:
        """Say whether a credential of the robot was valid when a message came."""
        return any(span.start_us <= recv_us < span.end_us for span in self.trusted)

    def permission(
        self, first_us: int, last_us: int, recv_us: int
    ) -> Permission | None:
        """Return the permission, open at receipt, that covers all of a message."""
        for each in self.permissions:
            is_open = each.opened_us <= recv_us < each.closes_us
            covers = each.covers.start_us <= first_us and last_us < each.covers.end_us
            if is_open and covers:
                return each
        return None

    def deployments(self, first_us: int, last_us: int) -> list[Span]:
        """Return what [first_us, last_us] is evidence of, without a hole.

        Outside a deployment a robot shows and does not prove.
        """
        found, at = [], first_us
        for span in self.spans:
            if span.end_us <= at or span.start_us > last_us:
                continue
            if span.start_us > at:
                found.append(Span(at, span.start_us, Evidence.SHOWCASE))
            found.append(span)
            at = span.end_us
        if at <= last_us:
            found.append(Span(at, END_OF_TIME, Evidence.SHOWCASE))
        return found


@dataclass(frozen=True, slots=True)
class Directory:
    """The vendors and the registered robots among some names."""

    vendors: dict[str, int]
    robots: dict[WireName, KnownRobot]


def look_up(names: Iterable[WireName]) -> Directory:
    """Return what is known of these names, each robot with its grants."""
    wanted = set(names)
    codes = {vendor for vendor, _serial in wanted}
    vendors = dict(
        Organisation.objects.filter(code__in=codes).values_list("code", "pk")
    )
    rows = Robot.objects.filter(
        vendor__in=vendors.values(), serial__in={serial for _vendor, serial in wanted}
    ).values_list("vendor__code", "serial", "pk", "vendor_id")
    robots = {
        (vendor, serial): KnownRobot(pk, vendor_id)
        for vendor, serial, pk, vendor_id in rows
        if (vendor, serial) in wanted
    }
    _add_grants({robot.id: robot for robot in robots.values()})
    return Directory(vendors, robots)


def microseconds(instant: datetime | None) -> int:
    """Return µs UTC; None is the end of time."""
    if instant is None:
        return END_OF_TIME
    return (instant - EPOCH) // timedelta(microseconds=1)


def _add_grants(robots: dict[int, KnownRobot]) -> None:
    for credential in Credential.objects.filter(robot__in=robots):
        start, end = credential.issued_at, credential.revoked_at
        span = Span(microseconds(start), microseconds(end), "")
        robots[credential.robot_id].trusted.append(span)
    for each in DeploymentSpan.objects.filter(robot__in=robots).order_by("start_at"):
        robots[each.robot_id].spans.append(
            Span(
                microseconds(each.start_at),
                microseconds(each.end_at),
                each.evidence,
                each.software,
            )
        )
    for given in BackfillPermission.objects.filter(robot__in=robots).order_by("pk"):
        covers = Span(
            microseconds(given.from_at), microseconds(given.until_at), given.evidence
        )
        opened, closes = given.opened_at, given.closes_at
        robots[given.robot_id].permissions.append(
            Permission(covers, microseconds(opened), microseconds(closes))
        )
