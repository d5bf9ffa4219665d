"""Measurements for gates: from the lake, and kept."""

import hashlib
import json
import secrets
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from kpis.engine import figures
from kpis.engine.composition import extra_parts
from kpis.engine.definition import ENGINE_VERSION, Kpi
from kpis.engine.duty import DueSpan, Duty, due_spans, length_by_day
from kpis.engine.figures import RobotDay, Totals
from kpis.engine.parts import DUE_US
from kpis.engine.quantiles import nearest_rank
from kpis.engine.sums import KEY
from kpis.models import Measurement
from kpis.services.figures import ALL_DAY, asks_ledger, freshness
from kpis.services.lake import PinnedLake, refuse_lake_behind
from kpis.services.resolving import definitions
from kpis.services.settler import between_batches
from kpis.services.states import joined, minute_pieces, sum_ledger
from robot_bridge.telemetry import Window


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be measured; the arguments of `measure`."""

    window: Window
    kpis: tuple[Kpi, ...]
    evidence: str
    duty: Duty
    software: str


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What a measurement was taken from: rows in one version, integers by minute."""

    lake: PinnedLake
    tables: tuple[pa.Table, ...]


@dataclass(frozen=True, slots=True)
class Fleet:
    """Robots pooled, and each alone, measured by these definitions."""

    kpis: tuple[Kpi, ...]
    pooled: Measurement
    alone: dict[int, Measurement]
    reading: Reading


def measure(
    *,
    robots: Iterable[int],
    window: Window,
    kpis: Iterable[str | Kpi],
    evidence: str,
    duty: Duty = ALL_DAY,
    software: str = "",
) -> Measurement:
    """Measure KPIs over the lake's rows and keep what was found.

    Exact for any window, shift and exclusion; the arguments are those of `compute`.
    `figure(key).by_day` holds each operational day's integers.

    Raises:
        UnknownKpiError: a key that nobody has.
        LakeBehindError: settled rows have not reached the lake yet; try again.
    """
    asked = Question(window, definitions(kpis), evidence, duty, software)
    reading = _read(asked, sorted(set(robots)))
    return _keep(asked, reading.lake.robot_ids, reading)


def cycle_times(
    *,
    robots: Iterable[int],
    window: Window,
    shares: Iterable[Fraction],
    evidence: str,
    duty: Duty = ALL_DAY,
    software: str = "",
) -> dict[Fraction, int | None]:
    """Return exact quantiles of how long tasks took, in µs; None where none was timed.

    The nearest rank over the lake's rows, of tasks finished in the time due; the
    other arguments are those of `compute`.

    Raises:
        LakeBehindError: settled rows have not reached the lake yet; try again.
    """
    ids = sorted(set(robots))
    cases = caught_up(ids, evidence).facts(window).cases
    if software:
        cases = cases.filter(pc.equal(cases["software"], software))
    days = _days_of(cases, due_spans(ids, window, duty), window)
    lengths = cases.filter(pa.array(days >= 0))["since_us"].to_pylist()
    return {share: nearest_rank(lengths, share) for share in shares}


def measure_fleet(
    *,
    robots: Iterable[int],
    window: Window,
    kpis: Iterable[str | Kpi],
    evidence: str,
    duty: Duty = ALL_DAY,
    software: str = "",
) -> Fleet:
    """Measure robots pooled, and each alone, over one reading of the lake.

    Equal to `measure` of them all and of each, at about the cost of the first.
    """
    asked = Question(window, definitions(kpis), evidence, duty, software)
    ids = sorted(set(robots))
    reading = _read(asked, ids)
    return Fleet(
        kpis=asked.kpis,
        pooled=_keep(asked, ids, reading),
        alone={robot_id: _keep(asked, [robot_id], reading) for robot_id in ids},
        reading=reading,
    )


def _read(asked: Question, robot_ids: Sequence[int]) -> Reading:
    lake = caught_up(robot_ids, asked.evidence)
    return Reading(lake, read_tables(lake, asked))


def read_tables(lake: PinnedLake, asked: Question) -> tuple[pa.Table, ...]:
    """Return the integers by minute that are asked for, a table a reading."""
    before = lake.carry_into(asked.window.start_us)
    tables = [lake.facts(asked.window, before=before).minutes]
    if extra := extra_parts(asked.kpis):
        tables += lake.beside(asked.window, extra, before)
    if not asked.software:
        return tuple(tables)
    return tuple(
        table.filter(pc.equal(table["software"], asked.software)) for table in tables
    )


def _keep(asked: Question, robot_ids: Sequence[int], reading: Reading) -> Measurement:
    def totals(*, exclude: bool) -> Totals:
        return totals_of(asked, robot_ids, reading.tables, exclude=exclude)

    drawn = figures.draw(
        asked.kpis,
        totals(exclude=True),
        unexcluded=totals(exclude=False) if asked.duty.exclusions else None,
        fresh_at_us=freshness(robot_ids, asked.evidence),
    )
    told: dict[str, Any] = {
        "start_us": asked.window.start_us,
        "end_us": asked.window.end_us,
        "robot_ids": list(robot_ids),
        "evidence": asked.evidence,
        "software": asked.software,
        "duty": asked.duty.as_json(),
        "figures": {key: figure.as_json() for key, figure in drawn.items()},
        "engine_version": ENGINE_VERSION,
        "lake_versions": reading.lake.versions,
    }
    return Measurement.objects.create(
        code=f"M-{secrets.token_hex(8)}", digest=digest_of(told), **told
    )


def totals_of(
    asked: Question,
    robot_ids: Sequence[int],
    tables: Sequence[pa.Table],
    *,
    exclude: bool,
) -> Totals:
    """Sum what was read over the time due, by robot and operational day."""
    due = due_spans(robot_ids, asked.window, asked.duty, exclude=exclude)
    totals: Totals = facts_by_day(tables[0], due, asked.window)
    for table in tables[1:]:
        totals = joined(totals, facts_by_day(table, due, asked.window))
    if not asks_ledger(asked.kpis):
        return totals
    return joined(totals, sum_ledger(minute_pieces(due)))


def digest_of(told: dict[str, Any]) -> str:
    """Return the sha256 of what a measurement tells, as canonical JSON."""
    text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def caught_up(robot_ids: Sequence[int], evidence: str) -> PinnedLake:
    with between_batches():
        refuse_lake_behind()
        return PinnedLake.now(robot_ids, evidence=evidence)


def facts_by_day(
    minutes: pa.Table, due: Sequence[DueSpan], window: Window
) -> dict[RobotDay, dict[str, int]]:
    """Sum integers by minute over the time due, by robot and operational day.

    Due spans are whole minutes but at the window's ends, where the facts are cut
    already.
    """
    names = [name for name in minutes.column_names if name not in KEY]
    totals = {
        key: dict.fromkeys(names, 0) | {DUE_US.key: length_us}
        for key, length_us in length_by_day(due).items()
    }
    days = _days_of(minutes, due, window)
    counted = minutes.append_column("day", pa.array(days)).filter(pa.array(days >= 0))
    sums = counted.group_by(["robot_id", "day"]).aggregate(
        [(name, "sum") for name in names]
    )
    for row in sums.to_pylist():
        found = totals[row["robot_id"], date.fromordinal(row["day"])]
        found |= {name: row[f"{name}_sum"] for name in names}
    return totals


def _days_of(
    minutes: pa.Table, due: Sequence[DueSpan], window: Window
) -> npt.NDArray[np.int64]:
    """Return the ordinal of the day each minute is due on, or -1."""
    days = np.full(minutes.num_rows, -1, dtype=np.int64)
    robots = minutes["robot_id"].to_numpy()
    at_us = np.maximum(minutes["bucket_us"].to_numpy(), window.start_us)
    own: dict[int, list[DueSpan]] = defaultdict(list)
    for span in due:
        own[span.robot_id].append(span)
    for robot_id, spans in own.items():
        rows = np.flatnonzero(robots == robot_id)
        starts = np.array([span.start_us for span in spans])
        ends = np.array([span.end_us for span in spans])
        ordinals = np.array([span.day.toordinal() for span in spans])
        place = np.searchsorted(starts, at_us[rows], side="right") - 1
        is_due = (place >= 0) & (at_us[rows] < ends[place])
        days[rows[is_due]] = ordinals[place[is_due]]
    return days
