"""Enrol robots in the platform named by the environment; prints their wire names.

Run: python -m bench._enrol ROBOTS
"""

import sys
from datetime import UTC, datetime

import django

django.setup()

from accounts.enums import OrganisationKind  # noqa: E402
from accounts.models import Organisation  # noqa: E402
from accounts.services import clock  # noqa: E402
from robot_bridge import services  # noqa: E402


def main(robots: int) -> None:
    vendor = Organisation.objects.create(
        code="bench",
        kind=OrganisationKind.VENDOR,
        name_zh="基准",
        uscc="91500000" + "0" * 10,
    )
    for number in range(robots):
        robot = services.register_robot(
            vendor=vendor, serial=f"S{number}", maker="M", model="X", by=clock()
        )
        services.issue_credential(robot=robot, by=clock())
        services.deploy(
            robot=robot,
            start_at=datetime(2020, 1, 1, tzinfo=UTC),
            evidence="sim",
            software="1",
            by=clock(),
        )
        print(robot.wire_name, flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
