"""The parts of bench.kpis that need the platform's database; Django is set up."""

import os
import statistics
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import duckdb
import numpy as np
import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from bench import _recompute, _telemetry
from bench._publisher import batches
from bench.baselines import copy_stage
from kpis import services
from kpis.engine import states
from kpis.engine.backends.duck import DuckDb
from kpis.models import KpiState
from kpis.services.dirt import mark_dirty
from kpis.services.lake import EVER
from kpis.services.states import add_states
from robot_bridge.lake import Lake, LakeTable, read_rows
from robot_bridge.services import ingest
from robot_bridge.spool import Spool
from robot_bridge.telemetry import DAY_US, HOUR_US, Envelope, Window
from tests.factories import make_deployment_span, make_robot

WARM_UP: Final = 3
RUNS: Final = 15
KPIS: Final = (
    "availability",
    "mtbf",
    "repairs_within_30_min",
    "task_success",
    "throughput",
    "interventions_per_hour",
    "estops_per_100h",
)
BATCH_ROWS: Final = 50_000
BATCHES: Final = 20
ROBOTS_THAT_SEND: Final = 8


def median_s(deed: Callable[[], Any]) -> float:
    """Return the median time of a deed, warmed up."""
    times = []
    for number in range(WARM_UP + RUNS):
        begun = time.perf_counter()
        deed()
        if number >= WARM_UP:
            times.append(time.perf_counter() - begun)
    return statistics.median(times)


def prepare() -> None:
    call_command("migrate", verbosity=0)
    vendor = make_robot().vendor
    for _number in range(_telemetry.ROBOTS - 1):
        make_robot(vendor=vendor)


def live(written: _telemetry.Written, window: Window) -> dict[str, float]:
    """Time a pilot's live figures from states, and from its raw rows."""
    KpiState.objects.all().delete()
    files = _recompute.files(written.url, window)
    folded = states.parts_by_minute(DuckDb(), *files, once=True)
    add_states(folded.minutes, now_us=time.time_ns() // 1000)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE kpis_kpistate")
    robots = range(1, _telemetry.ROBOTS + 1)
    database = duckdb.connect()
    for name, rows in zip(("samples", "events"), files, strict=True):
        database.execute(
            f"CREATE VIEW {name} AS FROM read_parquet({list(rows.uris)!r}) "
            f"WHERE {rows.where}"
        )
    query = (Path(__file__).parent / "baselines" / "live_raw.sql").read_text()

    def from_states() -> dict[str, Any]:
        return services.compute(robots=robots, window=window, kpis=KPIS, evidence="sim")

    def from_rows() -> dict[str, int]:
        answer = database.execute(query)
        names = [column[0] for column in answer.description]
        return dict(zip(names, map(int, answer.fetchone()), strict=True))

    figures, integers = from_states(), from_rows()
    told = {name: n for figure in figures.values() for name, n in figure.parts.items()}
    if differing := {
        name: (told[name], n) for name, n in integers.items() if told[name] != n
    }:
        raise SystemExit(f"the baseline counts otherwise (ours, its): {differing}")
    return {"live_s": median_s(from_states), "raw_s": median_s(from_rows)}


def fold(folder: Path) -> dict[str, float]:
    """Settle, fold and store batches; COPY the same rows into PostgreSQL."""
    settings.LAKE_URL = str(folder / "lake")
    vendor = make_robot().vendor
    robots = [
        make_deployment_span(evidence="sim", robot=make_robot(vendor=vendor)).robot
        for _number in range(ROBOTS_THAT_SEND)
    ]
    spool = Spool(folder / "spool", reserve_bytes=0)
    services.get_ready()
    best = 0.0
    for _turn in range(3):
        seconds, rows = _settled(spool, [robot.wire_name for robot in robots])
        best = max(best, rows / seconds)
    lake = Lake(settings.LAKE_URL)
    stored = read_rows(
        LakeTable.SAMPLES, lake.files(LakeTable.SAMPLES, EVER), {}, EVER
    ).slice(0, BATCHES * BATCH_ROWS)
    order = np.argsort(stored["recv_us"].to_numpy(), kind="stable")
    stored = stored.take(order)
    written = [
        copy_stage.written(stored.slice(at, BATCH_ROWS))
        for at in range(0, stored.num_rows, BATCH_ROWS)
    ]
    with psycopg.connect(os.environ["DATABASE_URL"]) as database:
        copy_stage.prepare(database)
        copied_s = copy_stage.load(database, written)
        row_bytes = copy_stage.bytes_per_row(database)
    return {
        "fold_rows_per_s": best,
        "copy_rows_per_s": stored.num_rows / copied_s,
        "pg_bytes_per_row": row_bytes,
    }


def _settled(spool: Spool, names: list[str]) -> tuple[float, int]:
    """Settle batch after batch; returns the seconds and the rows."""
    told = batches("columns", BATCHES * BATCH_ROWS // 1_000, str(uuid.uuid4()), names)
    envelopes = [
        Envelope(topic, payload, topic.split("/", 2)[2].rpartition("/")[0], at_us)
        for at_us, (topic, payload) in enumerate(told, time.time_ns() // 1000)
    ]
    seconds, rows, each = 0.0, 0, BATCH_ROWS // 1_000
    for at in range(0, len(envelopes), each):
        ingest(envelopes[at : at + each], spool=spool)
        begun = time.perf_counter()
        rows += services.settle_and_fold(spool)
        seconds += time.perf_counter() - begun
    if rows < BATCHES * BATCH_ROWS:
        raise SystemExit(f"{rows} rows of {BATCHES * BATCH_ROWS} were accepted")
    return seconds, rows


def late(written: _telemetry.Written, window: Window) -> dict[str, float]:
    """Spoil a robot's day, repair it, and compare with recomputing all of it."""
    settings.LAKE_URL = written.url
    begun = time.perf_counter()
    services.recompute(range(1, _telemetry.ROBOTS + 1), check=False)
    full_s = time.perf_counter() - begun
    start_us = window.start_us + max(0, window.length_us - DAY_US) // 2
    dirty = Window(start_us, min(start_us + DAY_US, window.end_us))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE kpis_kpistate SET facts[1] = facts[1] + 1 WHERE robot_id = 7 "
            "AND bucket_start_us >= %s AND bucket_start_us < %s",
            [dirty.start_us, dirty.end_us - HOUR_US],
        )
    with transaction.atomic():
        mark_dirty(7, dirty)
    begun = time.perf_counter()
    services.repair([7])
    repair_s = time.perf_counter() - begun
    (report,) = services.recompute([7], check=True)
    return {"full_s": full_s, "repair_s": repair_s, "equal": float(report.is_right)}
