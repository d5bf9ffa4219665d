"""Rows become instants and turns, and these become spans and edges.

A line is the telemetry of one robot of one evidence kind, read in READING_ORDER.
Every row is a sign of life, so a line is a row of instants. Between two instants
closer than the silence limit the operational state holds; a longer silence ends what
is known until the state is told again. A turn is a row that tells another value of
its (kind, ref) than the row before.

Nothing here needs a feature that one engine alone has: windows, groups and unions
of integers and texts. `LAST_VALUE IGNORE NULLS` is not such a feature, so a held
value is the running maximum of (instant, value) packed into one integer.
"""

from typing import Final

import ibis
import ibis.expr.types as ir

from kpis.engine.definition import Source
from robot_bridge.telemetry import MINUTE_US, SECOND_US, FaultLevel, Kind, OpState

DEFAULT_INTERVAL_S: Final = 30
# Silence may last twice the interval, so that no robot declares itself never silent.
MAX_INTERVAL_S: Final = 300
MAX_SILENCE_US: Final = 2 * MAX_INTERVAL_S * SECOND_US
MINUTE_S: Final = MINUTE_US // SECOND_US

# Values that hold from row to row; the last one at an instant speaks.
HELD: Final = (Kind.OP_STATE, Kind.DEGRADED, Kind.SESSION)
# Kinds whose number is part of what they tell.
NUMBERED: Final = (Kind.FAULT, Kind.PLANT_COUNT)
OP_STATES: Final = tuple(OpState)

LINE: Final = ("robot_id", "evidence")
PLACE: Final = ("ts_us", "stream", "session", "seq", "ordinal")
SIGN: Final = (*LINE, "software", "slot_us", "first_us", "last_us", "n")
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
samples: Final = ibis.table({**ROW, "metric": "string"}, name="samples")
TOLD: Final = {
    **ROW,
    "kind": "string",
    "ref": "string",
    "value": "string",
    "number": "int64",
}
fresh: Final = ibis.table(TOLD, name="events")
carried: Final = ibis.table(TOLD, name="carried")
# Both together, a step of its own.
events: Final = ibis.table({**TOLD, "carried": "boolean"}, name="told")
# One row: facts are taken inside [start_us, end_us) only.
bounds: Final = ibis.table({"start_us": "int64", "end_us": "int64"}, name="bounds")

YES: Final = ibis.literal(value=True)
NO: Final = ibis.literal(value=False)
ONE: Final = ibis.literal(1, "int64")

# How a running maximum packs a value beside its instant.
OP_STEPS: Final = 16
FLAG_STEPS: Final = 2
INTERVAL_STEPS: Final = 512


@ibis.udf.scalar.builtin
def fault_entries(value: str) -> list[str]:  # type: ignore[empty-body]
    """Split a FAULTS snapshot into "<level> <code>" texts; each backend defines it."""


@ibis.udf.scalar.builtin
def divide(value: int, by: int) -> int:  # type: ignore[empty-body]
    """Divide whole numbers, towards zero; Ibis itself would go by way of floats."""


def told() -> ir.Table:
    """Return the batch's events behind those that carry what came before it."""
    return ibis.union(
        fresh.mutate(carried=NO), carried.mutate(carried=YES), distinct=False
    )


def interval_s(number: ir.IntegerValue) -> ir.IntegerValue:
    """Read a declared interval as whole seconds, rounded up, 1 to 300; or default."""
    capped = ibis.least(number, MAX_INTERVAL_S * SECOND_US) + SECOND_US - 1
    seconds = ((capped - capped % SECOND_US) / SECOND_US).cast("int64")
    return ibis.ifelse(number > 0, seconds, DEFAULT_INTERVAL_S)


def op_code(value: ir.StringValue) -> ir.IntegerValue:
    branches = [(value == state.value, code) for code, state in enumerate(OP_STATES)]
    return ibis.cases(*branches, else_=len(OP_STATES)).cast("int64")


def instants(sign: ir.Table) -> ir.Table:
    """Return one row an instant of a line, with what is told at that instant."""
    held = events.filter(events.kind.isin(HELD))
    last_first = [
        held.carried.asc(),
        *(held[name].desc() for name in ("stream", "session", "seq", "ordinal")),
    ]
    speaks = ibis.row_number().over(
        group_by=[*(held[name] for name in LINE), held.kind, held.ts_us],
        order_by=last_first,
    )
    held = held.mutate(speaks=speaks).filter(ibis._.speaks == 0)
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


def pace() -> ir.Table:
    """Return one row: the shortest interval declared, null where none was."""
    told = events.filter(events.kind == Kind.SESSION)
    return told.agg(shortest_s=interval_s(told.number).min())


def slot_us(shortest_s: int | None) -> int:
    """Return the widest slot that divides the minute and that no silence fits in.

    Two rows of one slot are never further apart than any interval declared allows, so
    of a slot only the first and the last row matter.
    """
    silence_s = 2 * min(shortest_s or DEFAULT_INTERVAL_S, DEFAULT_INTERVAL_S)
    return SECOND_US * max(s for s in range(1, silence_s + 1) if MINUTE_S % s == 0)


def signs(slot_us: int, *, once: bool) -> ir.Table:
    """Return signs of life by source, line, software and slot, first and last.

    `n` counts the rows within the bounds, each once however often sent; `once` says
    that none is there twice, which spares the search.
    """
    told = {
        Source.SAMPLES: (samples, ("metric",)),
        Source.EVENTS: (fresh, ("kind", "ref", "value")),
    }
    return ibis.union(
        *(
            _signs(rows if once else rows.select(*ROW, *more).distinct(), slot_us)
            .mutate(source=ibis.literal(source.value))
            .select(*SIGN, "source")
            for source, (rows, more) in told.items()
        ),
        distinct=False,
    )


def _signs(rows: ir.Table, slot_us: int) -> ir.Table:
    rows = rows.select(*LINE, "software", "ts_us").cross_join(bounds)
    rows = rows.mutate(
        slot=divide(rows.ts_us, slot_us),
        inside=(rows.ts_us >= rows.start_us) & (rows.ts_us < rows.end_us),
    )
    # Where a row lies is all but constant: as a key it costs less than as a condition.
    slots = rows.group_by(*LINE, "software", "slot", "inside").agg(
        first_us=rows.ts_us.min(), last_us=rows.ts_us.max(), n=rows.count()
    )
    return slots.mutate(
        slot_us=slots.slot * slot_us, n=ibis.ifelse(slots.inside, slots.n, 0)
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
    rows = ibis.union(
        samples.select(*place),
        events.filter(~events.carried).select(*place),
        distinct=False,
    )
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
    return step.select(
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


def _fault_turns() -> ir.Table:
    """Take FAULTS snapshots apart: each code raised or cleared when the set changed."""
    rows = events.filter(events.kind == Kind.FAULTS)
    was = rows.value.lag().over(_reading(rows, "kind", "ref"))
    rows = rows.mutate(was=was).filter((ibis._.was != ibis._.value).fill_null(YES))
    keys = [*ROW, "carried"]
    now = rows.select(*keys, entry=fault_entries(rows.value).unnest(), stands=1)
    before = rows.filter(rows.was.notnull())
    before = before.select(*keys, entry=fault_entries(before.was).unnest(), stands=0)
    entries = ibis.union(now, before, distinct=False)
    entries = entries.mutate(
        ref=entries.entry.substr(2),
        level=ibis.ifelse(
            entries.stands == 1, entries.entry.substr(0, 1).cast("int64"), 0
        ),
    )
    codes = entries.group_by(*keys, "ref").agg(level=entries.level.max())
    return codes.select(
        *ROW,
        kind=ibis.literal(Kind.FAULT.value),
        ref=codes.ref,
        value=ibis.ifelse(codes.level > 0, "raised", "cleared"),
        number=codes.level,
        carried=codes.carried,
    )


def _reading(rows: ir.Table, *key: str) -> ir.Value:
    """Order the rows of each key of a line as they are read, carried ones first."""
    return ibis.window(
        group_by=[rows[name] for name in (*LINE, *key)],
        order_by=[rows.carried.desc(), *(rows[name] for name in PLACE)],
    )


def turns() -> ir.Table:
    """Return rows that tell another value of their (kind, ref) than the one before.

    `was` and `since_us` tell the value left and how long it stood; both are null at
    a first row. Carried rows are part of the answer.
    """
    rows = events.filter(~events.kind.isin(HELD))
    stopping = FaultLevel.STOPPING.value
    level = ibis.ifelse(rows.number < stopping, FaultLevel.WARNING.value, stopping)
    level = ibis.ifelse(rows.value == "raised", level, 0)
    rows = rows.mutate(
        number=ibis.ifelse(
            rows.kind == Kind.FAULT, level.fill_null(stopping), rows.number
        )
    )
    columns = [*ROW, "kind", "ref", "value", "number", "carried"]
    rows = ibis.union(
        rows.select(columns), _fault_turns().select(columns), distinct=False
    )
    number = ibis.ifelse(
        rows.kind.isin(NUMBERED), rows.number.cast("string").fill_null(""), ""
    )
    rows = rows.mutate(token=rows.value + " " + number)
    rows = rows.mutate(last=rows.token.lag().over(_reading(rows, "kind", "ref")))
    rows = rows.filter((rows.last != rows.token).fill_null(YES))
    reading = _reading(rows, "kind", "ref")
    return rows.mutate(
        was=rows.value.lag().over(reading),
        since_us=rows.ts_us - rows.ts_us.lag().over(reading),
    ).drop("token", "last")


def edges(turn: ir.Table) -> ir.Table:
    """Return the turns that count: not carried, and within the bounds."""
    inside = turn.filter(~turn.carried).cross_join(bounds)
    inside = inside.filter(
        (inside.ts_us >= inside.start_us) & (inside.ts_us < inside.end_us)
    )
    return inside.mutate(
        bucket_us=inside.ts_us - inside.ts_us % MINUTE_US,
        n=ONE,
        is_due=inside.number.notnull().cast("int64"),
        on_time=(inside.number >= inside.ts_us).fill_null(NO).cast("int64"),
    )


def counted(sign: ir.Table, source: Source) -> ir.Table:
    """Return how many rows of a source lie within the bounds, by minute."""
    found = sign.filter((sign.source == source.value) & (sign.n > 0))
    return found.mutate(bucket_us=found.slot_us - found.slot_us % MINUTE_US)


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
