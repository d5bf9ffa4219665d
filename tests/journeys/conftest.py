"""The whole platform, started once a module, with a demo city's people or with none."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from config import places
from config.embedded.processes import await_condition
from tests.journeys.city import City

CHILDREN_CHOOSE = ("DATABASE_URL", "DATABASE_OWNER_URL", "PILOTGATE_ENV", "SECRET_KEY")
READY_WITHIN_S = 300


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(home: Path, more: Mapping[str, str]) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k not in CHILDREN_CHOOSE}
    return kept | {
        "PILOTGATE_HOME": str(home),
        "PORT": str(free_port()),
        "MQTT_PORT": "0",
        "WEB_CONCURRENCY": "1",
        **more,
    }


@dataclass(frozen=True)
class Platform:
    """A platform that runs; `settings` are the environment its commands need."""

    settings: dict[str, str]

    @property
    def url(self) -> str:
        return f"http://localhost:{self.settings['PORT']}"

    def manage(self, *arguments: str, typed: str = "") -> str:
        """Run one of its commands, as whoever operates it would."""
        ran = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=places.CHECKOUT,
            env=self.settings,
            input=typed,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return ran.stdout


@contextmanager
def running(folder: Path, **more: str) -> Iterator[Platform]:
    """Start everything in a folder, and stop it again."""
    home = folder / "home"
    home.mkdir(mode=0o711, exist_ok=True)
    settings = environment(home, more)
    said = folder / "said"
    with said.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "config.supervisor"],
            cwd=places.CHECKOUT,
            env=settings,
            stdout=out,
            stderr=subprocess.STDOUT,
        )

    def is_settled() -> bool:
        return "ready: " in said.read_text() or process.poll() is not None

    try:
        await_condition(is_settled, within_s=READY_WITHIN_S, pause_s=0.2)
        assert "ready: " in said.read_text(), said.read_text()
        yield Platform(settings)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(120)


@pytest.fixture(scope="module")
def platform(reachable_folder):
    """Start everything; the demo city is taken for built, then only its people are."""
    home = reachable_folder / "home"
    home.mkdir(mode=0o711)
    (home / "demo_loaded").touch()
    with running(reachable_folder, DEMO="1") as started:
        started.manage("demo", "--bare")
        yield started.url


@pytest.fixture(scope="module")
def empty_platform(reachable_folder):
    """Start everything with nobody in it; its mails become files."""
    mails = (reachable_folder / "mails").as_uri()
    with running(reachable_folder, DEMO="0", EMAIL_URL=mails) as started:
        yield started


@pytest.fixture
def city(platform, chromium):
    people = City(chromium, platform)
    yield people
    people.leave()
