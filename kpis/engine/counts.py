"""Rows counted by minute, and the signs of life that they are."""

from typing import Final

import ibis
import ibis.expr.types as ir

from kpis.engine.definition import Source
from kpis.engine.releases import own_releases, told_or_own, under_told_software
from kpis.engine.rows import LINE, ROW, bounds, divide, fresh, inside, samples
from robot_bridge.telemetry import MINUTE_US, Quality

# Of `quality`: the row's clock was corrected, or replaced by the time of receipt.
CORRECTED: Final = Quality.CLOCK_CORRECTED | Quality.CLOCK_REPLACED
SIGN: Final = (*LINE, "software", "slot_us", "first_us", "last_us")
COUNTS: Final = ("n", "corrected", "late")


def _each(source: Source, *, once: bool) -> ir.Table:
    """Return a source's rows with their flags, each once however often sent.

    `once` says that none is there twice, which spares the search; of a row that is,
    the least flags count.
    """
    rows = samples if source is Source.SAMPLES else fresh
    told = ["metric"] if source is Source.SAMPLES else ["kind", "ref", "value"]
    if not once:
        quality = [
            ((rows.quality & flags) != 0).cast("int64").min()
            for flags in (CORRECTED.value, Quality.LATE.value)
        ]
        rows = rows.group_by(*ROW, *told).agg(
            quality=quality[0] * CORRECTED.value + quality[1] * Quality.LATE.value
        )
    return rows.select(*LINE, "software", "ts_us", "quality")


def signs(slot_us: int, *, once: bool) -> ir.Table:
    """Return signs of life by source, line, software and slot, first and last.

    `n` counts the rows within the bounds, `corrected` and `late` those so flagged.
    """
    return ibis.union(
        *(
            _signs(_each(source, once=once), slot_us)
            .mutate(source=ibis.literal(source.value))
            .select(*SIGN, *COUNTS, "source")
            for source in (Source.SAMPLES, Source.EVENTS)
        ),
        distinct=False,
    )


def _signs(rows: ir.Table, slot_us: int) -> ir.Table:
    rows = rows.cross_join(bounds)
    rows = rows.mutate(
        slot=divide(rows.ts_us, slot_us),
        inside=(rows.ts_us >= rows.start_us) & (rows.ts_us < rows.end_us),
    )
    # Where a row lies and its flags are all but constant: as keys they cost less than
    # as conditions.
    slots = rows.group_by(*LINE, "software", "slot", "inside", "quality").agg(
        first_us=rows.ts_us.min(), last_us=rows.ts_us.max(), n=rows.count()
    )
    n = ibis.ifelse(slots.inside, slots.n, 0)
    return slots.mutate(
        slot_us=slots.slot * slot_us,
        n=n,
        corrected=ibis.ifelse((slots.quality & CORRECTED.value) != 0, n, 0),
        late=ibis.ifelse((slots.quality & Quality.LATE.value) != 0, n, 0),
    )


def moved(*, once: bool) -> ir.Table:
    """Return the rows behind a change of the software within its minute, counted.

    Minutes are counted whole, under the version they begin in; these few rows are
    taken from that version and given to `version`.
    """
    own = own_releases().filter(ibis._.told_from_us % MINUTE_US != 0)
    parts = []
    for source in (Source.SAMPLES, Source.EVENTS):
        rows = _each(source, once=once)
        behind = rows.inner_join(
            own,
            [
                *(rows[name] == own[f"told_{name}"] for name in LINE),
                rows.ts_us >= own.told_from_us,
                rows.ts_us <= own.told_last_us,
                rows.ts_us - rows.ts_us % MINUTE_US
                == own.told_from_us - own.told_from_us % MINUTE_US,
            ],
        )
        behind = inside(behind.mutate(version=told_or_own(behind)))
        flags = (CORRECTED.value, Quality.LATE.value)
        corrected, late = (
            ((behind.quality & flag) != 0).cast("int64").sum() for flag in flags
        )
        counted_ = behind.group_by(*LINE, "software", "version", "bucket_us").agg(
            n=behind.count(),
            corrected=corrected.cast("int64"),
            late=late.cast("int64"),
        )
        parts.append(counted_.mutate(source=ibis.literal(source.value)))
    return ibis.union(*parts, distinct=False)


def counted(sign: ir.Table, moved: ir.Table) -> ir.Table:
    """Return how many rows of each source lie within the bounds, by minute."""
    found = sign.filter(sign.n > 0)
    bucket_us = found.slot_us - found.slot_us % MINUTE_US
    columns = ("source", *LINE, "software", "bucket_us", *COUNTS)
    whole = found.mutate(bucket_us=bucket_us).select(columns)
    taken = moved.mutate(**{name: -moved[name] for name in COUNTS}).select(columns)
    given = moved.mutate(software=moved.version).select(columns)
    begun = under_told_software(
        ibis.union(whole, taken, distinct=False), at="bucket_us"
    )
    return ibis.union(begun, given, distinct=False)
