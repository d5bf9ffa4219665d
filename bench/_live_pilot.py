"""The measured part of bench.live; needs Django set up and a database of its own."""

import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import duckdb
from django.core.management import call_command

from kpis.engine.backends import Files
from kpis.engine.backends.duck import DuckDb
from kpis.engine.states import parts_by_minute
from kpis.services import compute
from kpis.services.states import add_states
from robot_bridge.telemetry import HOUR_US, Window
from tests.factories import make_robot

ROBOTS: Final = 20
SECONDS: Final = 108_000
METRICS: Final = 10
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
HEADER: Final = """
    'telemetry' AS stream, 's' AS session, second AS seq, 0::INTEGER AS ordinal,
    {start} + second * 1000000 AS ts_us, 0::INTEGER AS quality, 'sim' AS evidence,
    '1.0' AS software
"""
# Every robot is silent for five minutes in an hour or so.
SECONDS_ALIVE: Final = """
    FROM range({robots}) AS robot (number), range({seconds}) AS clock (second)
    WHERE hash(robot.number, second // 300) % 13 > 0
"""
SAMPLES: Final = """
COPY (
    SELECT robot.number + {first} AS robot_id, {header}, 'metric_' || metric AS metric,
        (hash(second, metric) % 1000000)::BIGINT AS value
    {alive_with_metrics}
    ORDER BY robot_id, ts_us
) TO '{path}' (FORMAT parquet, COMPRESSION zstd)
"""
EVENTS: Final = """
COPY (
    WITH alive AS (SELECT robot.number AS robot, second {alive}),
    told AS (
        SELECT robot, second, 'op_state' AS kind, '' AS ref,
            ['navigating', 'navigating', 'idle', 'charging', 'waiting_human',
                'disabled'][(1 + hash(robot, second // 240) % 6)::BIGINT] AS value,
            NULL::BIGINT AS number
        FROM alive WHERE second % 60 = 0
        UNION ALL
        SELECT robot, second, 'task', 'T' || second // 180,
            CASE second % 180 WHEN 5 THEN 'started'
                ELSE if(hash(robot, second) % 20 = 0, 'failed', 'finished') END, NULL
        FROM alive WHERE second % 180 IN (5, 170)
        UNION ALL
        SELECT robot, second, 'fault', 'E1',
            if(second % 7200 = 11, 'raised', 'cleared'), 2
        FROM alive WHERE second % 7200 IN (11, 900)
        UNION ALL
        SELECT robot, second, 'repair', 'R' || second // 7200,
            if(second % 7200 = 20, 'started', 'finished'), NULL
        FROM alive WHERE second % 7200 IN (20, 880 + robot * 100)
        UNION ALL
        SELECT robot, second, 'intervention', 'I' || second // 3600, 'started', NULL
        FROM alive WHERE second % 3600 = 1800
        UNION ALL
        SELECT robot, second, 'safety', 'estop',
            if(second % 9000 = 30, 'active', 'released'), NULL
        FROM alive WHERE second % 9000 IN (30, 40)
    )
    SELECT robot + {first} AS robot_id, {header}, kind, ref, value, number
    FROM told ORDER BY robot_id, ts_us
) TO '{path}' (FORMAT parquet, COMPRESSION zstd)
"""


def median_s(deed: Callable[[], Any]) -> float:
    """Return the median time of a deed, warmed up."""
    times = []
    for number in range(WARM_UP + RUNS):
        begun = time.perf_counter()
        deed()
        if number >= WARM_UP:
            times.append(time.perf_counter() - begun)
    return statistics.median(times)


def write_telemetry(folder: Path, *, first: int, start_us: int) -> dict[str, Path]:
    """Write the pilot's rows as Parquet; returns the files by table."""
    given = {"start": start_us, "first": first}
    alive = SECONDS_ALIVE.format(robots=ROBOTS, seconds=SECONDS)
    with_metrics = alive.replace(
        "WHERE", f", range({METRICS}) AS told (metric) WHERE", 1
    )
    header = HEADER.format(**given)
    paths = {name: folder / f"{name}.parquet" for name in ("samples", "events")}
    database = duckdb.connect()
    database.execute(
        SAMPLES.format(
            **given,
            header=header,
            alive_with_metrics=with_metrics,
            path=paths["samples"],
        )
    )
    database.execute(
        EVENTS.format(**given, header=header, alive=alive, path=paths["events"])
    )
    return paths


def measure(folder: Path) -> dict[str, float]:
    call_command("migrate", verbosity=0)
    vendor = make_robot().vendor
    robots = [make_robot(vendor=vendor).pk for _ in range(ROBOTS)]
    now_us = time.time_ns() // 1000
    start_us = now_us - 40 * HOUR_US
    start_us -= start_us % HOUR_US
    paths = write_telemetry(folder, first=robots[0], start_us=start_us)

    begun = time.perf_counter()
    rows = {name: Files((str(path),)) for name, path in paths.items()}
    folded = parts_by_minute(DuckDb(), rows["samples"], rows["events"])
    add_states(folded.minutes, now_us=now_us)
    folding_s = time.perf_counter() - begun

    window = Window(start_us, start_us + 30 * HOUR_US)

    def live() -> dict[str, Any]:
        return compute(robots=robots, window=window, kpis=KPIS, evidence="sim")

    database = duckdb.connect()
    for name, path in paths.items():
        database.execute(f"CREATE VIEW {name} AS FROM read_parquet('{path}')")
    query = (Path(__file__).parent / "baselines" / "live_raw.sql").read_text()

    def raw() -> dict[str, int]:
        answer = database.execute(query)
        names = [column[0] for column in answer.description]
        return dict(zip(names, map(int, answer.fetchone()), strict=True))

    figures, integers = live(), raw()
    told = {name: n for figure in figures.values() for name, n in figure.parts.items()}
    if differing := {
        name: (told[name], n) for name, n in integers.items() if told[name] != n
    }:
        raise SystemExit(f"the baseline counts otherwise (ours, its): {differing}")
    samples = database.execute("SELECT count(*) FROM samples").fetchone()[0]
    live_s, raw_s = median_s(live), median_s(raw)
    return {
        "samples": samples,
        "fold_s": folding_s,
        "live_ms": live_s * 1000,
        "raw_ms": raw_s * 1000,
        "live_vs_raw": raw_s / live_s,
    }
