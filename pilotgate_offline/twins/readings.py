"""Readings of meters and gauges."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pilotgate_offline.twins.rows import HIGHEST, HOUR_US, Row, lines

READ = {"distance_m", "energy_wh", "soh"}


@dataclass(frozen=True)
class Reading:
    """A row of a meter or a gauge, held against the one before it in its session."""

    robot: int
    evidence: str
    software: str
    ts_us: int
    metric: str
    level: int
    up: int
    elapsed_us: int


def readings(samples: Iterable[Row]) -> Iterator[Reading]:
    """Yield the readings of meters and gauges in reading order.

    A meter rose since the reading before it in the same session, if that is not more
    than an hour old; one that fell began anew, and did not rise.
    """
    for (robot, evidence), rows in lines(samples).items():
        last: dict[str, Row] = {}
        for row in rows:
            metric, level = row["metric"], row["value"]
            if metric not in READ or level is None or not 0 <= level <= HIGHEST:
                continue
            before, up, elapsed_us = last.get(metric), 0, 0
            if before is not None and _goes_on(before, row):
                up = level - before["value"]
                elapsed_us = row["ts_us"] - before["ts_us"]
            last[metric] = row
            yield Reading(
                robot,
                evidence,
                row["software"],
                row["ts_us"],
                metric,
                level,
                up,
                elapsed_us,
            )


def _goes_on(before: Row, row: Row) -> bool:
    one_session = all(before[name] == row[name] for name in ("stream", "session"))
    waited_us = row["ts_us"] - before["ts_us"]
    return one_session and waited_us <= HOUR_US and row["value"] >= before["value"]


def facts_of_reading(reading: Reading) -> Iterator[tuple[str, int]]:
    if reading.metric == "distance_m":
        yield "distance_mm", reading.up
        yield "distance_us", reading.elapsed_us
    if reading.metric == "energy_wh":
        yield "energy_mwh", reading.up
        yield "energy_us", reading.elapsed_us
    if reading.metric == "soh":
        yield "soh_ppm", reading.level
        yield "soh_read", 1
