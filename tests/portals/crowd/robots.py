"""Robots at work, what was set aside, and times gone by."""

from datetime import timedelta

from django.utils import timezone

from kpis.models import Watermark
from robot_bridge.enums import SetAsideReason
from robot_bridge.models import DeploymentSpan, Robot, SetAsideMessage
from robot_bridge.telemetry import Evidence
from tests.factories.people import numbers


class Robots:
    """A vendor's robots; the first has a long past and many messages set aside."""

    def __init__(self, cast, size):
        self.city = cast["official"].organisation
        self.vendor = cast["vendor"].organisation
        self.now = timezone.now()
        self.robots = self._robots(size)
        first = self.robots[0]
        self.past = [
            self._span(first, day + 2, self.now - timedelta(days=day + 1))
            for day in range(size)
        ]
        self.spans = [self._span(each, 0.5) for each in self.robots]
        DeploymentSpan.objects.bulk_create([*self.past, *self.spans])
        self._watermarks()
        self._set_aside(first, size)

    def values(self):
        return {"robot.code": self.robots[0].code}

    def _robots(self, size):
        return Robot.objects.bulk_create(
            Robot(
                code=f"R-{number}",
                serial=f"S{number}",
                maker="Maker",
                model="Model",
                vendor=self.vendor,
                protocol="native",
            )
            for number in (next(numbers) for _ in range(size))
        )

    def _span(self, robot, days_ago, end_at=None):
        return DeploymentSpan(
            robot=robot,
            city=self.city,
            start_at=self.now - timedelta(days=days_ago),
            end_at=end_at,
            evidence=Evidence.SIM,
            software="1.0",
        )

    def _watermarks(self):
        at_us = int(self.now.timestamp() * 1e6)
        Watermark.objects.bulk_create(
            Watermark(
                robot=each,
                evidence=Evidence.SIM,
                ts_us=at_us,
                stream="telemetry",
                session="s",
                seq=1,
                ordinal=0,
                received_us=at_us,
                software="1.0",
                degraded=False,
                interval_s=30,
            )
            for each in self.robots
        )

    def _set_aside(self, robot, size):
        SetAsideMessage.objects.bulk_create(
            SetAsideMessage(
                robot=robot,
                vendor=self.vendor,
                reason=SetAsideReason.MALFORMED,
                sentence="Not JSON.",
                topic="pilotgate/v1/a/b/telemetry",
                name="a/b",
                payload=b"{",
                received_at=self.now,
                segment=f"{next(numbers)}",
                position=0,
            )
            for _ in range(size)
        )
