"""The whole platform, started as a person starts it, in a home of its own."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tarfile
from pathlib import Path

import psycopg
import pytest

from config import places
from config.embedded.postgres import ADMIN, OWNER, Postgres
from config.embedded.processes import await_condition, is_running, marked

NOT_FOR_CHILDREN = ("DATABASE_URL", "DATABASE_OWNER_URL", "PILOTGATE_ENV", "SECRET_KEY")
SERVICES = {"database", "broker", "mqtt", "lake"}
PROCESSES = {"worker", "beat", "bridge", "settler"}


def environment(home: Path, **more: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k not in NOT_FOR_CHILDREN}
    return kept | {"PILOTGATE_HOME": str(home), "DEMO": "0", "MQTT_PORT": "0"} | more


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Platform:
    def __init__(self, folder: Path):
        self.home = folder / "home"
        self.port = free_port()
        self.said = folder / "said"
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        with self.said.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "config.supervisor"],
                cwd=places.CHECKOUT,
                env=environment(self.home, PORT=str(self.port), WEB_CONCURRENCY="1"),
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        await_condition(self._ready_or_ended, within_s=120, pause_s=0.2)
        assert f"ready: http://127.0.0.1:{self.port}" in self.said.read_text()

    def _ready_or_ended(self) -> bool:
        return "ready: " in self.said.read_text() or self.process.poll() is not None

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def database_pid(self) -> int:
        text = (self.home / "postgres" / "data" / "postmaster.pid").read_text()
        return int(text.split("\n", 1)[0])

    def kill_everything(self) -> None:
        everything = [*marked(f"PILOTGATE_SUPERVISED={self.home}"), self.database_pid()]
        for pid in [self.process.pid, *everything]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.process.wait(10)

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def left(self) -> list[int]:
        return marked(f"PILOTGATE_SUPERVISED={self.home}")

    def ask_health(self) -> tuple[int, dict]:
        wire = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        wire.request("GET", "/healthz")
        answer = wire.getresponse()
        found = json.loads(answer.read())
        wire.close()
        return answer.status, found


@pytest.fixture(scope="module")
def stage(reachable_folder):
    platform = Platform(reachable_folder)
    yield platform
    if platform.running():
        platform.stop()


@pytest.fixture
def platform(stage):
    if not stage.running():
        stage.start()
    return stage


def supervise(home: Path, **more: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "config.supervisor"],
        cwd=places.CHECKOUT,
        env=environment(home, **more),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_platform_answers_for_its_health(platform):
    status, found = platform.ask_health()

    down = {name for name, c in found["components"].items() if c["state"] != "up"}
    assert (status, down) == (200, set())
    assert set(found["components"]) == PROCESSES | {
        "database",
        "broker",
        "mqtt",
        "lake",
    }


def test_second_supervisor_of_a_home_names_the_first(platform):
    done = supervise(platform.home, PORT=str(free_port()))

    assert done.returncode == 1
    assert f"in use by process {platform.process.pid}" in done.stdout


def test_killed_platform_starts_again_with_its_rows(platform):
    url = places.database_url(platform.home, OWNER)
    with psycopg.connect(url, autocommit=True) as database:
        database.execute("CREATE TABLE IF NOT EXISTS kept (word text)")
        database.execute("INSERT INTO kept VALUES ('kept')")

    platform.kill_everything()
    platform.start()

    with psycopg.connect(url) as database:
        assert database.execute("SELECT word FROM kept").fetchall() == [("kept",)]


def test_backup_of_a_running_platform_is_whole(platform, reachable_folder):
    target = reachable_folder / "saved.tar"
    done = subprocess.run(
        [sys.executable, "-m", "config.backup", "save", str(target)],
        cwd=places.CHECKOUT,
        env=environment(platform.home),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stdout
    with tarfile.open(target) as archive:
        assert {"database.dump", "secret_key", "mqtt/url"} <= set(archive.getnames())
    settler = platform.home / "heartbeat" / "settler"
    settler.unlink(missing_ok=True)
    assert await_condition(settler.exists, within_s=30)  # it rested, and is back


def test_lost_process_is_started_again(platform):
    (platform.home / "heartbeat" / "beat").unlink()
    beat = next(
        pid
        for pid in platform.left()
        if b"\0beat\0" in Path(f"/proc/{pid}/cmdline").read_bytes()
    )

    os.kill(beat, signal.SIGKILL)

    again = platform.home / "heartbeat" / "beat"
    assert await_condition(again.exists, within_s=30)


def test_asked_to_stop_leaves_no_process(platform):
    database = platform.database_pid()

    code = platform.stop()

    assert code == 0
    assert platform.left() == []
    assert not is_running(database, "postgres")
    assert "stopped" in platform.said.read_text()


def test_port_in_use_names_the_port_and_its_variable(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        done = supervise(tmp_path / "home", PORT=str(port))

    assert done.returncode == 1
    assert f"Port {port} on 127.0.0.1 cannot be had" in done.stdout
    assert "PORT" in done.stdout.replace(f"Port {port}", "")


def test_port_that_is_no_number_is_refused(tmp_path):
    done = supervise(tmp_path / "home", PORT="http")

    assert done.returncode == 1
    assert "PORT=http is not a whole number" in done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs services as others")
def test_home_the_database_cannot_enter_is_refused(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)

    done = supervise(closed / "home", PORT=str(free_port()))

    assert done.returncode == 1
    assert "cannot enter" in done.stdout
    assert "PILOTGATE_HOME" in done.stdout


@pytest.fixture(scope="module")
def server(reachable_folder):
    server = Postgres(reachable_folder / "production", durable=False)
    server.start()
    yield server
    server.stop()


def check_production(server: Postgres, **more: str) -> subprocess.CompletedProcess:
    strong = {
        "SECRET_KEY": "0123456789abcdefghij" * 4,
        "ALLOWED_HOSTS": "city.example",
        "EMAIL_URL": "smtp://mail.city.example",
    }
    url = {"DATABASE_URL": server.url("pilotgate"), "PILOTGATE_ENV": "production"}
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--database", "default"],
        cwd=places.CHECKOUT,
        env=environment(server.home, **(strong | url | more)),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_production_starts_with_all_in_order(server):
    done = check_production(server)

    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_production_starts_without_mail_and_says_so(server):
    done = check_production(server, EMAIL_URL="")

    assert done.returncode == 0, done.stderr
    assert "pilotgate.W001" in done.stderr


def test_production_refuses_a_superuser(server):
    done = check_production(server, DATABASE_URL=server.url(ADMIN))

    assert done.returncode == 1
    assert "pilotgate.E003" in done.stderr
