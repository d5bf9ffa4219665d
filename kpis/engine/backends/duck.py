"""DuckDB, embedded: the default."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

import duckdb
import ibis
import pyarrow as pa

from kpis.engine.backends import Files, Step
from kpis.engine.errors import StateOverflowError

# A FAULTS snapshot is a JSON array of [code, level]; what is no such pair is no fault.
FAULT_ENTRIES: Final = """
CREATE OR REPLACE TEMP MACRO fault_entries(snapshot) AS
CASE WHEN json_valid(snapshot) AND json_type(snapshot) = 'ARRAY' THEN
  list_transform(
    list_filter(json_extract(snapshot, '$[*]'), lambda entry:
      json_type(entry) = 'ARRAY' AND entry ->> '$[0]' IS NOT NULL),
    lambda entry:
      CASE WHEN TRY_CAST(entry ->> '$[1]' AS BIGINT) < 2 THEN '1 ' ELSE '2 ' END
      || (entry ->> '$[0]'))
ELSE [] END
"""


@cache
def _compiled(step: Step) -> str:
    """Write a step as DuckDB's SQL; its sums are HUGEINT until they are cast."""
    inner = ibis.to_sql(step.table, dialect="duckdb")
    columns = ", ".join(
        f'"{name}"::BIGINT AS "{name}"' if kind.is_integer() else f'"{name}"'
        for name, kind in step.table.schema().items()
    )
    return f"SELECT {columns} FROM ({inner})"  # noqa: S608 - our own definitions


class DuckDb:
    """One private in-memory database; not to be shared between threads."""

    def __init__(self, *, threads: int | None = None, memory: str = "") -> None:
        settings: dict[str, str | bool | int | float | list[str]] = {}
        if threads is not None:
            settings["threads"] = threads
        if memory:
            settings["memory_limit"] = memory
        self._database = duckdb.connect(":memory:", config=settings)
        self._database.execute("SET TimeZone = 'UTC'")
        self._database.execute(FAULT_ENTRIES)

    def run(
        self, plan: Sequence[Step], inputs: Mapping[str, pa.Table | Files]
    ) -> dict[str, pa.Table]:
        """Run the steps in order.

        Raises:
            StateOverflowError: a sum left int64.
        """
        for name, rows in inputs.items():
            self._name(name, rows)
        try:
            return self._answers(plan)
        except (duckdb.OutOfRangeException, duckdb.ConversionException) as error:
            raise StateOverflowError(f"A sum left int64: {error}") from error
        finally:
            for step in plan:
                self._database.execute(f'DROP TABLE IF EXISTS "{step.name}"')
            for name, rows in inputs.items():
                self._forget(name, rows)

    def _answers(self, plan: Sequence[Step]) -> dict[str, pa.Table]:
        answers = {}
        for step in plan:
            query = _compiled(step)
            if step.wanted:
                answers[step.name] = self._database.sql(query).to_arrow_table()
            else:
                self._database.execute(f'CREATE TEMP TABLE "{step.name}" AS {query}')
        return answers

    def _name(self, name: str, rows: pa.Table | Files) -> None:
        if isinstance(rows, pa.Table):
            self._database.register(name, rows)
            return
        paths = ", ".join("'" + uri.replace("'", "''") + "'" for uri in rows.uris)
        source, where = f"read_parquet([{paths}]) AS row", rows.where
        if rows.without is not None and rows.without.num_rows:
            refused = f"{name}_refused"
            self._database.register(refused, rows.without)
            same = " AND ".join(
                f"refused.{key} = row.{key}" for key in rows.without.column_names
            )
            where += f" AND NOT EXISTS (FROM {refused} AS refused WHERE {same})"
        query = f"SELECT {', '.join(rows.columns)} FROM {source} WHERE {where}"  # noqa: S608 - names and paths of our own
        self._database.execute(f'CREATE OR REPLACE TEMP VIEW "{name}" AS {query}')

    def _forget(self, name: str, rows: pa.Table | Files) -> None:
        if isinstance(rows, pa.Table):
            self._database.unregister(name)
        else:
            self._database.execute(f'DROP VIEW IF EXISTS "{name}"')
            self._database.unregister(f"{name}_refused")
