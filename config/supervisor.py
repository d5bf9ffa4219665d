"""Start the whole platform in order, keep it running, stop it in reverse.

Run: python -m config.supervisor
"""

import os
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from config import announcements, places, translations
from config.applications import applications
from config.embedded import EmbeddedServiceError
from config.embedded.mqtt import Mqtt, mosquitto
from config.embedded.postgres import Postgres
from config.embedded.processes import (
    check_port_is_free,
    end_orphans,
    spawn,
    stop,
)
from config.embedded.service import Service
from config.embedded.valkey import Valkey
from config.homes import claimed, is_held

MARK = "PILOTGATE_SUPERVISED"

_SIGNALS = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD}
_TICK_S = 0.25
_LONGEST_DELAY_S = 30.0
_SETTLED_AFTER_S = 60.0
_READY_WITHIN_S = 90.0


class Stopping(Exception):  # noqa: N818  not an error: someone asked
    """Someone asked the platform to stop."""


@dataclass
class Watched:
    """A service that is to run, and when it may be started again."""

    service: Service
    failures: int = 0
    started_at: float = field(default_factory=time.monotonic)
    due_at: float | None = None

    def ended(self) -> bool:
        process = self.service.process
        return process is None or process.poll() is not None

    def delay(self) -> float:
        """Return how long to wait before the next start; longer each time."""
        if time.monotonic() - self.started_at > _SETTLED_AFTER_S:
            self.failures = 0
        self.failures += 1
        return min(_LONGEST_DELAY_S, 2.0 ** (self.failures - 1))


class Supervisor:
    """Everything that runs on this machine for one home."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.demo = places.demo_wanted()
        self.watched: list[Watched] = []

    def run(self) -> None:
        announcements.print_missing_fonts()
        host, port = places.web_address()
        end_orphans(f"{MARK}={self.home}")
        check_port_is_free(host, port, variable="PORT")
        try:
            for service in self._services():
                announcements.say(f"starting {service.name}")
                service.start()
                self.watched.append(Watched(service))
            self._prepare()
            for application in applications(self.home, demo=self.demo):
                application.start()
                self.watched.append(Watched(application))
            self._await_ready()
            announcements.print_ready(self.home, host, port)
            while True:
                self._tend()
                self._pause(_TICK_S)
        finally:
            self._stop()

    def _services(self) -> Iterator[Service]:
        """Yield the services that no URL names, in the order they are needed."""
        if not os.environ.get("DATABASE_URL"):
            yield Postgres(self.home)
        if not os.environ.get("BROKER_URL"):
            yield Valkey(self.home)
        if not os.environ.get("MQTT_URL"):
            program = mosquitto()
            if program is None:
                announcements.say(
                    "mosquitto is not installed; MQTT is served by amqtt, which is "
                    "not for production (Debian: apt-get install mosquitto)"
                )
            yield Mqtt(
                self.home,
                port=places.number("MQTT_PORT", 18883),
                bind=os.environ.get("MQTT_BIND", "127.0.0.1"),
                program=program,
            )

    def _prepare(self) -> None:
        translations.compile_stale(places.CHECKOUT / "locale")
        if os.environ.get("PILOTGATE_ENV") == "production":
            self._command("check", "--deploy", "--database", "default")
        announcements.say("preparing the database and static files")
        self._module("config.preparation")
        loaded = self.home / "demo_loaded"
        wanted = self.demo and not loaded.exists()
        if wanted and places.has_command("demo"):
            announcements.say("building the demo city (first start only)")
            self._command("demo")
            loaded.touch()

    def _command(self, *arguments: str) -> None:
        self._finish(str(places.CHECKOUT / "manage.py"), *arguments)

    def _module(self, module: str) -> None:
        self._finish("-m", module)

    def _finish(self, *arguments: str) -> None:
        """Run one step to its end; its log is shown when it fails."""
        log = self.home / "logs" / "preparation.log"
        with log.open("wb") as out:
            step = spawn(
                [sys.executable, *arguments], log=out.fileno(), cwd=places.CHECKOUT
            )
        try:
            while step.poll() is None:
                self._pause(_TICK_S)
        finally:
            stop(step)
        if step.returncode != 0:
            raise EmbeddedServiceError(
                f"{' '.join(arguments)} failed:\n{announcements.reason(log)}"
            )

    def _await_ready(self) -> None:
        """Wait until every component of ours is up, or say which is not."""
        deadline = time.monotonic() + _READY_WITHIN_S
        url = places.web_url(*places.web_address()) + "/healthz"
        ours = {watched.service.name for watched in self.watched} | {"lake"}
        while down := ours & announcements.components_down(url):
            if time.monotonic() > deadline:
                announcements.say(f"still not up: {', '.join(sorted(down))}")
                return
            self._tend()
            self._pause(_TICK_S)

    def _tend(self) -> None:
        for watched in self.watched:
            if is_held(self.home, watched.service.name):
                watched.service.stop()
                watched.due_at = time.monotonic()
            elif watched.due_at is not None:
                self._start_again(watched)
            elif watched.ended():
                delay = watched.delay()
                watched.due_at = time.monotonic() + delay
                service = watched.service
                announcements.say(
                    f"{service.name} ended; again in {delay:.0f} s (log: {service.log})"
                )
            else:
                watched.service.tend()

    def _start_again(self, watched: Watched) -> None:
        if watched.due_at is None or time.monotonic() < watched.due_at:
            return
        watched.started_at = time.monotonic()
        watched.due_at = None
        try:
            watched.service.start()
        except EmbeddedServiceError as error:
            announcements.say(str(error))

    def _pause(self, seconds: float) -> None:
        """Wait for a child to end or for the time to pass.

        Raises:
            Stopping: a signal asked for it.
        """
        received = signal.sigtimedwait(_SIGNALS, seconds)
        if received is not None and received.si_signo != signal.SIGCHLD:
            raise Stopping

    def _stop(self) -> None:
        if self.watched:
            announcements.say("stopping")
        while self.watched:
            self.watched.pop().service.stop()


def main() -> int:
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    os.umask(0o077)
    home = places.home()
    places.make_home(home)
    os.environ |= {"PILOTGATE_HOME": str(home), MARK: str(home)}
    try:
        with claimed(home):
            Supervisor(home).run()
    except Stopping:
        announcements.say("stopped")
        return 0
    except EmbeddedServiceError as error:
        announcements.say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
