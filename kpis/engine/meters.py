"""Readings of meters and gauges, each held against the one before it."""

from typing import Final

import ibis
import ibis.expr.types as ir

from kpis.engine.releases import under_told_software
from kpis.engine.rows import LINE, NO, ROW, YES, carried, inside, reading_order, samples
from robot_bridge.telemetry import HOUR_US

# What a carried reading calls itself; its ref is the metric, its value the session.
METER: Final = "meter"
# Meters only ever rise; of gauges the level is read.
READ: Final = ("distance_m", "energy_wh", "soh")
# A reading is held against the one before it within its session, if not older.
LONGEST_STEP_US: Final = HOUR_US
# Numbers from outside are taken up to here, so that no difference leaves int64.
HIGHEST: Final = 2**53


def read() -> ir.Table:
    """Return the rows of meters and gauges, each held against the one before it.

    `up` and `elapsed_us` tell how far a meter rose since the reading before it in
    the same session, and in what time; both are 0 where there was none, where it is
    more than an hour old, and where the meter fell, as it does when it begins anew.
    """
    rows = samples.filter(
        samples.metric.isin(READ) & (samples.value >= 0) & (samples.value <= HIGHEST)
    )
    rows = rows.select(
        *ROW,
        metric=rows.metric,
        level=rows.value,
        source=rows.stream + " " + rows.session,
        carried=NO,
    ).distinct()
    before = carried.filter(carried.kind == METER)
    before = before.select(
        *ROW,
        metric=before.ref,
        level=before.number,
        source=before.value,
        carried=YES,
    )
    rows = under_told_software(ibis.union(rows, before, distinct=False))
    reading = reading_order(rows, "metric")
    rows = rows.mutate(
        was=rows.level.lag().over(reading),
        was_of=rows.source.lag().over(reading),
        waited_us=rows.ts_us - rows.ts_us.lag().over(reading),
    )
    rises = (
        (rows.source == rows.was_of)
        & (rows.waited_us <= LONGEST_STEP_US)
        & (rows.level >= rows.was)
    ).fill_null(NO)
    return rows.mutate(
        up=ibis.ifelse(rises, rows.level - rows.was, 0),
        elapsed_us=ibis.ifelse(rises, rows.waited_us, 0),
    ).drop("was", "was_of", "waited_us")


def read_by_minute(meter: ir.Table) -> ir.Table:
    """Sum the readings within the bounds by minute and metric."""
    read = inside(meter.filter(~meter.carried))
    return read.group_by(*LINE, "software", "bucket_us", "metric").agg(
        n=read.count(),
        level=read.level.sum().cast("int64"),
        up=read.up.sum().cast("int64"),
        elapsed_us=read.elapsed_us.sum().cast("int64"),
    )
