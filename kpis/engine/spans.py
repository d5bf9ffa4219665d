"""Rows become instants, and these become spans of known time.

A line is the telemetry of one robot of one evidence kind, read in READING_ORDER.
Every row is a sign of life, so a line is a row of instants. Between two instants
closer than the silence limit the operational state holds; a longer silence ends what
is known until the state is told again.

Nothing here needs a feature that one engine alone has: windows, groups and unions
of integers and texts. `LAST_VALUE IGNORE NULLS` is not such a feature, so a held
value is the running maximum of (instant, value) packed into one integer.
"""

from typing import Final

import ibis
import ibis.expr.types as ir

from kpis.engine.meters import METER
from kpis.engine.releases import under_told_software
from kpis.engine.rows import (
    LINE,
    NO,
    ONE,
    PLACE,
    YES,
    bounds,
    carried,
    events,
    fresh,
    last_at_each_instant,
    samples,
    told_rows,
)
from robot_bridge.telemetry import MINUTE_US, SECOND_US, Kind, OpState

DEFAULT_INTERVAL_S: Final = 30
# Silence may last twice the interval, so that no robot declares itself never silent.
MAX_INTERVAL_S: Final = 300
MAX_SILENCE_US: Final = 2 * MAX_INTERVAL_S * SECOND_US
MINUTE_S: Final = MINUTE_US // SECOND_US

# Values that hold from row to row; the last one at an instant speaks.
HELD: Final = (Kind.OP_STATE, Kind.DEGRADED, Kind.SESSION)
OP_STATES: Final = tuple(OpState)
# How a running maximum packs a value beside its instant.
OP_STEPS: Final = 16
FLAG_STEPS: Final = 2
INTERVAL_STEPS: Final = 512


def told() -> ir.Table:
    """Return the batch's events behind those that carry what came before it."""
    before = carried.filter(carried.kind != METER)
    return ibis.union(
        fresh.mutate(carried=NO), before.mutate(carried=YES), distinct=False
    )


def interval_s(number: ir.IntegerValue) -> ir.IntegerValue:
    """Read a declared interval as whole seconds, rounded up, 1 to 300; or default."""
    capped = ibis.least(number, MAX_INTERVAL_S * SECOND_US) + SECOND_US - 1
    seconds = ((capped - capped % SECOND_US) / SECOND_US).cast("int64")
    return ibis.ifelse(number > 0, seconds, DEFAULT_INTERVAL_S)


def op_code(value: ir.StringValue) -> ir.IntegerValue:
    branches = [(value == state.value, code) for code, state in enumerate(OP_STATES)]
    return ibis.cases(*branches, else_=len(OP_STATES)).cast("int64")


def pace() -> ir.Table:
    """Return one row: the shortest interval declared, null where none was."""
    told = told_rows.filter(told_rows.kind == Kind.SESSION)
    return told.agg(shortest_s=interval_s(told.number).min())


def slot_us(shortest_s: int | None) -> int:
    """Return the widest slot that divides the minute and that no silence fits in.

    Two rows of one slot are never further apart than any interval declared allows, so
    of a slot only the first and the last row matter.
    """
    silence_s = 2 * min(shortest_s or DEFAULT_INTERVAL_S, DEFAULT_INTERVAL_S)
    return SECOND_US * max(s for s in range(1, silence_s + 1) if MINUTE_S % s == 0)


def instants(sign: ir.Table) -> ir.Table:
    """Return one row an instant of a line, with what is told at that instant."""
    held = last_at_each_instant(
        events.filter(
            events.kind.isin(HELD) | ((events.kind == Kind.SOFTWARE) & ~events.carried)
        )
    )
    missing = ibis.null("int64")
    told = held.select(
        *LINE,
        "software",
        "ts_us",
        state=ibis.ifelse(held.kind == Kind.OP_STATE, op_code(held.value), missing),
        degraded=ibis.ifelse(
            held.kind == Kind.DEGRADED, (held.value == "entered").cast("int64"), missing
        ),
        interval=ibis.ifelse(
            held.kind == Kind.SESSION, interval_s(held.number), missing
        ),
    )
    return (
        ibis.union(told, _alive(sign), distinct=False)
        .group_by(*LINE, "ts_us")
        .agg(
            software=ibis._.software.max(),
            state=ibis._.state.max(),
            degraded=ibis._.degraded.max(),
            interval=ibis._.interval.max(),
        )
    )


def _alive(sign: ir.Table) -> ir.Table:
    """Return the first and last instant of each slot.

    A minute that saw two versions of the software in one slot keeps all, as each span
    is of one.
    """
    place = (*LINE, "software", "ts_us")
    sign = sign.group_by(*LINE, "software", "slot_us").agg(
        first_us=sign.first_us.min(), last_us=sign.last_us.max()
    )
    minute_us = sign.slot_us - sign.slot_us % MINUTE_US
    versions = sign.group_by(*LINE, "slot_us", minute_us=minute_us).agg(
        low=sign.software.min(), high=sign.software.max()
    )
    mixed = versions.filter(versions.low != versions.high)
    mixed = mixed.select(*LINE, "minute_us").distinct()
    rows = ibis.union(samples.select(*place), fresh.select(*place), distinct=False)
    rows = rows.mutate(minute_us=rows.ts_us - rows.ts_us % MINUTE_US)
    seen = ibis.union(
        sign.select(*LINE, "software", ts_us=sign.first_us),
        sign.select(*LINE, "software", ts_us=sign.last_us),
        rows.semi_join(mixed, [*LINE, "minute_us"]).drop("minute_us"),
        distinct=False,
    )
    missing = ibis.null("int64")
    return seen.mutate(state=missing, degraded=missing, interval=missing)


def beats(told: ir.Table) -> ir.Table:
    """Return each instant with what holds from it on, and when the next one comes.

    `state` is null where the operational state is not known; `silent` is null at a
    line's last instant.
    """
    line = [told[name] for name in LINE]
    running = ibis.window(group_by=line, order_by=told.ts_us, following=0)
    step = told.select(
        *LINE,
        "ts_us",
        "software",
        next_us=told.ts_us.lead().over(group_by=line, order_by=told.ts_us),
        state=(told.ts_us * OP_STEPS + told.state).max().over(running),
        degraded=(told.ts_us * FLAG_STEPS + told.degraded).max().over(running),
        interval=(told.ts_us * INTERVAL_STEPS + told.interval).max().over(running),
    )
    seconds = (step.interval % INTERVAL_STEPS).cast("int64")
    limit_us = 2 * SECOND_US * ibis.coalesce(seconds, DEFAULT_INTERVAL_S)
    step = step.mutate(silent=step.next_us - step.ts_us > limit_us)
    # A silent row has no span of its own, so its own break may be counted in here.
    broken_us = ibis.ifelse(step.silent, step.next_us, ibis.null("int64"))
    broken_us = broken_us.max().over(
        ibis.window(
            group_by=[step[name] for name in LINE], order_by=step.ts_us, following=0
        )
    )
    step = step.mutate(broken_us=broken_us)
    is_known = step.state.notnull() & (
        step.broken_us.isnull() | (step.broken_us * OP_STEPS <= step.state)
    )
    beat = step.select(
        *LINE,
        "ts_us",
        "software",
        "next_us",
        "silent",
        state=ibis.ifelse(is_known, step.state % OP_STEPS, ibis.null("int64")).cast(
            "int64"
        ),
        degraded=ibis.coalesce(step.degraded % FLAG_STEPS, 0).cast("int64"),
        interval=ibis.coalesce(step.interval % INTERVAL_STEPS, DEFAULT_INTERVAL_S).cast(
            "int64"
        ),
    )
    return under_told_software(beat)


def spans(beat: ir.Table) -> ir.Table:
    """Return known time cut at minutes: bucket_us, op_state, degraded, length_us."""
    known = beat.filter(beat.state.notnull() & ~beat.silent).cross_join(bounds)
    cut = known.select(
        *LINE,
        "software",
        "state",
        "degraded",
        from_us=ibis.greatest(known.ts_us, known.start_us),
        until_us=ibis.least(known.next_us, known.end_us),
    ).filter(ibis._.from_us < ibis._.until_us)
    cut = cut.mutate(bucket_us=cut.from_us - cut.from_us % MINUTE_US)
    within = cut.filter(cut.until_us <= cut.bucket_us + MINUTE_US)
    across = cut.filter(cut.until_us > cut.bucket_us + MINUTE_US)
    steps = ibis.literal(list(range(MAX_SILENCE_US // MINUTE_US + 1)), "array<int64>")
    across = across.mutate(step=steps.unnest())
    across = across.mutate(bucket_us=across.bucket_us + across.step * MINUTE_US)
    across = across.filter(across.bucket_us < across.until_us)
    across = across.mutate(
        from_us=ibis.greatest(across.from_us, across.bucket_us),
        until_us=ibis.least(across.until_us, across.bucket_us + MINUTE_US),
    ).drop("step")
    whole = ibis.union(within, across, distinct=False)
    summed = whole.group_by(*LINE, "software", "bucket_us", "state", "degraded").agg(
        length_us=(whole.until_us - whole.from_us).sum().cast("int64")
    )
    names = [
        (summed.state == code, state.value) for code, state in enumerate(OP_STATES)
    ]
    return summed.mutate(op_state=ibis.cases(*names, else_=""), n=ONE).drop("state")


def last_rows(last: ir.Table) -> ir.Table:
    """Add to each line's last instant the place of the last row it is made of."""
    places = [*LINE, *PLACE]
    told = events.filter(~events.carried | events.kind.isin(HELD))
    rows = ibis.union(samples.select(places), told.select(places), distinct=False)
    here = last.join(rows, [*LINE, "ts_us"])
    number = ibis.row_number().over(
        group_by=[here[name] for name in LINE],
        order_by=[here[name].desc() for name in PLACE],
    )
    return here.mutate(number=number).filter(ibis._.number == 0)
