"""Which software robots ran when, as they told, and the figures under each."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

from kpis.engine.duty import Duty, Presence
from kpis.engine.figures import Figure
from kpis.enums import Tier
from kpis.models import KpiState
from kpis.services.figures import ALL_DAY, compute
from robot_bridge.telemetry import HOUR_US, Window


class Run(NamedTuple):
    """A robot's hours under one version; the hour of a change is the newer one's."""

    robot_id: int
    software: str
    start_us: int
    end_us: int


def software_runs(*, robots: Iterable[int], window: Window, evidence: str) -> list[Run]:
    """Return the versions heard of in the window, robot by robot, oldest first.

    A run lasts until the next one begins; the last one until the window's end.
    """
    hours = (
        KpiState.objects.filter(
            robot_id__in=list(robots),
            tier=Tier.HOUR,
            bucket_start_us__gte=window.start_us - window.start_us % HOUR_US,
            bucket_start_us__lt=window.end_us,
            evidence=evidence,
        )
        .order_by("robot_id", "bucket_start_us", "software")
        .values_list("robot_id", "bucket_start_us", "software")
    )
    found: list[Run] = []
    for (robot_id, hour_us), rows in groupby(hours, key=lambda row: row[:2]):
        versions = [software for _robot, _hour, software in rows]
        last = found[-1] if found and found[-1].robot_id == robot_id else None
        newer = [each for each in versions if last is None or each != last.software]
        if not newer:
            continue
        start_us = max(hour_us, window.start_us)
        if last is not None:
            found[-1] = last._replace(end_us=start_us)
        found.append(Run(robot_id, newer[-1], start_us, window.end_us))
    return found


def compute_by_software(
    *,
    robots: Iterable[int],
    window: Window,
    kpis: Iterable[str],
    evidence: str,
    duty: Duty = ALL_DAY,
) -> dict[str, dict[str, Figure]]:
    """Return `compute` of the robots' time under each version, first seen first.

    Only the time under a version is due under it, so that a share before an update
    and one after it can be held side by side.
    """
    runs = software_runs(robots=robots, window=window, evidence=evidence)
    keys = list(kpis)
    return {
        software: compute(
            robots={run.robot_id for run in runs if run.software == software},
            window=window,
            kpis=keys,
            evidence=evidence,
            duty=_under(duty, [run for run in runs if run.software == software]),
            software=software,
        )
        for software in dict.fromkeys(
            run.software for run in sorted(runs, key=lambda run: run.start_us)
        )
    }


def _under(duty: Duty, runs: list[Run]) -> Duty:
    """Narrow a duty's presence to the runs."""
    presence = tuple(
        Presence(run.robot_id, start_us, end_us)
        for run in runs
        for start_us, end_us in _present(duty, run)
    )
    return replace(duty, presence=presence)


def _present(duty: Duty, run: Run) -> list[tuple[int, int]]:
    if not duty.presence:
        return [(run.start_us, run.end_us)]
    cut = [
        (max(each.start_us, run.start_us), min(each.end_us, run.end_us))
        for each in duty.presence
        if each.robot_id == run.robot_id
    ]
    return [(start_us, end_us) for start_us, end_us in cut if start_us < end_us]
