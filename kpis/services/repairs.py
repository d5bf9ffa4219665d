"""States put right: late rows taken in, and everything proved against the lake."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from kpis.engine import sums
from kpis.engine.carry import Carry
from kpis.engine.meters import LONGEST_STEP_US
from kpis.engine.reach import starts_us
from kpis.enums import Tier
from kpis.models import DirtyRange, Watermark
from kpis.services.bins import differing_hours, replace_bins
from kpis.services.carry import replace_carry, replace_turns
from kpis.services.instants import microseconds
from kpis.services.lake import EVER, PinnedLake, refuse_lake_behind
from kpis.services.settler import between_batches
from kpis.services.states import MINUTES_KEPT_US, read_states, replace_states
from robot_bridge.telemetry import HOUR_US, Window

# Late rows come in bursts: repair once a burst is over, or has gone on this long.
QUIET: Final = timedelta(seconds=2)
LONGEST_WAIT: Final = timedelta(seconds=30)
# Beside the tiers of states: the hours' bins of cycle times.
CYCLES: Final = "cycles"


def repair_one() -> bool:
    """Repair the robot whose late rows have waited longest; False: none was ripe."""
    now = timezone.now()
    ripe = DirtyRange.objects.ripe(
        quiet_since=now - QUIET, waiting_since=now - LONGEST_WAIT
    )
    first = ripe.order_by("found_at").first()
    if first is None:
        return False
    repair([first.robot_id])
    return True


def repair(robot_ids: Iterable[int]) -> None:
    """Recompute what dirty ranges touch, from the lake, and forget the ranges.

    Raises:
        LakeBehindError: settled rows have not reached the lake yet.
    """
    for robot_id in sorted(set(robot_ids)):
        with between_batches():
            refuse_lake_behind()
            _repair(robot_id)


def _repair(robot_id: int) -> None:
    with transaction.atomic():
        ranges = list(DirtyRange.objects.select_for_update().filter(robot_id=robot_id))
        if not ranges:
            return
        lake = PinnedLake.now([robot_id])
        # A range that reaches to the end covers all that come after its start.
        for each in sorted(ranges, key=lambda each: each.start_us):
            if not _mend(lake, robot_id, Window(each.start_us, each.end_us)):
                break
        DirtyRange.objects.filter(pk__in=[each.pk for each in ranges]).delete()


def _mend(lake: PinnedLake, robot_id: int, dirty: Window) -> bool:
    """Put the hours right that a dirty range touches; False: all to the end."""
    start_us = max(starts_us(dirty), EVER.start_us)
    before = lake.carry_into(start_us)
    found = None if _is_at_the_head(robot_id, dirty) else lake.reach(dirty, before)
    if found is None:
        _replace(robot_id, Window(start_us, EVER.end_us), lake, before)
        return False
    window = Window(start_us, found.window.end_us)
    folded = lake.facts(window, before=before)
    replace_states(
        robot_id,
        folded.minutes,
        [(window.start_us, window.end_us)],
        now_us=microseconds(timezone.now()),
    )
    replace_bins(robot_id, folded.cases, window)
    replace_turns(robot_id, found.things, folded.carry)
    return True


def _is_at_the_head(robot_id: int, dirty: Window) -> bool:
    """Say whether a reading still to come may be held against one of the range."""
    newest = Watermark.objects.filter(robot_id=robot_id).aggregate(us=Max("ts_us"))
    return (newest["us"] or 0) < dirty.end_us + LONGEST_STEP_US


def _recompute(robot_id: int) -> None:
    """Put all of a robot's states and its carry in the place of those kept."""
    lake = PinnedLake.now([robot_id])
    _replace(robot_id, EVER, lake, lake.carry_into(EVER.start_us))


def _replace(robot_id: int, tail: Window, lake: PinnedLake, before: Carry) -> None:
    folded = lake.facts(tail, before=before)
    replace_states(
        robot_id,
        folded.minutes,
        [(tail.start_us, tail.end_us)],
        now_us=microseconds(timezone.now()),
    )
    replace_bins(robot_id, folded.cases, tail)
    replace_carry(robot_id, folded.carry)


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found for one robot: buckets that differ, by tier."""

    robot_id: int
    buckets: int
    differing: tuple[tuple[str, int], ...]  # tier, bucket_start_us
    repaired: bool

    @property
    def is_right(self) -> bool:
        return not self.differing


def recompute(
    robot_ids: Iterable[int] | None = None,
    *,
    check: bool,
    progress: Callable[[int, int], None] | None = None,
) -> list[Report]:
    """Compute states anew from the lake and compare them with those kept.

    Late rows that wait for their repair are taken in first. What differs then is put
    right unless `check`. No robots named: all that have states. `progress` is told
    how many robots are done, of how many; what it raises ends the work between two.

    Raises:
        LakeBehindError: settled rows have not reached the lake yet.
    """
    if robot_ids is None:
        robot_ids = Watermark.objects.values_list("robot_id", flat=True)
    reports: list[Report] = []
    ids = sorted(set(robot_ids))
    for robot_id in ids:
        if progress:
            progress(len(reports), len(ids))
        with between_batches():
            refuse_lake_behind()
            _repair(robot_id)
            reports.append(_compare(robot_id, check=check))
    if progress:
        progress(len(reports), len(ids))
    return reports


def _compare(robot_id: int, *, check: bool) -> Report:
    folded = PinnedLake.now([robot_id]).facts(EVER)
    wanted = {
        Tier.HOUR: sums.add_up([folded.minutes], bucket_us=HOUR_US),
        Tier.MINUTE: sums.add_up([folded.minutes]),
    }
    differing = [
        (tier.value, bucket_us)
        for tier, table in wanted.items()
        for bucket_us in _differing(robot_id, tier, table)
    ]
    differing += [
        (CYCLES, hour_us) for hour_us in differing_hours(robot_id, folded.cases)
    ]
    if differing and not check:
        with transaction.atomic():
            _recompute(robot_id)
            DirtyRange.objects.filter(robot_id=robot_id).delete()
    buckets = sum(table.num_rows for table in wanted.values())
    return Report(robot_id, buckets, tuple(differing), bool(differing) and not check)


def _differing(robot_id: int, tier: Tier, wanted: pa.Table) -> list[int]:
    """Return the buckets whose kept states are not the wanted ones."""
    start_us = EVER.start_us
    if tier is Tier.MINUTE:
        start_us = microseconds(timezone.now()) - MINUTES_KEPT_US
        start_us += -start_us % HOUR_US
    kept = _by_key(read_states(robot_id, tier, start_us, EVER.end_us))
    reached = pc.greater_equal(wanted["bucket_us"], start_us)
    right = _by_key(wanted.filter(reached))
    wrong = {
        key for key in kept.keys() | right.keys() if kept.get(key) != right.get(key)
    }
    return sorted({key[-1] for key in wrong})


Key = tuple[int, str, str, int]


def _by_key(table: pa.Table) -> dict[Key, Sequence[int]]:
    """Read states by key; a bucket of nothing but zeros counts as none."""
    width = len(sums.KEY)
    rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
    found = {row[:width]: row[width:] for row in rows}
    return {key: facts for key, facts in found.items() if any(facts)}
