"""The telemetry lake: two Delta tables on Parquet, read by DuckDB on pinned files.

Both are partitioned by UTC day. A commit says up to which segment of each spool run
it holds the rows, so that no segment's rows are appended twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from deltalake import (
    ColumnProperties,
    CommitProperties,
    DeltaTable,
    Transaction,
    WriterProperties,
    write_deltalake,
)
from deltalake.exceptions import TableNotFoundError

from robot_bridge.telemetry import DAY_US, EVENTS, READING_ORDER, SAMPLES, Window

EPOCH_DAY: Final = date(1970, 1, 1)
MESSAGE_KEY: Final = ("robot_id", "stream", "session", "seq")
_FILES_KEPT_H: Final = 24
_CONFIGURATION: Final = {
    "delta.logRetentionDuration": "interval 6 hours",
    "delta.deletedFileRetentionDuration": f"interval {_FILES_KEPT_H} hours",
}
# Integers that hardly repeat: half the time and a third of the space of a dictionary.
_REPEATED: Final = frozenset({"robot_id", "ts_src", "quality"})
_DELTAS: Final = ColumnProperties(
    dictionary_enabled=False, encoding="DELTA_BINARY_PACKED"
)


class LakeTable(StrEnum):
    SAMPLES = "samples"
    EVENTS = "events"


SCHEMAS: Final = {LakeTable.SAMPLES: SAMPLES, LakeTable.EVENTS: EVENTS}
_WRITING: Final = {
    table: WriterProperties(
        compression="ZSTD",
        compression_level=1,
        column_properties={
            column.name: _DELTAS
            for column in schema
            if pa.types.is_integer(column.type) and column.name not in _REPEATED
        },
    )
    for table, schema in SCHEMAS.items()
}
_OFFLINE: Final[dict[str, str | bool | int | float | list[str]]] = {
    "autoinstall_known_extensions": "false"
}
_NO_LIMIT: Final = 2**62
_DAY: Final = pa.field("day", pa.date32())


@dataclass(frozen=True, slots=True)
class Lake:
    """Both tables under one folder or URL."""

    url: str

    def prepare(self) -> None:
        """Make the tables where there are none yet, before a first row waits for it."""
        for table in LakeTable:
            _writable(self.url, table)

    def append(
        self, table: LakeTable, rows: pa.Table, marks: Mapping[str, int]
    ) -> None:
        """Add rows in one commit.

        `marks`: by spool run, the number of the last segment whose rows are in.
        """
        write_deltalake(
            _writable(self.url, table),
            rows.cast(SCHEMAS[table]).append_column(_DAY, _days(rows["ts_us"])),
            mode="append",
            writer_properties=_WRITING[table],
            commit_properties=CommitProperties(
                app_transactions=[
                    Transaction(app_id=run, version=number)
                    for run, number in marks.items()
                ]
            ),
        )

    def stored_up_to(self, table: LakeTable, run: str) -> int:
        """Return the number of the last segment of a run whose rows are in, or 0."""
        found = self._open(table)
        return 0 if found is None else found.transaction_version(run) or 0

    def version(self, table: LakeTable) -> int:
        found = self._open(table)
        return -1 if found is None else found.version()

    def files(
        self, table: LakeTable, window: Window, *, version: int | None = None
    ) -> list[str]:
        """Return the files that hold the window's days in one pinned version."""
        found = self._open(table, version)
        if found is None or not window.length_us:
            return []
        first = _day_of(window.start_us)
        last = _day_of(window.end_us - 1)
        return found.file_uris(
            file_pruning_predicate=[
                ("day", ">=", first.isoformat()),
                ("day", "<=", last.isoformat()),
            ]
        )

    def tidy(self, table: LakeTable) -> int:
        """Merge small files and forget old ones; returns how many were merged.

        Files that a version of the last day needs stay.
        """
        found = self._open(table)
        if found is None:
            return 0
        done = found.optimize.compact(writer_properties=_WRITING[table])
        found.vacuum(retention_hours=_FILES_KEPT_H, dry_run=False)
        found.create_checkpoint()
        found.cleanup_metadata()
        return int(done["numFilesRemoved"])

    def _open(self, table: LakeTable, version: int | None = None) -> DeltaTable | None:
        try:
            return DeltaTable(f"{self.url}/{table}", version=version)
        except TableNotFoundError:
            return None


@lru_cache(maxsize=4)
def _writable(url: str, table: LakeTable) -> DeltaTable:
    """Return a table to append to, made if need be; kept, as opening it costs most."""
    return DeltaTable.create(
        f"{url}/{table}",
        schema=SCHEMAS[table].append(_DAY),
        mode="ignore",
        partition_by=[_DAY.name],
        configuration=_CONFIGURATION,
    )


def read_rows(
    table: LakeTable,
    files: Sequence[str],
    conditions: Mapping[str, Any],
    window: Window,
    *,
    without: pa.Table | None = None,
    limit: int | None = None,
) -> pa.Table:
    """Read rows of pinned files in reading order.

    `conditions`: by column, the value it equals or the list it is in. `without`:
    messages (MESSAGE_KEY) whose rows do not count.
    """
    schema = SCHEMAS[table]
    if not files:
        return schema.empty_table()
    unknown = set(conditions) - set(schema.names)
    if unknown:
        raise ValueError(
            f"lake table {table} has no column {', '.join(sorted(unknown))}; "
            f"its columns are {', '.join(schema.names)}"
        )
    where = ["ts_us >= ?", "ts_us < ?", *(f"{name} = ANY(?)" for name in conditions)]
    values = [
        list(value) if isinstance(value, list | tuple | set) else [value]
        for value in conditions.values()
    ]
    # Only names of our own schema are written into the text; values are bound.
    source = f"read_parquet(?) AS row WHERE {' AND '.join(where)}"
    if without is not None and without.num_rows:
        same = " AND ".join(f"refused.{name} = row.{name}" for name in MESSAGE_KEY)
        source += f" AND NOT EXISTS (SELECT 1 FROM refused WHERE {same})"  # noqa: S608
    sql = f"SELECT {', '.join(schema.names)} FROM {source}"  # noqa: S608
    sql += f" ORDER BY {', '.join(READING_ORDER)} LIMIT ?"
    given = [list(files), window.start_us, window.end_us, *values, limit or _NO_LIMIT]
    with duckdb.connect(config=_OFFLINE) as connection:
        if without is not None:
            connection.register("refused", without)
        found = connection.sql(sql, params=given).to_arrow_table()
    return found.cast(schema)


def count_rows(files: Sequence[str]) -> tuple[int, int]:
    """Return how many rows there are, and how many different ones."""
    if not files:
        return 0, 0
    key = ", ".join((*MESSAGE_KEY, "ordinal"))
    counts = f"SELECT count(*), count(DISTINCT ({key})) FROM read_parquet(?)"  # noqa: S608
    with duckdb.connect(config=_OFFLINE) as connection:
        found = connection.execute(counts, [list(files)]).fetchone()
    return (0, 0) if found is None else (found[0], found[1])


def _days(ts_us: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.divide(ts_us, DAY_US).cast(pa.int32()).cast(pa.date32())


def _day_of(ts_us: int) -> date:
    return EPOCH_DAY + timedelta(days=ts_us // DAY_US)
