"""How soon a newcomer has the platform, and how much memory it takes when idle.

Data: a fresh clone of this checkout's last commit, an empty home, warm package caches.
Load: none but what the platform does of itself (with the demo city: the fleet streams).
The bounds are the promises: 180 s to the first `ready`, 15 s to the second, 1.5 GB.

Run: python -m bench.start
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from config import places
from config.embedded.processes import await_condition, marked

IDLE_S = 20
PROGRAMS = (
    "run_settler",
    "run_bridge",
    "simulate_fleet",
    "config.celery",
    "config.beat",
    "config.asgi",
    "config.supervisor",
    "postgres",
    "valkey",
    "mosquitto",
    "amqtt",
)
BOUNDS = {"first_start_s": 180.0, "second_start_s": 15.0, "idle_mb": 1500.0}


class Run:
    """One `make run` in a clone, timed until it says it is ready."""

    def __init__(self, clone: Path, home: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = str(probe.getsockname()[1])
        chosen = {"PILOTGATE_HOME": str(home), "PORT": port, "MQTT_PORT": "0"}
        self.home = home
        self.said = clone / "said"
        started = time.monotonic()
        with self.said.open("wb") as out:
            self.process = subprocess.Popen(
                ["make", "run"], cwd=clone, env=os.environ | chosen, stdout=out
            )
        await_condition(self._ready_or_ended, within_s=600, pause_s=0.05)
        self.ready_s = time.monotonic() - started
        if self.process.poll() is not None:
            raise SystemExit(f"make run ended: {self.said.read_text()}")

    def _ready_or_ended(self) -> bool:
        return "\nready: " in self.said.read_text() or self.process.poll() is not None

    def idle_mb(self) -> dict[str, float]:
        """Return the proportional set size by program, after a while of rest."""
        await_condition(lambda: False, within_s=IDLE_S, pause_s=1)
        ours = {self.process.pid, *marked(f"PILOTGATE_SUPERVISED={self.home}")}
        found: dict[str, float] = {}
        for pid in _with_descendants(ours):
            name = _program(pid)
            found[name] = found.get(name, 0.0) + _pss_kb(pid) / 1000
        if "postgres" not in found:
            raise SystemExit("The database's processes were not found.")
        return found

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)


def _pss_kb(pid: int) -> int:
    """Return a process's share of memory; one that ended meanwhile has none.

    Raises:
        PermissionError: it is another account's, so it cannot be counted.
    """
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def _program(pid: int) -> str:
    """Return which of the platform's programs a process is."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return "other"
    return next((name for name in PROGRAMS if name in command), "other")


def _with_descendants(roots: set[int]) -> set[int]:
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(
                stat.read_text().rpartition(")")[2].split()[1]
            )
        except OSError:
            continue
    found = set(roots)
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="pilotgate-bench-"))
    folder.chmod(0o711)
    clone, home = folder / "clone", folder / "home"
    subprocess.run(["git", "clone", "-q", places.CHECKOUT, clone], check=True)
    try:
        first = Run(clone, home)
        first.stop()
        second = Run(clone, home)
        by_program = second.idle_mb()
        second.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    found = {
        "first_start_s": first.ready_s,
        "second_start_s": second.ready_s,
        "idle_mb": sum(by_program.values()),
    }
    print(f"{'':<16}{'measured':>10}{'bound':>10}{'ratio':>8}")
    for name, bound in BOUNDS.items():
        print(
            f"{name:<16}{found[name]:>10.1f}{bound:>10.0f}{found[name] / bound:>8.2f}"
        )
    for name, size in sorted(by_program.items(), key=lambda each: -each[1]):
        print(f"  {name:<24}{size:>8.1f} MB")
    results = places.CHECKOUT / "bench" / "results"
    results.mkdir(exist_ok=True)
    kept = {
        "measured": found,
        "bounds": BOUNDS,
        "idle_mb": by_program,
        "cores": os.cpu_count(),
    }
    (results / "start.json").write_text(json.dumps(kept, indent=2) + "\n")


if __name__ == "__main__":
    main()
