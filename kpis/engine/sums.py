"""Tables of states: integers by robot, bucket, evidence and software, that add up."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pyarrow as pa

from kpis.engine.errors import StateOverflowError
from kpis.engine.parts import FACT_KEYS

KEY: Final = ("robot_id", "evidence", "software", "bucket_us")
STATE: Final = pa.schema(
    [
        ("robot_id", pa.int64()),
        ("evidence", pa.string()),
        ("software", pa.string()),
        ("bucket_us", pa.int64()),
        *((key, pa.int64()) for key in FACT_KEYS),
    ]
)


def add_up(tables: Sequence[pa.Table], *, bucket_us: int = 1) -> pa.Table:
    """Add tables of states key by key, in buckets of `bucket_us`; sorted by key.

    Raises:
        StateOverflowError: a sum left int64.
    """
    together = pa.concat_tables([table.cast(STATE) for table in tables])
    starts = together["bucket_us"].to_numpy()
    together = together.set_column(
        STATE.get_field_index("bucket_us"),
        "bucket_us",
        pa.array(starts - starts % bucket_us),
    ).sort_by([(name, "ascending") for name in KEY])
    groups = together.group_by(list(KEY), use_threads=False)
    added = groups.aggregate([(key, "sum") for key in FACT_KEYS])
    _refuse_overflow(together, added)
    names = {f"{key}_sum": key for key in FACT_KEYS}
    return (
        added.rename_columns([names.get(name, name) for name in added.column_names])
        .select(STATE.names)
        .cast(STATE)
    )


def _refuse_overflow(rows: pa.Table, added: pa.Table) -> None:
    """Arrow's sum wraps in silence; a float sum is near enough to see that it did."""
    for key in FACT_KEYS:
        reach = np.abs(rows[key].to_numpy().astype(np.float64)).sum()
        if reach < 2.0**62:
            continue
        wide = rows.select(KEY).append_column(key, rows[key].cast(pa.decimal128(38, 0)))
        exact = wide.group_by(list(KEY), use_threads=False).aggregate([(key, "sum")])
        if exact[f"{key}_sum"].cast(pa.decimal128(38, 0)).to_pylist() != [
            int(number) for number in added[f"{key}_sum"].to_pylist()
        ]:
            raise StateOverflowError(f"The sum of {key} left int64.")


def merge(left: pa.Table, right: pa.Table) -> pa.Table:
    """Add two tables of states; the order of arguments and of rows never matters."""
    return add_up([left, right])
