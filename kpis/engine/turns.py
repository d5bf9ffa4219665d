"""Turns: rows that tell another value of their (kind, ref) than the row before."""

from collections.abc import Iterable
from typing import Final

import ibis
import ibis.expr.types as ir

from kpis.engine.rows import NO, ONE, ROW, YES, events, inside, reading_order
from kpis.engine.spans import HELD
from robot_bridge.telemetry import FaultLevel, Kind

# Kinds whose number is part of what they tell.
NUMBERED: Final = (Kind.FAULT, Kind.PLANT_COUNT)
# Numbers from outside are taken up to here, so that no difference leaves int64.
HIGHEST: Final = 2**53

# A fault's component: the first whose word is in its code; the rest is unclassed.
COMPONENTS: Final = {
    "joint": ("joint", "wrist", "elbow", "shoulder", "gripper", "finger"),
    "battery": ("battery", "bms", "charg"),
    "sensor": ("sensor", "lidar", "camera", "scanner", "laser", "encoder"),
    "drive": ("drive", "motor", "wheel", "brake", "steer", "traction", "axle"),
}
UNCLASSED: Final = "unclassed"


def spelling(words: Iterable[str]) -> str:
    """Write words as a pattern that any case of ASCII letters meets."""
    letters = ("".join(f"[{sign.upper()}{sign}]" for sign in word) for word in words)
    return "|".join(letters)


@ibis.udf.scalar.builtin
def fault_entries(value: str) -> list[str]:  # type: ignore[empty-body]
    """Split a FAULTS snapshot into "<level> <code>" texts; each backend defines it."""


def _fault_turns() -> ir.Table:
    """Take FAULTS snapshots apart: each code raised or cleared when the set changed."""
    rows = events.filter(events.kind == Kind.FAULTS)
    was = rows.value.lag().over(reading_order(rows, "kind", "ref"))
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
    rows = rows.mutate(last=rows.token.lag().over(reading_order(rows, "kind", "ref")))
    rows = rows.filter((rows.last != rows.token).fill_null(YES))
    reading = reading_order(rows, "kind", "ref")
    rows = rows.mutate(
        was=rows.value.lag().over(reading),
        since_us=rows.ts_us - rows.ts_us.lag().over(reading),
        before=rows.number.lag().over(reading),
    )
    return rows.mutate(step=_step(rows)).drop("token", "last", "before")


def _step(rows: ir.Table) -> ir.IntegerValue:
    """Return by how much a plant's counter rose; null where that cannot be said.

    A counter that falls began anew, and what it says is no rise.
    """
    number, before = (
        ibis.least(ibis.greatest(column, -HIGHEST), HIGHEST)
        for column in (rows.number, rows.before)
    )
    sound = (
        (rows.kind == Kind.PLANT_COUNT)
        & (number == rows.number)
        & (before == rows.before)
        & (number >= before)
    )
    return ibis.ifelse(sound, number - before, ibis.null("int64"))


def edges(turn: ir.Table) -> ir.Table:
    """Return the turns that count: not carried, and within the bounds."""
    counting = inside(turn.filter(~turn.carried))
    return counting.mutate(
        n=ONE,
        component=_component(counting),
        is_due=counting.number.notnull().cast("int64"),
        on_time=(counting.number >= counting.ts_us).fill_null(NO).cast("int64"),
    )


def _component(rows: ir.Table) -> ir.StringValue:
    classes = [
        (rows.ref.re_search(spelling(words)), name)
        for name, words in COMPONENTS.items()
    ]
    named = ibis.cases(*classes, else_=UNCLASSED)
    return ibis.ifelse(rows.kind == Kind.FAULT, named, ibis.null("string"))
