"""Robots and their deployments."""

from datetime import UTC, datetime

from accounts.enums import OrganisationKind, Role
from robot_bridge.models import Credential, DeploymentSpan, Robot
from robot_bridge.telemetry import Evidence
from tests.factories.people import make_organisation, make_user, numbers


def make_robot(**fields):
    """Make a robot whose credential has been valid since 2020."""
    number = next(numbers)
    if "vendor" not in fields:
        fields["vendor"] = make_organisation(OrganisationKind.VENDOR)
    given = {
        "code": f"R-{number}",
        "serial": f"S{number}",
        "maker": "Maker",
        "model": "Model",
        "protocol": "native",
    }
    robot = Robot.objects.create(**given | fields)
    Credential.objects.create(
        robot=robot,
        username=robot.wire_name,
        secret_hash="",
        issued_at=datetime(2020, 1, 1, tzinfo=UTC),
        issued_by=make_user(Role.VENDOR, organisation=robot.vendor),
    )
    return robot


def make_deployment_span(**fields):
    if "robot" not in fields:
        fields["robot"] = make_robot()
    given = {
        "start_at": datetime(2020, 1, 1, tzinfo=UTC),
        "evidence": Evidence.LIVE,
        "software": "1.0",
    }
    return DeploymentSpan.objects.create(**given | fields)
