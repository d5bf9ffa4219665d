"""The software a row belongs to.

It is the version the robot last told, at an instant or before it; until it tells one,
and where it tells that it does not know, it is the row's own: the version the
deployment names. Rows of one instant are of one version. A version is told without a
ref; one with a ref is of a component and splits nothing.
"""

from typing import Final

import ibis
import ibis.expr.types as ir

from kpis.engine.rows import (
    LAST_US,
    LINE,
    YES,
    last_at_each_instant,
    releases,
    told_rows,
)
from robot_bridge.telemetry import Kind

VERSION_SIGNS: Final = 64


def changes_of_software() -> ir.Table:
    """Return each change of the version a line tells; see `releases`."""
    rows = told_rows.filter((told_rows.kind == Kind.SOFTWARE) & (told_rows.ref == ""))
    rows = last_at_each_instant(rows)
    rows = rows.select(
        *LINE, version=rows.value.substr(0, VERSION_SIGNS), from_us=rows.ts_us
    )
    line = [rows[name] for name in LINE]
    before = rows.version.lag().over(group_by=line, order_by=rows.from_us)
    rows = rows.mutate(before=before)
    rows = rows.filter((rows.version != rows.before).fill_null(YES)).drop("before")
    line = [rows[name] for name in LINE]
    next_us = rows.from_us.lead().over(group_by=line, order_by=rows.from_us)
    return rows.mutate(last_us=(next_us - 1).fill_null(LAST_US))


def under_told_software(rows: ir.Table, at: str = "ts_us") -> ir.Table:
    """Write the version told over each row's software; `at`: its instant's column."""
    own = own_releases()
    joined = rows.left_join(
        own,
        [
            *(rows[name] == own[f"told_{name}"] for name in LINE),
            rows[at] >= own.told_from_us,
            rows[at] <= own.told_last_us,
        ],
    )
    return joined.mutate(software=told_or_own(joined)).select(rows.columns)


def own_releases() -> ir.Table:
    return releases.rename({f"told_{name}": name for name in releases.columns})


def told_or_own(joined: ir.Table) -> ir.StringValue:
    return ibis.coalesce(joined.told_version.nullif(""), joined.software)


def heard() -> ir.Table:
    """Return the events and what is carried, each under the software told."""
    return under_told_software(told_rows)
