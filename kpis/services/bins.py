"""Bins of cycle times in PostgreSQL: added to, replaced, and read as quantiles."""

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from typing import Final

import pyarrow as pa
from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from kpis.engine.duty import Duty, due_spans
from kpis.engine.quantiles import bins_of, rank_in_bins
from kpis.enums import Tier
from kpis.models import CycleBin
from kpis.services.figures import ALL_DAY
from kpis.services.instants import microseconds
from kpis.services.states import pieces_of
from robot_bridge.telemetry import HOUR_US, Window

_ADD: Final = """
INSERT INTO kpis_cyclebin AS held
    (robot_id, evidence, software, bucket_start_us, bin, count)
SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::bigint[], %s::int[],
    %s::bigint[])
ON CONFLICT (robot_id, bucket_start_us, evidence, software, bin)
DO UPDATE SET count = held.count + EXCLUDED.count
"""
Bin = tuple[int, str, str, int, int]  # robot, evidence, software, hour in µs, bin


def binned(cases: pa.Table) -> Counter[Bin]:
    """Count tasks (states.CASES) by hour and bin."""
    hours = cases["bucket_us"].to_numpy()
    return Counter(
        zip(
            cases["robot_id"].to_pylist(),
            cases["evidence"].to_pylist(),
            cases["software"].to_pylist(),
            (hours - hours % HOUR_US).tolist(),
            bins_of(cases["since_us"].to_numpy()).tolist(),
            strict=True,
        )
    )


def add_bins(cases: pa.Table) -> None:
    counts = binned(cases)
    if counts:
        columns = [*map(list, zip(*counts, strict=True)), list(counts.values())]
        with connection.cursor() as cursor:
            cursor.execute(_ADD, columns)


def replace_bins(robot_id: int, cases: pa.Table, hours: Window) -> None:
    """Put one robot's recomputed tasks in the place of all of some whole hours."""
    CycleBin.objects.filter(
        robot_id=robot_id,
        bucket_start_us__gte=hours.start_us,
        bucket_start_us__lt=hours.end_us,
    ).delete()
    add_bins(cases)


def differing_hours(robot_id: int, cases: pa.Table) -> list[int]:
    """Return the hours whose kept bins are not those of all the robot's tasks."""
    kept: Counter[Bin] = Counter()
    for each in CycleBin.objects.filter(robot_id=robot_id):
        hour_us = each.bucket_start_us
        kept[robot_id, each.evidence, each.software, hour_us, each.bin] = each.count
    right = binned(cases)
    wrong = {key for key in kept.keys() | right.keys() if kept[key] != right[key]}
    return sorted({hour_us for _robot, _kind, _version, hour_us, _bin in wrong})


def live_cycle_times(
    *,
    robots: Iterable[int],
    window: Window,
    shares: Iterable[Fraction],
    evidence: str,
    duty: Duty = ALL_DAY,
    software: str = "",
) -> dict[Fraction, int | None]:
    """Return quantiles of how long tasks took, in µs, less than a 128th too small.

    Of tasks finished in whole hours due; None where none was timed. The arguments
    are those of `cycle_times`, which is exact.
    """
    now_us = microseconds(timezone.now())
    pieces = pieces_of(due_spans(robots, window, duty), now_us=now_us)
    counts: Counter[int] = Counter()
    for robot_id, _day, tier, start_us, end_us in pieces:
        if tier is Tier.HOUR:
            counts.update(_bins(robot_id, start_us, end_us, evidence, software))
    return {share: rank_in_bins(counts, share) for share in shares}


def _bins(
    robot_id: int, start_us: int, end_us: int, evidence: str, software: str
) -> dict[int, int]:
    found = CycleBin.objects.filter(
        robot_id=robot_id,
        bucket_start_us__gte=start_us,
        bucket_start_us__lt=end_us,
        evidence=evidence,
    )
    if software:
        found = found.filter(software=software)
    summed = found.values("bin").annotate(tasks=Sum("count"))
    return dict(summed.values_list("bin", "tasks"))
