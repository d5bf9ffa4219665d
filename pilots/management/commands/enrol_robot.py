from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.errors import DomainError
from accounts.models import User
from pilots import services
from pilots.models import Pilot
from robot_bridge.enums import RobotProtocol


class Command(BaseCommand):
    help = "Register a vendor's robot, issue its credential, put it to work in a pilot."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--pilot", required=True, help="code of the pilot")
        parser.add_argument("--serial", required=True)
        parser.add_argument("--maker", required=True)
        parser.add_argument("--model", required=True)
        parser.add_argument("--by", required=True, help="e-mail of a vendor's person")
        parser.add_argument(
            "--protocol", choices=RobotProtocol.values, default=RobotProtocol.NATIVE
        )
        parser.add_argument("--software", default="1")
        parser.add_argument(
            "--profile", default="", help="let the simulated fleet play it (demo only)"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            with transaction.atomic():
                deployment, secret = self.enrol(options)
        except (DomainError, Pilot.DoesNotExist, User.DoesNotExist) as error:
            raise CommandError(str(error)) from error
        robot = deployment.robot
        self.stdout.write(f"robot:    {robot.code}")
        self.stdout.write(f"username: {robot.wire_name}")
        self.stdout.write(f"secret:   {secret}")
        self.stdout.write(f"topic:    pilotgate/v1/{robot.wire_name}/telemetry")

    def enrol(self, options: dict[str, Any]) -> tuple[Any, str]:
        by = User.objects.get(email=options["by"])
        deployment, secret = services.enrol_robot(
            pilot=Pilot.objects.with_parties().get(code=options["pilot"]),
            nameplate=services.Nameplate(
                serial=options["serial"],
                maker=options["maker"],
                model=options["model"],
                protocol=options["protocol"],
            ),
            software=options["software"],
            by=by,
        )
        if options["profile"]:
            services.simulate_robot(
                deployment=deployment,
                secret=secret,
                profile=options["profile"],
                by=by,
            )
        return deployment, secret
