"""Rows counted by minute."""

from typing import Final

import ibis
import ibis.expr.types as ir

from kpis.engine.releases import own_releases, told_or_own, under_told_software
from kpis.engine.rows import LINE, ROW, inside, samples
from robot_bridge.telemetry import MINUTE_US, Quality

# Of `quality`: the row's clock was corrected, or replaced by the time of receipt.
CORRECTED: Final = Quality.CLOCK_CORRECTED | Quality.CLOCK_REPLACED


def counted(rows: ir.Table, *, once: bool = False) -> ir.Table:
    """Count the rows of each minute within the bounds, each once however often sent.

    `once` says that none is there twice, which spares the search; of a row that is,
    the least flags count.
    """
    told = ["metric"] if "metric" in rows.columns else ["kind", "ref", "value"]
    quality = rows.quality.fill_null(0)
    each = rows.select(
        *ROW,
        *told,
        corrected=((quality & CORRECTED.value) != 0).cast("int64"),
        late=((quality & Quality.LATE.value) != 0).cast("int64"),
    )
    if not once:
        each = each.group_by(*ROW, *told).agg(
            corrected=each.corrected.min(), late=each.late.min()
        )
    counting = inside(each)
    return counting.group_by(*LINE, "software", "bucket_us").agg(
        n=counting.count(),
        corrected=counting.corrected.sum().cast("int64"),
        late=counting.late.sum().cast("int64"),
    )


def counted_samples(*, once: bool = False) -> ir.Table:
    """Count samples under the software told.

    Minutes are counted whole, under the version they begin in; the few rows behind a
    change within their minute are then taken from that version and given to theirs.
    """
    counts = ("n", "corrected", "late")
    whole = counted(samples, once=once)
    own = own_releases().filter(ibis._.told_from_us % MINUTE_US != 0)
    behind = samples.inner_join(
        own,
        [
            *(samples[name] == own[f"told_{name}"] for name in LINE),
            samples.ts_us >= own.told_from_us,
            samples.ts_us <= own.told_last_us,
            samples.ts_us < own.told_from_us - own.told_from_us % MINUTE_US + MINUTE_US,
        ],
    )
    taken = counted(behind.select(samples.columns), once=once)
    taken = taken.mutate(**{name: -taken[name] for name in counts})
    given = behind.mutate(software=told_or_own(behind)).select(samples.columns)
    begun = ibis.union(whole, taken, distinct=False)
    moved = ibis.union(
        under_told_software(begun, "bucket_us"),
        counted(given, once=once),
        distinct=False,
    )
    moved = moved.group_by(*LINE, "software", "bucket_us").agg(
        **{name: moved[name].sum().cast("int64") for name in counts}
    )
    return moved.filter(moved.n != 0)
