"""One full recompute in a process of its own: its time, its memory and its digest.

Run: python -m bench._recompute HOW URL START_US END_US THREADS [SPARK_URL FOLDER]
HOW: engine, sql (bench/baselines/recompute.sql), spark or twin.
Prints JSON. The digest is over every integer of every minute.
"""

import hashlib
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from kpis.engine import states, sums
from kpis.engine.backends import Files
from kpis.engine.backends.duck import DuckDb
from kpis.engine.parts import FACT_KEYS
from pilotgate_offline import twins
from robot_bridge.lake import Lake, LakeTable, read_rows
from robot_bridge.telemetry import Window
from tests.kpis import spark_cluster

RECOMPUTE = Path(__file__).parent / "baselines" / "recompute.sql"


def files(url: str, window: Window) -> list[Files]:
    where = f"ts_us >= {window.start_us} AND ts_us < {window.end_us}"
    return [
        Files(tuple(Lake(url).files(table, window)), where)
        for table in (LakeTable.SAMPLES, LakeTable.EVENTS)
    ]


def by_engine(url: str, window: Window, threads: int) -> pa.Table:
    backend = DuckDb(threads=threads)
    return states.parts_by_minute(backend, *files(url, window), once=True).minutes


def by_sql(url: str, window: Window, threads: int) -> pa.Table:
    database = duckdb.connect(config={"threads": threads})
    for name, rows in zip(("samples", "events"), files(url, window), strict=True):
        database.execute(
            f"CREATE VIEW {name} AS FROM read_parquet({list(rows.uris)!r}) "
            f"WHERE {rows.where}"
        )
    found = database.sql(RECOMPUTE.read_text()).to_arrow_table()
    return pa.table(
        [
            pc.fill_null(found[name], 0).cast(pa.int64())
            if name in FACT_KEYS
            else found[name]
            for name in sums.STATE.names
        ],
        schema=sums.STATE,
    )


def by_spark(url: str, window: Window, master: str, folder: str) -> pa.Table:
    from kpis.engine.backends.spark import Spark  # noqa: PLC0415 - an extra

    backend = Spark(master, spark_cluster.settings(Path(folder)))
    found = states.parts_by_minute(backend, *files(url, window), once=True).minutes
    backend.stop()
    return found


def by_twin(url: str, window: Window) -> pa.Table:
    lake = Lake(url)
    rows = [
        read_rows(table, lake.files(table, window), {}, window).to_pylist()
        for table in (LakeTable.SAMPLES, LakeTable.EVENTS)
    ]
    nothing = dict.fromkeys(FACT_KEYS, 0)
    found = twins.facts_by_minute(*rows)
    told = [
        dict(zip(sums.KEY, key, strict=True)) | nothing | dict(facts)
        for key, facts in found.items()
    ]
    return pa.Table.from_pylist(told, schema=sums.STATE)


def digest(minutes: pa.Table) -> str:
    told = hashlib.sha256()
    for name, column in zip(
        sums.STATE.names, sums.add_up([minutes]).columns, strict=True
    ):
        told.update(f"{name}:{column.to_pylist()}".encode())
    return told.hexdigest()


def main(
    how: str, url: str, start_us: str, end_us: str, threads: str, *more: str
) -> None:
    window = Window(int(start_us), int(end_us))
    ways: dict[str, Callable[[], pa.Table]] = {
        "engine": lambda: by_engine(url, window, int(threads)),
        "sql": lambda: by_sql(url, window, int(threads)),
        "spark": lambda: by_spark(url, window, *more),
        "twin": lambda: by_twin(url, window),
    }
    begun, used = time.perf_counter(), time.process_time()
    minutes = ways[how]()
    told = {
        "how": how,
        "threads": int(threads),
        "seconds": time.perf_counter() - begun,
        "cpu_s": time.process_time() - used,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "minutes": minutes.num_rows,
    }
    print(json.dumps(told | {"digest": digest(minutes)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
