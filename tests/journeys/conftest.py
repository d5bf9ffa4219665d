"""The whole platform, started once for all journeys, with people and an open call."""

import os
import signal
import socket
import subprocess
import sys
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


def environment(home: Path, port: int) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k not in CHILDREN_CHOOSE}
    return kept | {
        "PILOTGATE_HOME": str(home),
        "PORT": str(port),
        "MQTT_PORT": "0",
        "DEMO": "1",
        "WEB_CONCURRENCY": "1",
    }


@pytest.fixture(scope="module")
def platform(reachable_folder):
    """Start everything; the demo city is taken for built, then only its people are."""
    home = reachable_folder / "home"
    home.mkdir(mode=0o711)
    (home / "demo_loaded").touch()
    settings = environment(home, free_port())
    said = reachable_folder / "said"
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
        command = [sys.executable, "manage.py", "demo", "--bare"]
        subprocess.run(command, cwd=places.CHECKOUT, env=settings, check=True)
        yield f"http://127.0.0.1:{settings['PORT']}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(120)


@pytest.fixture
def city(platform, chromium):
    people = City(chromium, platform)
    yield people
    people.leave()
