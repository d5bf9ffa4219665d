"""A pilot's live KPIs from states, against DuckDB over the same pilot's raw rows.

Data: 20 robots x 10 metrics x 1 Hz for 30 h, 20 million samples in Parquet files
of one UTC day, sorted as the lake sorts them, with operational states every minute,
tasks, faults, repairs, interventions, emergency stops and silences.
Load: none. Warm-up: each query three times; then the median of 15 runs.
The baseline is bench/baselines/live_raw.sql on all cores; both give the same integers.

Run: python -m bench.live
"""

import importlib
import json
import os
import tempfile
from pathlib import Path
from typing import Final

import django

from config import places
from config.embedded.postgres import OWNER, Postgres

AT_LEAST: Final = 30.0


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="pilotgate-bench-"))
    folder.chmod(0o711)
    server = Postgres(folder, durable=False)
    server.start()
    try:
        os.environ |= {
            "DATABASE_URL": server.url(OWNER),
            "PILOTGATE_HOME": str(folder),
            "PILOTGATE_ENV": "test",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        django.setup()
        measured = importlib.import_module("bench._live_pilot").measure(folder)
    finally:
        server.stop()
    show(measured)


def show(measured: dict[str, float]) -> None:
    print(f"{measured['samples']:,.0f} samples, folded in {measured['fold_s']:.1f} s")
    print(f"{'':<34}{'median':>12}")
    print(f"{'live KPIs from states':<34}{measured['live_ms']:>9.1f} ms")
    print(f"{'DuckDB over the raw rows':<34}{measured['raw_ms']:>9.1f} ms")
    print(f"{'times faster (at least 30)':<34}{measured['live_vs_raw']:>9.1f}")
    results = places.CHECKOUT / "bench" / "results"
    results.mkdir(exist_ok=True)
    kept = {"measured": measured, "bound": AT_LEAST, "cores": os.cpu_count()}
    (results / "live.json").write_text(json.dumps(kept, indent=2) + "\n")
    if measured["live_vs_raw"] < AT_LEAST:
        raise SystemExit("live figures are not fast enough")


if __name__ == "__main__":
    main()
