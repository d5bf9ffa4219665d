"""How fast telemetry gets from a publisher into ledger, states and lake.

Data: batches of 1,000 samples of one metric, eight robots, in both native styles:
a row a sample, which the promise is measured in, and columns, which are all but free
to parse and nothing else. Each run has robots of its own, so that nothing comes late.
Load: one publisher over mosquitto, QoS 1; `run_bridge` and `run_settler` as the
platform runs them, on PostgreSQL that syncs to disk. Settled: the transaction that
judged and folded the last message has ended. Stored: the lake has its rows too.
Baseline: bench/baselines/parse_only.py, which only parses, under the same publisher.
Warm-up: 200 messages. Each is measured three times, turn about; the best counts.

Run: python -m bench.ingest
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from config import places
from config.embedded.mqtt import Mqtt, mosquitto
from config.embedded.postgres import OWNER, Postgres
from config.embedded.processes import await_condition

MESSAGES = 6_000
WARM_UP = 200
TURNS = 3
ROBOTS = 8
SAMPLES = 1_000
PROMISED_RATIO = 0.3
WITHIN_S = 300
STYLES = ("rows", "columns")
RUNS = len(STYLES) * (TURNS + 1)


class Platform:
    """Database, brokers, bridge and settler under one home."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.database = Postgres(home)
        self.broker = Mqtt(home, port=0, program=mosquitto())
        aside = home / "aside"
        aside.mkdir(mode=0o711)
        self.brokers_twin = Mqtt(aside, port=0, program=mosquitto())
        self.processes: list[subprocess.Popen[str]] = []

    def start(self) -> list[str]:
        """Serve; returns the robots' names on the wire."""
        self.database.start()
        self.broker.start()
        self.brokers_twin.start()
        os.environ |= {
            "PILOTGATE_HOME": str(self.home),
            "DATABASE_URL": self.database.url(OWNER),
            "MQTT_URL": places.mqtt_url(self.home),
            "LOG_LEVEL": "WARNING",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        self.manage("migrate", "--verbosity=0").wait()
        out, _nothing = spawned("bench._enrol", str(ROBOTS * RUNS)).communicate()
        self.manage("run_bridge")
        self.manage("run_settler")
        heartbeat = self.home / "heartbeat" / "bridge"
        require(heartbeat.exists)
        return out.split()

    def manage(self, *arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "manage.py", *arguments]
        process = subprocess.Popen(command, cwd=places.CHECKOUT, text=True)
        self.processes.append(process)
        return process

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.terminate()
            process.wait(30)
        self.brokers_twin.stop()
        self.broker.stop()
        self.database.stop()


def spawned(module: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.Popen(
        command, cwd=places.CHECKOUT, stdout=subprocess.PIPE, text=True
    )


def require(holds: Callable[[], bool]) -> None:
    if not await_condition(holds, within_s=WITHIN_S, pause_s=0.01):
        raise SystemExit(f"bench.ingest waited {WITHIN_S} s in vain")


def publish(url: str, style: str, messages: int, names: list[str]) -> float:
    """Publish all; returns when the first message was sent."""
    told = [url, style, str(messages), str(uuid.uuid4()), *names]
    out, _nothing = spawned("bench._publisher", *told).communicate()
    return float(out)


def parse_only(
    platform: Platform, style: str, messages: int, names: list[str]
) -> float:
    """Return the seconds from the first message to the last one parsed."""
    url = places.mqtt_url(platform.brokers_twin.home)
    consumer = spawned("bench.baselines.parse_only", url, str(messages))
    if consumer.stdout is None or consumer.stdout.readline() != "ready\n":
        raise SystemExit("the baseline did not start")
    began = publish(url, style, messages, names)
    ended, samples = consumer.stdout.readline().split()
    consumer.wait()
    if int(samples) != messages * SAMPLES:
        raise SystemExit(f"the baseline parsed {samples} samples")
    return float(ended) - began


def through(
    platform: Platform, style: str, messages: int, names: list[str]
) -> tuple[float, float]:
    """Return the seconds until the last message was settled, and stored."""
    due = count() + messages * SAMPLES
    began = publish(places.mqtt_url(platform.home), style, messages, names)
    require(lambda: count() >= due)
    settled_s = time.monotonic() - began
    require(lambda: count(stored_only=True) >= due)
    return settled_s, time.monotonic() - began


def count(*, stored_only: bool = False) -> int:
    """Return the samples settled so far, or stored."""
    table = "robot_bridge_settledsegment"
    with psycopg.connect(os.environ["DATABASE_URL"]) as database:
        row = database.execute(
            f"SELECT coalesce(sum(samples), 0) FROM {table} "
            "WHERE NOT %s OR stored_at IS NOT NULL",
            [stored_only],
        ).fetchone()
    return int(row[0]) if row else 0


def measure(platform: Platform, names: list[str]) -> list[dict[str, Any]]:
    rows = []
    fleets = (names[at : at + ROBOTS] for at in range(0, len(names), ROBOTS))
    for style in STYLES:
        fleet = next(fleets)
        parse_only(platform, style, WARM_UP, fleet)
        through(platform, style, WARM_UP, fleet)
        parsed, carried = [], []
        for _turn in range(TURNS):
            fleet = next(fleets)
            parsed.append(parse_only(platform, style, MESSAGES, fleet))
            carried.append(through(platform, style, MESSAGES, fleet))
        parse_s, (settled_s, stored_s) = min(parsed), min(carried)
        rows.append(
            {
                "style": style,
                "samples": MESSAGES * SAMPLES,
                "parse_only_per_s": round(MESSAGES * SAMPLES / parse_s),
                "settled_per_s": round(MESSAGES * SAMPLES / settled_s),
                "stored_per_s": round(MESSAGES * SAMPLES / stored_s),
                "ratio": round(parse_s / settled_s, 3),
            }
        )
    return rows


def show(rows: list[dict[str, Any]]) -> None:
    print("".join(f"{name:>18}" for name in rows[0]))
    for row in rows:
        print("".join(f"{value!s:>18}" for value in row.values()))


def main() -> None:
    if mosquitto() is None:
        raise SystemExit("bench.ingest needs mosquitto: apt-get install mosquitto")
    home = Path(tempfile.mkdtemp(prefix="pilotgate-bench-"))
    home.chmod(0o711)
    platform = Platform(home)
    try:
        rows = measure(platform, platform.start())
    finally:
        platform.stop()
        shutil.rmtree(home, ignore_errors=True)
    show(rows)
    results = places.CHECKOUT / "bench" / "results"
    results.mkdir(exist_ok=True)
    ratio = rows[0]["ratio"]
    told = {"ratio": ratio, "promised_ratio": PROMISED_RATIO, "runs": rows}
    (results / "ingest.json").write_text(json.dumps(told, indent=1) + "\n")
    if ratio < PROMISED_RATIO:
        raise SystemExit(f"ratio {ratio} is under the promised {PROMISED_RATIO}")


if __name__ == "__main__":
    main()
