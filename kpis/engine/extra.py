"""Integers beside the facts that states keep: a plan of their own over the same rows.

A city's KPI may count what no state holds. Its parts are taken from the same spans
and changes as the facts, so that a part that is one of the facts comes out the same.
"""

from collections.abc import Iterable
from functools import cache
from typing import Final

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from kpis.engine import counts, meters, releases, spans, turns
from kpis.engine.aggregates import aggregate
from kpis.engine.backends import Backend, Files, Step
from kpis.engine.carry import EVENTS, SAMPLES, Carry, carried_rows
from kpis.engine.definition import Part, Source
from kpis.engine.releases import under_told_software
from kpis.engine.rows import ONE, ROW, inside
from kpis.engine.states import ALWAYS, engine_rows, shortest_interval
from kpis.engine.sums import KEY
from robot_bridge.telemetry import Window

readings: Final = ibis.table(
    {**ROW, "metric": "string", "value": "int64"}, name="readings"
)


def extra_by_minute(
    backend: Backend,
    samples: pa.Table | Files,
    events: pa.Table | Files,
    extra: tuple[Part, ...],
    *,
    carry: Carry | None = None,
    window: Window = ALWAYS,
) -> list[pa.Table]:
    """Turn canonical rows into integers by minute, a table a source.

    The arguments are those of `states.parts_by_minute`, and so is what they mean.

    Returns:
        For each source that the parts count over: sums.KEY, and a column a part.

    Raises:
        StateOverflowError: a sum left int64.
    """
    inputs: dict[str, pa.Table | Files] = {
        "events": engine_rows(events, EVENTS),
        "carried": carried_rows(carry or Carry()),
    }
    slot_us = spans.slot_us(shortest_interval(backend, inputs))
    inputs |= {
        "samples": engine_rows(samples, SAMPLES),
        "readings": engine_rows(samples, SAMPLES),
        "bounds": pa.table({"start_us": [window.start_us], "end_us": [window.end_us]}),
    }
    return list(backend.run(plan(extra, slot_us=slot_us), inputs).values())


@cache
def plan(extra: tuple[Part, ...], *, slot_us: int) -> tuple[Step, ...]:
    """Return the steps to these parts, and to nothing that they do not need."""
    steps = [
        Step("told", spans.told()),
        Step("releases", releases.changes_of_software()),
        Step("heard", releases.heard()),
    ]
    for source in dict.fromkeys(part.over for part in extra):
        parts = [part for part in extra if part.over is source]
        before, rows = _rows_of(source, parts, slot_us)
        rows = rows.mutate(source=ibis.literal(source.value))
        facts = rows.group_by(*KEY).agg(
            **{part.key: aggregate(part, rows) for part in parts}
        )
        steps += [*before, Step(f"facts_{source}", facts, wanted=True)]
    return tuple(steps)


def _rows_of(
    source: Source, parts: Iterable[Part], slot_us: int
) -> tuple[list[Step], ir.Table]:
    """Return the rows of a source, and the steps that lead to them."""
    if source is Source.SPANS:
        signs = counts.signs(slot_us, once=False)
        beats = spans.beats(spans.instants(_named("signs", signs)))
        steps = [Step("signs", signs), Step("beats", beats)]
        return steps, spans.spans(_named("beats", beats))
    if source is Source.EDGES:
        changes = turns.turns()
        return [Step("turns", changes)], turns.edges(_named("turns", changes))
    if source is Source.METERS:
        read = meters.read()
        return [Step("meters", read)], meters.read_by_minute(_named("meters", read))
    if source is Source.READINGS:
        return [], _readings(parts)
    signs, moved = counts.signs(slot_us, once=False), counts.moved(once=False)
    counted = counts.counted(_named("signs", signs), _named("moved", moved))
    steps = [Step("signs", signs), Step("moved", moved)]
    return steps, counted.filter(counted.source == source.value)


def _named(name: str, like: ir.Table) -> ir.Table:
    return ibis.table(like.schema(), name=name)


def _readings(parts: Iterable[Part]) -> ir.Table:
    """Return the rows of the metrics that are asked for, each once, in the bounds."""
    metrics = {
        str(metric)
        for part in parts
        for each in part.where
        if each.column == "metric"
        for metric in each.one_of
    }
    rows = readings.filter(readings.metric.isin(sorted(metrics))).distinct()
    within = inside(under_told_software(rows))
    return within.mutate(n=ONE, reading=within.value)
