"""The rows a plan reads, as Ibis sees them; each name is a table of the plan."""

from typing import Final

import ibis
import ibis.expr.types as ir

from robot_bridge.telemetry import MINUTE_US

LINE: Final = ("robot_id", "evidence")
PLACE: Final = ("ts_us", "stream", "session", "seq", "ordinal")
ROW: Final = {
    "robot_id": "int64",
    "evidence": "string",
    "software": "string",
    "ts_us": "int64",
    "stream": "string",
    "session": "string",
    "seq": "int64",
    "ordinal": "int64",
}
samples: Final = ibis.table(
    {**ROW, "quality": "int64", "metric": "string", "value": "int64"}, name="samples"
)
TOLD: Final = {
    **ROW,
    "quality": "int64",
    "kind": "string",
    "ref": "string",
    "value": "string",
    "number": "int64",
}
fresh: Final = ibis.table(TOLD, name="events")
carried: Final = ibis.table(TOLD, name="carried")
# Both together, a step of its own, and the same under the software told.
HEARD: Final = {**TOLD, "carried": "boolean"}
told_rows: Final = ibis.table(HEARD, name="told")
events: Final = ibis.table(HEARD, name="heard")
# When a line's software changed: it is `version` from `from_us` to `last_us`.
releases: Final = ibis.table(
    {
        "robot_id": "int64",
        "evidence": "string",
        "version": "string",
        "from_us": "int64",
        "last_us": "int64",
    },
    name="releases",
)
# One row: facts are taken inside [start_us, end_us) only.
bounds: Final = ibis.table({"start_us": "int64", "end_us": "int64"}, name="bounds")
YES: Final = ibis.literal(value=True)
NO: Final = ibis.literal(value=False)
ONE: Final = ibis.literal(1, "int64")
LAST_US: Final = 2**63 - 1


@ibis.udf.scalar.builtin
def divide(value: int, by: int) -> int:  # type: ignore[empty-body]
    """Divide whole numbers, towards zero; Ibis itself would go by way of floats."""


def inside(rows: ir.Table) -> ir.Table:
    """Return the rows within the bounds, each with its minute."""
    cut = rows.cross_join(bounds)
    cut = cut.filter((cut.ts_us >= cut.start_us) & (cut.ts_us < cut.end_us))
    return cut.mutate(bucket_us=cut.ts_us - cut.ts_us % MINUTE_US)


def reading_order(rows: ir.Table, *key: str) -> ir.Value:
    """Order the rows of each key of a line as they are read, carried ones first."""
    return ibis.window(
        group_by=[rows[name] for name in (*LINE, *key)],
        order_by=[rows.carried.desc(), *(rows[name] for name in PLACE)],
    )


def last_at_each_instant(rows: ir.Table) -> ir.Table:
    """Keep of each kind, line and instant the row that is read last."""
    last_first = [
        rows.carried.asc(),
        *(rows[name].desc() for name in ("stream", "session", "seq", "ordinal")),
    ]
    speaks = ibis.row_number().over(
        group_by=[*(rows[name] for name in LINE), rows.kind, rows.ts_us],
        order_by=last_first,
    )
    return rows.mutate(speaks=speaks).filter(ibis._.speaks == 0)
