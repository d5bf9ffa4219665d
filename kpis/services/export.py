"""What a measurement stands on, as Parquet files that leave the platform.

Only what the asked KPIs read is told in full: the events of their kinds, and the
samples of their metrics. Everything else that was received is a sign of life: an
instant, and how many rows came at it. Duplicates among events stay in.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Self

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from kpis.engine import spans
from kpis.engine.backends import Backend, Files, Step
from kpis.engine.carry import EVENTS, SAMPLES, carried_rows
from kpis.engine.counts import CORRECTED
from kpis.engine.definition import Condition, Kpi, Part, Source
from kpis.engine.duty import Duty
from kpis.engine.figures import Totals
from kpis.engine.parts import EVENT_ROWS, SAMPLE_ROWS
from kpis.engine.rows import LINE, ROW, fresh
from kpis.engine.rows import samples as samples_rows
from kpis.engine.states import engine_rows
from kpis.services.backend import backend
from kpis.services.figures import asks_ledger
from kpis.services.lake import PinnedLake
from kpis.services.measurement import Fleet, Question, Reading, totals_of
from robot_bridge.models import MinuteLedger
from robot_bridge.telemetry import DAY_US, MINUTE_US, Kind, Quality, Window

SIGNS: Final = pa.schema(
    [
        ("robot_id", pa.int64()),
        ("evidence", pa.string()),
        ("software", pa.string()),
        ("ts_us", pa.int64()),
        ("source", pa.string()),
        ("rows", pa.int64()),
        ("corrected", pa.int64()),
        ("late", pa.int64()),
    ]
)
LEDGER: Final = pa.schema(
    [
        ("robot_id", pa.int64()),
        ("minute_us", pa.int64()),
        ("expected", pa.int64()),
        ("stored", pa.int64()),
    ]
)
# Null num, den and rows: excluded altogether. `all_`: had nothing been excluded.
INTEGERS: Final = pa.schema(
    [
        ("robot_id", pa.int64()),
        ("day", pa.string()),
        ("kpi", pa.string()),
        *((name, pa.int64()) for name in ("num", "den", "rows")),
        *((name, pa.int64()) for name in ("all_num", "all_den", "all_rows")),
    ]
)
INSTANT: Final = (*LINE, "software", "ts_us")
SCHEMAS: Final = {"events": EVENTS, "samples": SAMPLES, "signs": SIGNS}
# How much is read at a time: a robot's day may be a million rows.
ROBOT_DAYS: Final = 60
# A level that keeps files small; they are written once and read seldom.
COMPRESSION_LEVEL: Final = 9


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows the definitions read in full; None: of every kind or metric."""

    kinds: frozenset[str] | None
    metrics: frozenset[str] | None

    @classmethod
    def by(cls, kpis: Iterable[Kpi]) -> Self:
        parts = [part for kpi in kpis for part in kpi.parts]
        told = _named(parts, {Source.EDGES}, "kind")
        if told is not None:
            told |= {str(kind) for kind in (*spans.HELD, Kind.SOFTWARE)}
            told |= {str(Kind.FAULTS)} if Kind.FAULT in told else set()
        metrics = _named(parts, {Source.METERS, Source.READINGS}, "metric")
        return cls(
            None if told is None else frozenset(told),
            None if metrics is None else frozenset(metrics),
        )


def _named(parts: Iterable[Part], sources: set[Source], column: str) -> set[str] | None:
    """Return the values of a column that parts ask for; None: one asks for all."""
    found: set[str] = set()
    for part in parts:
        if part.over not in sources:
            continue
        asked = _asked(part.where, column)
        if asked is None:
            return None
        found |= asked
    return found


def _asked(where: Sequence[Condition], column: str) -> set[str] | None:
    for condition in where:
        if condition.column == column and condition.one_of:
            return {str(value) for value in condition.one_of}
    return None


def export_evidence(
    *,
    fleet: Fleet,
    window: Window,
    duty: Duty,
    folder: Path,
    tell: Callable[[int, int], None],
) -> tuple[Kpi, ...]:
    """Write all that the measured KPIs' integers inside a window are made of.

    Makes events, samples, signs, carried, ledger and integers.parquet from the rows
    that were measured; the window lies within the one measured. `tell` hears how many
    slices are done.

    Returns:
        The definitions of the KPIs, in the order measured.
    """
    kpis = fleet.kpis
    lake = fleet.reading.lake
    carried = carried_rows(lake.carry_into(window.start_us))
    _write(folder / "carried.parquet", EVENTS, [_sorted(carried)])
    _write_rows(lake, window, Wanted.by(kpis), folder, tell)
    rows = LEDGER.empty_table()
    if asks_ledger(kpis):
        rows = ledger_rows(lake.robot_ids, window)
    _write(folder / "ledger.parquet", LEDGER, [rows])
    integers = integers_by_day(fleet.reading, kpis, window, duty)
    _write(folder / "integers.parquet", INTEGERS, [integers])
    return kpis


def _write_rows(
    lake: PinnedLake,
    window: Window,
    wanted: Wanted,
    folder: Path,
    tell: Callable[[int, int], None],
) -> None:
    """Write events, samples and signs, some days at a time."""
    writers = {
        name: _writer(folder / f"{name}.parquet", schema)
        for name, schema in SCHEMAS.items()
    }
    until_us = window.end_us + spans.MAX_SILENCE_US
    slices = list(_slices(Window(window.start_us, until_us), len(lake.robot_ids)))
    try:
        for done, piece in enumerate(slices, start=1):
            samples, events = lake.rows("samples", piece), lake.rows("events", piece)
            for name, rows in told_rows(backend(), samples, events, wanted).items():
                if rows.num_rows:
                    writers[name].write_table(rows)
            tell(done, len(slices))
    finally:
        for writer in writers.values():
            writer.close()


def told_rows(
    backend: Backend,
    samples: pa.Table | Files,
    events: pa.Table | Files,
    wanted: Wanted,
) -> dict[str, pa.Table]:
    """Return what is told in full and what is a sign of life, sorted (SCHEMAS)."""
    inputs = {
        "samples": engine_rows(samples, SAMPLES),
        "events": engine_rows(events, EVENTS),
    }
    answers = backend.run(_plan(wanted), inputs)
    return {
        name: _sorted(answers[f"told_{name}"].cast(schema))
        for name, schema in SCHEMAS.items()
    }


@cache
def _plan(wanted: Wanted) -> tuple[Step, ...]:
    samples, events = samples_rows, fresh
    told = _among(events.kind, wanted.kinds)
    kept = _among(samples.metric, wanted.metrics)
    signs = ibis.union(
        _signs(Source.SAMPLES, samples.filter(~kept), "metric"),
        _signs(Source.EVENTS, events.filter(~told), "kind", "ref", "value"),
        distinct=False,
    )
    answers = {
        "told_events": events.filter(told).select(EVENTS.names),
        "told_samples": samples.filter(kept).select(SAMPLES.names),
        "told_signs": signs.select(SIGNS.names),
    }
    return tuple(Step(name, table, wanted=True) for name, table in answers.items())


def _among(column: ir.StringValue, values: frozenset[str] | None) -> ir.BooleanValue:
    if values is None:
        return column.notnull()
    return column.isin(sorted(values)) if values else column.isnull()


def _signs(source: Source, rows: ir.Table, *told: str) -> ir.Table:
    """Count the different rows at each instant, and those with a doubtful clock.

    Of a row that was sent twice, the least flags count.
    """
    flags = {"corrected": CORRECTED.value, "late": Quality.LATE.value}
    different = rows.group_by(*ROW, *told).agg(
        **{
            name: ((rows.quality & flag) != 0).cast("int64").min()
            for name, flag in flags.items()
        }
    )
    return different.group_by(*INSTANT).agg(
        source=ibis.literal(source.value),
        rows=different.count(),
        corrected=different.corrected.sum().cast("int64"),
        late=different.late.sum().cast("int64"),
    )


def _slices(window: Window, robots: int) -> Iterator[Window]:
    """Cut a window at the ends of the lake's days, so many that memory holds one."""
    length_us = max(1, ROBOT_DAYS // max(robots, 1)) * DAY_US
    at_us = window.start_us
    while at_us < window.end_us:
        until_us = min(at_us - at_us % DAY_US + length_us, window.end_us)
        yield Window(at_us, until_us)
        at_us = until_us


def ledger_rows(robot_ids: Sequence[int], window: Window) -> pa.Table:
    """Return the messages expected and stored, minute by minute (LEDGER)."""
    rows = (
        MinuteLedger.objects.filter(
            robot_id__in=robot_ids,
            minute_us__gte=window.start_us - window.start_us % MINUTE_US,
            minute_us__lt=window.end_us,
        )
        .order_by("robot_id", "minute_us")
        .values(*LEDGER.names)
    )
    return pa.Table.from_pylist(list(rows), schema=LEDGER)


def integers_by_day(
    reading: Reading, kpis: Sequence[Kpi], window: Window, duty: Duty
) -> pa.Table:
    """Return each KPI's integers by robot and operational day (INTEGERS)."""
    lake = reading.lake
    asked = Question(window, tuple(kpis), lake.evidence, duty, software="")

    def totals(*, exclude: bool) -> Totals:
        return totals_of(asked, lake.robot_ids, reading.tables, exclude=exclude)

    kept, whole = totals(exclude=True), totals(exclude=False)
    rows = [
        {"robot_id": robot_id, "day": day.isoformat(), "kpi": kpi.key}
        | _integers(kpi, kept.get((robot_id, day)), "")
        | _integers(kpi, parts, "all_")
        for (robot_id, day), parts in sorted(whole.items())
        for kpi in kpis
    ]
    return pa.Table.from_pylist(rows, schema=INTEGERS)


def _integers(kpi: Kpi, parts: Mapping[str, int] | None, prefix: str) -> dict[str, Any]:
    names = [f"{prefix}{name}" for name in ("num", "den", "rows")]
    if parts is None:
        return dict.fromkeys(names)
    told = defaultdict(int, parts)  # a minute without messages has no ledger
    rows = told[SAMPLE_ROWS.key] + told[EVENT_ROWS.key]
    return dict(zip(names, (*kpi.divide(told), rows), strict=True))


def _sorted(table: pa.Table) -> pa.Table:
    return table.sort_by([(name, "ascending") for name in table.column_names])


def _write(path: Path, schema: pa.Schema, tables: Iterable[pa.Table]) -> None:
    with _writer(path, schema) as writer:
        for table in tables:
            writer.write_table(table)


def _writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    texts = [field.name for field in schema if pa.types.is_string(field.type)]
    integers = [field.name for field in schema if field.name not in texts]
    return pq.ParquetWriter(
        path,
        schema,
        compression="zstd",
        compression_level=COMPRESSION_LEVEL,
        use_dictionary=texts,
        column_encoding=dict.fromkeys(integers, "DELTA_BINARY_PACKED"),
    )
