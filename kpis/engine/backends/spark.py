"""Spark, where one machine is outgrown: the same plan on a cluster."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

import pyarrow as pa
from ibis.backends.sql.compilers.pyspark import compiler
from pyspark.errors import ArithmeticException
from pyspark.sql import DataFrame, SparkSession

from kpis.engine.backends import Files, Step
from kpis.engine.errors import StateOverflowError

SETTINGS: Final = {
    "spark.sql.session.timeZone": "UTC",
    # What leaves int64 is an error, never another number.
    "spark.sql.ansi.enabled": "true",
    "spark.sql.ansi.doubleQuotedIdentifiers": "true",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
# A FAULTS snapshot taken apart, as DuckDB's macro does it. Spark runs no function of
# SQL inside explode(), so the text itself stands in the plan.
FAULT_ENTRIES: Final = r"""
transform(
    filter(
        coalesce(
            CASE WHEN schema_of_variant(try_parse_json(\1)) LIKE 'ARRAY%' THEN
                CAST(try_parse_json(\1) AS ARRAY<VARIANT>) END,
            array()),
        entry -> schema_of_variant(entry) LIKE 'ARRAY%'
            AND try_variant_get(entry, '$[0]', 'string') IS NOT NULL),
    entry -> concat(
        CASE WHEN try_cast(try_variant_get(entry, '$[1]', 'string') AS BIGINT) < 2
            THEN '1 ' ELSE '2 ' END,
        try_variant_get(entry, '$[0]', 'string')))
"""


_DIVIDE: Final = re.compile(r"DIVIDE\((`\w+`\.`\w+`), (\d+)\)")
_FAULTS: Final = re.compile(r"FAULT_ENTRIES\((`\w+`\.`\w+`)\)")


@cache
def _compiled(step: Step) -> str:
    """Write a step as Spark's SQL."""
    inner = compiler.to_sqlglot(step.table).sql(compiler.dialect)
    inner = _FAULTS.sub(FAULT_ENTRIES, inner)
    inner = _DIVIDE.sub(r"(\1 DIV \2)", inner)
    columns = ", ".join(
        f"CAST(`{name}` AS BIGINT) AS `{name}`" if kind.is_integer() else f"`{name}`"
        for name, kind in step.table.schema().items()
    )
    return f"SELECT {columns} FROM ({inner})"  # noqa: S608 - our own definitions


class Spark:
    """A session on a cluster, `master` as Spark writes it: spark://host:port."""

    def __init__(self, master: str, settings: Mapping[str, str] | None = None) -> None:
        builder = SparkSession.builder.master(master).appName("pilotgate")
        for name, value in {**SETTINGS, **(settings or {})}.items():
            builder = builder.config(name, value)
        # Views are named in a session: each of ours needs names of its own.
        self._session = builder.getOrCreate().newSession()

    def run(
        self, plan: Sequence[Step], inputs: Mapping[str, pa.Table | Files]
    ) -> dict[str, pa.Table]:
        """Run the steps in order.

        Raises:
            StateOverflowError: a sum left int64.
        """
        kept: list[DataFrame] = []
        try:
            for name, rows in inputs.items():
                self._read(rows).createOrReplaceTempView(name)
            return self._answers(plan, kept)
        except ArithmeticException as error:
            raise StateOverflowError(f"A sum left int64: {error}") from error
        finally:
            for rows in kept:
                rows.unpersist()
            for name in [*inputs, *(step.name for step in plan)]:
                self._session.catalog.dropTempView(name)

    def stop(self) -> None:
        self._session.stop()

    def _answers(
        self, plan: Sequence[Step], kept: list[DataFrame]
    ) -> dict[str, pa.Table]:
        answers = {}
        for step in plan:
            rows = self._session.sql(_compiled(step))
            if step.wanted:
                answers[step.name] = rows.toArrow()
            else:
                kept.append(rows.persist())
                rows.createOrReplaceTempView(step.name)
        return answers

    def _read(self, rows: pa.Table | Files) -> DataFrame:
        if isinstance(rows, pa.Table):
            return self._session.createDataFrame(rows)
        found = self._session.read.parquet(*rows.uris).where(rows.where)
        if rows.without is not None and rows.without.num_rows:
            refused = self._session.createDataFrame(rows.without)
            found = found.join(refused, rows.without.column_names, "left_anti")
        return found.selectExpr(*rows.columns)
