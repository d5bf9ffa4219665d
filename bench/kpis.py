"""The KPI engine's figures: recompute, live reads, folding, size, memory, sameness.

Data: 50 robots x 10 metrics x 1 Hz, 100 million samples and their events, written once
as the platform writes its lake (bench/_telemetry.py). ROWS=1000000 makes it small.
Load: none. Each recompute is a process of its own; engine and baseline take turns,
three each, and the best of each counts. Live reads: the median of 15 after 3.
Baselines: bench/baselines/recompute.sql, live_raw.sql and copy_stage.py.
SPARK=0 leaves Spark out of the digests; without pyspark it is out anyway, and said so.

Run: python -m bench.kpis
"""

import importlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import django

from bench import _telemetry
from config import places
from config.embedded.postgres import OWNER, Postgres
from robot_bridge.lake import Lake, LakeTable
from robot_bridge.telemetry import Window
from tests.kpis import spark_cluster

ROWS: Final = int(os.environ.get("ROWS", "100_000_000"))
BOUNDS: Final = {
    "recompute_vs_duckdb": ("<=", 1.2),
    "live_vs_raw": (">=", 100),
    "live_growth": ("<=", 1.3),
    "fold_rows_per_s_vs_copy": (">=", 4),
    "bytes_per_row_vs_pg": ("<=", 0.1),
    "peak_mb_100m": ("<=", 2_000),
    "digests": ("<=", 1),
    "late_repair": ("<=", 0.01),
}
TURNS: Final = 3
CORES: Final = os.cpu_count() or 1


def recomputed(
    how: str, url: str, window: Window, threads: int = CORES, *more: str
) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench._recompute", how, url]
    command += [str(window.start_us), str(window.end_us), str(threads), *more]
    out = subprocess.run(
        command, cwd=places.CHECKOUT, capture_output=True, text=True, check=False
    )
    if out.returncode:
        raise SystemExit(out.stderr[-2_000:])
    told: dict[str, Any] = json.loads(out.stdout.splitlines()[-1])
    print(
        f"  {how:<7} {threads} threads {told['seconds']:>8.2f} s "
        f"{told['cpu_s']:>8.2f} s of processor {told['peak_mb']:>6} MB "
        f"{told['digest'][:12]}",
        flush=True,
    )
    return told


def recompute(url: str, window: Window) -> dict[str, Any]:
    runs = [
        recomputed(how, url, window)
        for _turn in range(TURNS)
        for how in ("engine", "sql")
    ]
    ours = [run for run in runs if run["how"] == "engine"]
    theirs = [run for run in runs if run["how"] == "sql"]
    if len({run["digest"] for run in runs}) != 1:
        raise SystemExit("the baseline gives other integers")

    def best(of: list[dict[str, Any]], what: str) -> float:
        return float(min(run[what] for run in of))

    return {
        "recompute_vs_duckdb": best(ours, "seconds") / best(theirs, "seconds"),
        "recompute_vs_duckdb_cpu": best(ours, "cpu_s") / best(theirs, "cpu_s"),
        "recompute_s": best(ours, "seconds"),
        "duckdb_s": best(theirs, "seconds"),
        "peak_mb_100m": max(run["peak_mb"] for run in ours),
    }


def digests(url: str, small: Window, large: Window, folder: Path) -> dict[str, Any]:
    """Count the distinct results of each cut; the larger count is told."""
    told = {
        small: [recomputed("twin", url, small, 1), recomputed("engine", url, small)],
        large: [
            recomputed("engine", url, large, 1 + turn % 2) for turn in range(2 * 5)
        ],
    }
    spark = os.environ.get("SPARK") != "0" and find_spec("pyspark") is not None
    if spark:
        with spark_cluster.cluster(folder) as master:
            for window, runs in told.items():
                more = (master, str(folder))
                runs.append(recomputed("spark", url, window, 2, *more))
    found = [len({run["digest"] for run in runs}) for runs in told.values()]
    return {"digests": max(found), "digests_with_spark": spark}


def in_platform(written: _telemetry.Written, folder: Path) -> dict[str, Any]:
    server = Postgres(folder, durable=True)
    server.start()
    try:
        os.environ |= {
            "DATABASE_URL": server.url(OWNER),
            "PILOTGATE_HOME": str(folder),
            "PILOTGATE_ENV": "test",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        django.setup()
        part = importlib.import_module("bench._kpi_states")
        part.prepare()
        small = part.live(written, written.first(ROWS // 5))
        large = part.live(written, written.first(ROWS))
        repair = part.late(written, written.first(ROWS))
        fold = part.fold(folder)
    finally:
        server.stop()
    return {
        "live_vs_raw": large["raw_s"] / large["live_s"],
        "live_growth": large["live_s"] / small["live_s"],
        "late_repair": repair["repair_s"] / repair["full_s"],
        "fold_rows_per_s_vs_copy": fold["fold_rows_per_s"] / fold["copy_rows_per_s"],
        "live_ms": {"small": small["live_s"] * 1e3, "large": large["live_s"] * 1e3},
        "late_repair_equal": bool(repair["equal"]),
        **repair,
        **fold,
    }


def lake_bytes_per_row(written: _telemetry.Written) -> float:
    files = Lake(written.url).files(LakeTable.SAMPLES, written.first(ROWS))
    return sum(Path(name).stat().st_size for name in files) / written.samples


def main() -> None:
    kept = Path(tempfile.gettempdir()) / "pilotgate-bench-kpis"
    folder = Path(tempfile.mkdtemp(prefix="pilotgate-bench-"))
    folder.chmod(0o711)
    written = _telemetry.at_hand(kept, ROWS)
    print(f"{written.samples:,} samples in {written.url}", flush=True)
    found = recompute(written.url, written.first(ROWS))
    try:
        found |= digests(
            written.url,
            written.first(min(ROWS, 1_000_000)),
            written.first(min(ROWS, 20_000_000)),
            folder / "spark",
        )
        found |= in_platform(written, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    found["lake_bytes_per_row"] = lake_bytes_per_row(written)
    found["bytes_per_row_vs_pg"] = (
        found["lake_bytes_per_row"] / found["pg_bytes_per_row"]
    )
    show(found, written.samples)


def holds(key: str, value: float) -> bool:
    way, bound = BOUNDS[key]
    return value <= bound if way == "<=" else value >= bound


def show(found: dict[str, Any], samples: int) -> None:
    missed = [key for key in BOUNDS if not holds(key, found[key])]
    if not found["late_repair_equal"]:
        missed.append("late_repair_equal")
    for key, (way, bound) in BOUNDS.items():
        mark = "missed" if key in missed else ""
        print(f"{key:<26}{found[key]:>12.3f}   {way} {bound:<8}{mark}")
    results = places.CHECKOUT / "bench" / "results"
    results.mkdir(exist_ok=True)
    told = {"samples": samples, "cores": CORES, "missed": missed, **found}
    (results / "kpis.json").write_text(json.dumps(told, indent=1) + "\n")
    if missed and samples > 90_000_000:
        raise SystemExit(f"not reached: {', '.join(missed)}")


if __name__ == "__main__":
    main()
