import hashlib
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.errors import DomainError
from accounts.services import clock
from dispatch.management.progress import bar
from pilots.models import Pilot
from pilots.services.recordings import RecordedFile, admit_recording
from robot_bridge import recordings
from robot_bridge.enums import RobotProtocol
from robot_bridge.recordings import RecordedMessage, RecordingError
from robot_bridge.recordings.playback import Playback, play
from robot_bridge.simulator.client import Broker
from robot_bridge.simulator.history import moment

# A vehicle's own time lies a little before that of whoever recorded it.
MARGIN: Final = timedelta(minutes=1)


class Command(BaseCommand):
    help = (
        "Send a recording through the bridge as a robot of a pilot, as evidence of "
        "kind recorded, which no gate accepts. Sending it again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path)
        parser.add_argument(
            "--format",
            required=True,
            choices=sorted(recordings.FORMATS),
            dest="format_name",
        )
        parser.add_argument("--pilot", required=True, help="code of the pilot")
        parser.add_argument(
            "--speed",
            type=float,
            default=0.0,
            help="times the pace of the recording; 0, the default: as fast as it goes",
        )
        parser.add_argument("--mqtt-url", default=settings.MQTT_URL)

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            count, name = self.replay(options)
        except (DomainError, RecordingError, OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        except Pilot.DoesNotExist as error:
            raise CommandError(f"There is no pilot {options['pilot']}.") from error
        self.stdout.write(f"{name}: {count} messages taken by the bridge")

    def replay(self, options: dict[str, Any]) -> tuple[int, str]:
        broker = Broker.named(options["mqtt_url"])
        pilot = Pilot.objects.with_parties().get(code=options["pilot"])
        file = self.look_into(options["path"], options["format_name"])
        robot, secret = admit_recording(pilot=pilot, file=file, by=clock())
        messages = self.read(options, robot.vendor.code, robot.serial)
        playback = Playback(
            messages, username=robot.wire_name, secret=secret, speed=options["speed"]
        )
        with bar(self.stdout, "messages") as progress:
            play(playback, broker, progress=progress)
        return len(messages), robot.wire_name

    def look_into(self, path: Path, format_name: str) -> RecordedFile:
        options = {"path": path, "format_name": format_name}
        messages = self.read(options, "", "")
        protocol = RobotProtocol.NATIVE
        if not messages[0].topic.startswith("pilotgate/"):
            protocol = RobotProtocol.VDA5050
        return RecordedFile(
            digest=hashlib.sha256(path.read_bytes()).hexdigest(),
            format_name=format_name,
            protocol=protocol,
            start_at=moment(min(each.ts_us for each in messages)) - MARGIN,
            end_at=moment(max(each.ts_us for each in messages)) + MARGIN,
        )

    def read(
        self, options: dict[str, Any], vendor_code: str, serial: str
    ) -> Sequence[RecordedMessage]:
        messages = list(
            recordings.read(
                options["path"],
                options["format_name"],
                vendor_code=vendor_code,
                serial=serial,
            )
        )
        if not messages:
            raise RecordingError(f"{options['path']}: holds no message.")
        return messages
