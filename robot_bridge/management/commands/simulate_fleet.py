import signal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from robot_bridge.simulator.client import Broker
from robot_bridge.simulator.credentials import FOLDER
from robot_bridge.simulator.fleet import Fleet


class Command(BaseCommand):
    help = (
        "Let the simulated robots whose files stand in the fleet folder live and "
        "send, until SIGTERM. A client of the bridge like any other."
    )

    requires_system_checks: list[str] = []  # a client needs no database

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--folder", type=Path, default=Path(settings.PILOTGATE_HOME) / FOLDER
        )
        parser.add_argument("--mqtt-url", default=settings.MQTT_URL)

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            broker = Broker.named(options["mqtt_url"])
        except ValueError as error:
            raise CommandError(str(error)) from error
        over: list[int] = []
        for ending in (signal.SIGTERM, signal.SIGINT):
            signal.signal(ending, lambda number, _frame: over.append(number))
        Fleet(options["folder"], broker).run(is_over=lambda: bool(over))
