"""Carry robots' messages from the MQTT broker into the spool."""

import signal
import threading
from typing import Any

from django.conf import settings
from django.core.checks import Tags
from django.core.management.base import BaseCommand, CommandError

from robot_bridge import services
from robot_bridge.errors import SpoolBusyError


class Command(BaseCommand):
    help = "Carry robots' messages from the MQTT broker into the spool, until stopped."
    requires_system_checks = (Tags.security,)  # pages are checked elsewhere

    def handle(self, *_args: Any, **_options: Any) -> None:
        if not settings.MQTT_URL:
            raise CommandError(
                "No MQTT broker is named: set MQTT_URL to mqtt://user:secret@host:port."
            )
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_told: stop.set())
        try:
            services.run_bridge(url=settings.MQTT_URL, is_stopped=stop.is_set)
        except SpoolBusyError as error:
            raise CommandError(str(error)) from error
