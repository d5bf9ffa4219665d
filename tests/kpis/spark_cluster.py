"""A standalone Spark master and two workers on loopback, from the pyspark wheel."""

import json
import os
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.error import URLError

from config.embedded.processes import await_condition, spawn

WITHIN_S = 120
WORKERS = 2


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """Serve while inside; yields the master's URL. Each worker has one core."""
    port, pages = _free_port(), _free_port()
    url = f"spark://127.0.0.1:{port}"
    told = ["--host", "127.0.0.1", "--port", str(port), "--webui-port", str(pages)]
    processes = [_started("master.Master", folder / "master", *told)]
    try:
        for number in range(WORKERS):
            told = ["--cores", "1", "--memory", "1g", "--host", "127.0.0.1", url]
            processes.append(
                _started("worker.Worker", folder / f"worker{number}", *told)
            )
        if not await_condition(lambda: _alive(pages) == WORKERS, within_s=WITHIN_S):
            raise RuntimeError(f"Spark's workers did not come up; see {folder}")
        yield url
    finally:
        for process in reversed(processes):
            process.terminate()
            process.wait(WITHIN_S)


def settings(folder: Path) -> dict[str, str]:
    """Return what a driver beside this cluster needs."""
    return {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.local.dir": str(folder),
        "spark.sql.shuffle.partitions": str(WORKERS),
        "spark.executor.memory": "900m",
    }


def _started(name: str, folder: Path, *told: str) -> subprocess.Popen[bytes]:
    folder.mkdir(parents=True)
    spec = find_spec("pyspark")
    if spec is None or spec.origin is None:
        raise RuntimeError("pyspark is not installed: make spark-test installs it")
    home = Path(spec.origin).parent
    command = [str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{name}"]
    environment = os.environ | {
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_DIRS": str(folder),
        "SPARK_WORKER_DIR": str(folder),
    }
    with (folder / "log").open("wb") as log:
        return spawn([*command, *told], log=log, cwd=folder, env=environment)


def _alive(port: int) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/") as answer:
            return int(json.load(answer)["aliveworkers"])
    except URLError:
        return 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
