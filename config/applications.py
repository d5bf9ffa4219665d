"""The platform's own processes: one table."""

import os
import shutil
import sys
from pathlib import Path

from config import places
from config.embedded.processes import spawn
from config.embedded.service import Service

_LONGEST_LOG = 20_000_000
# Threads share two pools of memory, and none is kept for linear algebra; Django's
# checks were made when the database was prepared.
_FRUGAL = {
    "MALLOC_ARENA_MAX": "2",
    "OPENBLAS_NUM_THREADS": "1",
    "CELERY_SKIP_CHECKS": "1",
}


class Application(Service):
    """One of our own long-running processes."""

    stop_within_s = 15

    def __init__(self, home: Path, name: str, command: list[str]) -> None:
        self.name = name  # type: ignore[misc]
        super().__init__(home)
        self.command = [sys.executable, *command]

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = spawn(
                self.command,
                log=log.fileno(),
                cwd=places.CHECKOUT,
                env=_FRUGAL | os.environ,
            )

    def answers(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def tend(self) -> None:
        """Keep one older log, so that a long run does not fill the disk."""
        if self.log.stat().st_size > _LONGEST_LOG:
            shutil.copyfile(self.log, self.log.with_suffix(".log.1"))
            os.truncate(self.log, 0)


def applications(home: Path, *, demo: bool) -> list[Application]:
    """Return what runs, in the order of starting."""
    host, port = places.web_address()
    celery = ["-m", "celery", "-A"]
    table: dict[str, list[str]] = {
        "web": [
            "-m",
            "gunicorn",
            "config.asgi:application",
            "--worker-class=asgi",
            f"--bind={places.bracketed(host)}:{port}",
            f"--workers={os.environ.get('WEB_CONCURRENCY', '2')}",
            "--graceful-timeout=2",
            "--worker-tmp-dir=/dev/shm",
            "--no-control-socket",
            "--log-level=warning",
        ],
        "worker": [
            *celery,
            "config.celery",
            "worker",
            "--pool=threads",
            "--concurrency=4",
            "--loglevel=WARNING",
            "--without-gossip",
            "--without-mingle",
        ],
        "beat": [
            *celery,
            "config.beat",
            "beat",
            "--loglevel=WARNING",
            "--pidfile=",
            f"--schedule={home / 'beat-schedule'}",
        ],
        "bridge": ["manage.py", "run_bridge"],
        "settler": ["manage.py", "run_settler"],
    }
    if demo:
        table["fleet"] = ["manage.py", "simulate_fleet"]
    return [
        Application(home, name, command)
        for name, command in table.items()
        if command[0] != "manage.py" or places.has_command(command[1])
    ]
