"""Raw samples into PostgreSQL, once each: COPY into a stage, then ON CONFLICT.

As fast as we can make it: binary COPY of bytes written beforehand, an unlogged stage
that is truncated, one INSERT a batch, one key and no other index, a commit a batch.
"""

import struct
import time
from collections.abc import Sequence

import psycopg
import pyarrow as pa

COLUMNS = (
    ("robot_id", "bigint"),
    ("stream", "text"),
    ("session", "text"),
    ("seq", "bigint"),
    ("ordinal", "integer"),
    ("ts_us", "bigint"),
    ("recv_us", "bigint"),
    ("ts_src", "smallint"),
    ("quality", "integer"),
    ("evidence", "text"),
    ("software", "text"),
    ("metric", "text"),
    ("value", "bigint"),
)
WIDTH = {"bigint": ">iq", "integer": ">ii", "smallint": ">ih"}
HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
END = b"\xff\xff"


def prepare(database: psycopg.Connection) -> None:
    columns = ", ".join(f"{name} {kind} NOT NULL" for name, kind in COLUMNS)
    database.execute(
        f"CREATE TABLE bench_sample ({columns}, "
        "PRIMARY KEY (robot_id, stream, session, seq, ordinal))"
    )
    database.execute("CREATE UNLOGGED TABLE bench_stage (LIKE bench_sample)")
    database.commit()


def written(batch: pa.Table) -> bytes:
    """Write a batch as COPY reads it."""
    columns = []
    for name, kind in COLUMNS:
        values = batch[name].to_pylist()
        if kind == "text":
            texts = {text: text.encode() for text in set(values)}
            fields = {t: struct.pack(">i", len(b)) + b for t, b in texts.items()}
            columns.append([fields[text] for text in values])
        else:
            form, width = WIDTH[kind], struct.calcsize(WIDTH[kind]) - 4
            columns.append([struct.pack(form, width, value) for value in values])
    head = struct.pack(">h", len(COLUMNS))
    rows = [head + b"".join(row) for row in zip(*columns, strict=True)]
    return HEAD + b"".join(rows) + END


def load(database: psycopg.Connection, batches: Sequence[bytes]) -> float:
    """Load the batches; returns the seconds."""
    begun = time.perf_counter()
    for batch in batches:
        with database.cursor() as cursor:
            cursor.execute("TRUNCATE bench_stage")
            with cursor.copy("COPY bench_stage FROM STDIN (FORMAT BINARY)") as copy:
                copy.write(batch)
            cursor.execute(
                "INSERT INTO bench_sample SELECT * FROM bench_stage "
                "ON CONFLICT DO NOTHING"
            )
        database.commit()
    return time.perf_counter() - begun


def bytes_per_row(database: psycopg.Connection) -> float:
    database.autocommit = True
    database.execute("VACUUM bench_sample")
    found = database.execute(
        "SELECT pg_total_relation_size('bench_sample')::float / count(*) "
        "FROM bench_sample"
    ).fetchone()
    return float(found[0]) if found else 0.0
