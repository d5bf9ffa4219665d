"""Where a plan runs. The definitions are Ibis; these are the engines behind them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import ibis.expr.types as ir
import pyarrow as pa


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One named table of a plan; `wanted` ones are handed back."""

    name: str
    table: ir.Table
    wanted: bool = False


@dataclass(frozen=True, slots=True)
class Files:
    """Rows that stay in Parquet files.

    `where` is SQL over their columns; `without` are messages (their columns make the
    key) whose rows do not count; `columns` are SQL expressions, none for all.
    """

    uris: tuple[str, ...]
    where: str = "true"
    without: pa.Table | None = None
    columns: tuple[str, ...] = ("*",)


class Backend(Protocol):
    """Runs the steps of a plan over named inputs."""

    def run(
        self, plan: Sequence[Step], inputs: Mapping[str, pa.Table | Files]
    ) -> dict[str, pa.Table]: ...
