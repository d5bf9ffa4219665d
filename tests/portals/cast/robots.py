from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from accounts.models import User
from robot_bridge.enums import SetAsideReason
from robot_bridge.models import SetAsideMessage
from robot_bridge.services import deploy, register_robot
from robot_bridge.telemetry import Evidence
from tests.factories.people import numbers


def values(people: Mapping[str, User]) -> dict[str, Any]:
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
        segment=f"segment-{next(numbers)}",
        position=0,
    )
    return {
        "robot.code": robot.code,
        "set_aside.pk": message.pk,
        "telemetry.vendor": robot.vendor.code,
        "telemetry.serial": robot.serial,
    }
