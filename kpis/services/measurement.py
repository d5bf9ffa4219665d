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
from kpis.engine.definition import ENGINE_VERSION, Kpi, chosen
from kpis.engine.duty import DueSpan, Duty, due_spans, length_by_day
from kpis.engine.figures import RobotDay, Totals
from kpis.engine.parts import DUE_US, FACT_KEYS
from kpis.engine.quantiles import nearest_rank
from kpis.models import Measurement
from kpis.services.figures import ALL_DAY, asks_ledger, freshness
from kpis.services.lake import PinnedLake, refuse_lake_behind
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


def measure(
    *,
    robots: Iterable[int],
    window: Window,
    kpis: Iterable[str],
    evidence: str,
    duty: Duty = ALL_DAY,
    software: str = "",
) -> Measurement:
    """Measure KPIs over the lake's rows and keep what was found.

    Exact for any window, shift and exclusion; the arguments are those of `compute`.
    `figure(key).by_day` holds each operational day's integers.

    Raises:
        UnknownKpiError: a key that the catalogue does not have.
        LakeBehindError: settled rows have not reached the lake yet; try again.
    """
    asked = Question(window, chosen(kpis), evidence, duty, software)
    (pooled,) = _measured(asked, [sorted(set(robots))])
    return pooled


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
    cases = _caught_up(ids, evidence).facts(window).cases
    if software:
        cases = cases.filter(pc.equal(cases["software"], software))
    days = _days_of(cases, due_spans(ids, window, duty), window)
    lengths = cases.filter(pa.array(days >= 0))["since_us"].to_pylist()
    return {share: nearest_rank(lengths, share) for share in shares}


def measure_fleet(
    *,
    robots: Iterable[int],
    window: Window,
    kpis: Iterable[str],
    evidence: str,
    duty: Duty = ALL_DAY,
    software: str = "",
) -> tuple[Measurement, dict[int, Measurement]]:
    """Measure robots pooled, and each alone, over one reading of the lake.

    Equal to `measure` of them all and of each, at about the cost of the first.
    """
    asked = Question(window, chosen(kpis), evidence, duty, software)
    ids = sorted(set(robots))
    pooled, *alone = _measured(asked, [ids, *([robot_id] for robot_id in ids)])
    return pooled, dict(zip(ids, alone, strict=True))


def _measured(asked: Question, groups: Sequence[Sequence[int]]) -> list[Measurement]:
    every = sorted({robot_id for group in groups for robot_id in group})
    lake = _caught_up(every, asked.evidence)
    minutes = lake.facts(asked.window).minutes
    if asked.software:
        minutes = minutes.filter(pc.equal(minutes["software"], asked.software))
    return [_keep(asked, group, minutes, lake.versions) for group in groups]


def _keep(
    asked: Question,
    robot_ids: Sequence[int],
    minutes: pa.Table,
    lake_versions: dict[str, int],
) -> Measurement:
    def totals(*, exclude: bool) -> Totals:
        due = due_spans(robot_ids, asked.window, asked.duty, exclude=exclude)
        facts = facts_by_day(minutes, due, asked.window)
        if not asks_ledger(asked.kpis):
            return facts
        return joined(facts, sum_ledger(minute_pieces(due)))

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
        "lake_versions": lake_versions,
    }
    return Measurement.objects.create(
        code=f"M-{secrets.token_hex(8)}", digest=digest_of(told), **told
    )


def digest_of(told: dict[str, Any]) -> str:
    """Return the sha256 of what a measurement tells, as canonical JSON."""
    text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _caught_up(robot_ids: Sequence[int], evidence: str) -> PinnedLake:
    with between_batches():
        refuse_lake_behind()
        return PinnedLake.now(robot_ids, evidence=evidence)


def facts_by_day(
    minutes: pa.Table, due: Sequence[DueSpan], window: Window
) -> dict[RobotDay, dict[str, int]]:
    """Sum facts by minute over the time due, by robot and operational day.

    Due spans are whole minutes but at the window's ends, where the facts are cut
    already.
    """
    totals = {
        key: dict.fromkeys(FACT_KEYS, 0) | {DUE_US.key: length_us}
        for key, length_us in length_by_day(due).items()
    }
    days = _days_of(minutes, due, window)
    counted = minutes.append_column("day", pa.array(days)).filter(pa.array(days >= 0))
    sums = counted.group_by(["robot_id", "day"]).aggregate(
        [(key, "sum") for key in FACT_KEYS]
    )
    for row in sums.to_pylist():
        found = totals[row["robot_id"], date.fromordinal(row["day"])]
        found |= {key: row[f"{key}_sum"] for key in FACT_KEYS}
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
