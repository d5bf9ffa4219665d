"""Accepted rows into the lake, once; and out of it again."""

import shutil
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
from deltalake.exceptions import DeltaError
from django.conf import settings
from django.utils import timezone

from accounts.services import clock
from dispatch.enums import JobKind, JobState
from dispatch.models import Job
from dispatch.services import running, start_job
from robot_bridge.errors import LakeOrderError, LakeUnreadableError
from robot_bridge.lake import Lake, LakeTable, read_rows
from robot_bridge.models import Robot, SettledSegment
from robot_bridge.services.ingest import open_spool
from robot_bridge.services.ledger import disputed_messages
from robot_bridge.telemetry import Window


@dataclass(frozen=True, slots=True)
class Accepted:
    """The rows of one settled segment that count.

    `disputed`: per robot, where rows accepted earlier stopped counting.
    """

    segment_id: str
    samples: pa.Table  # telemetry.SAMPLES
    events: pa.Table  # telemetry.EVENTS
    disputed: tuple[tuple[int, Window], ...] = ()

    @property
    def run(self) -> str:
        return self.segment_id.rpartition("-")[0]

    @property
    def number(self) -> int:
        return int(self.segment_id.rpartition("-")[2])

    def rows(self, table: LakeTable) -> pa.Table:
        return self.samples if table is LakeTable.SAMPLES else self.events


# With less than this the next append, or the merging of files, may not fit.
LEAST_FREE_BYTES: Final = 64 << 20


@dataclass(frozen=True, slots=True)
class LakeStanding:
    """How far the lake has followed the settler.

    `waiting_since`: when the oldest segment settled whose rows are not in yet.
    `free_bytes`: None where the lake is not on a disk of this machine.
    """

    stored_at: datetime | None
    waiting_since: datetime | None
    free_bytes: int | None

    @property
    def is_full(self) -> bool:
        return self.free_bytes is not None and self.free_bytes < LEAST_FREE_BYTES


@dataclass(frozen=True, slots=True)
class Append:
    """An append to the lake that is under way."""

    ordered: Sequence[Accepted]
    written: Sequence[Future[None]]

    def finish(self) -> None:
        """Wait until the rows are in; then the segments may be removed."""
        for each in self.written:
            each.result()
        SettledSegment.objects.filter(
            segment__in=[each.segment_id for each in self.ordered], stored_at=None
        ).update(stored_at=timezone.now(), decisions=b"")


# Writing waits for the disk more than it computes, so both tables go at once.
_writers = ThreadPoolExecutor(len(LakeTable), thread_name_prefix="lake")


def begin_append(accepted: Sequence[Accepted]) -> Append:
    """Begin to append the rows of settled segments, each exactly once.

    Called when the transaction that settled them is over and every append begun
    before is finished. One commit a table, which says up to which segment of each
    spool run it reaches; what it reaches already is left out.

    Raises:
        LakeOrderError: an earlier settled segment of the same run is not in yet.
    """
    ordered = sorted(accepted, key=lambda each: each.segment_id)
    _refuse_gaps(ordered)
    lake = _lake()
    written = [_writers.submit(_append, lake, table, ordered) for table in LakeTable]
    return Append(ordered, written)


def append_to_lake(accepted: Sequence[Accepted]) -> None:
    """Append the rows of settled segments and wait until they are in."""
    begin_append(accepted).finish()


def lake_files(table: str, window: Window, *, version: int | None = None) -> list[str]:
    """Return the Parquet files of one version that hold a window's days.

    They hold rows outside the window too, and rows of `disputed_messages`.
    """
    return _lake().files(LakeTable(table), window, version=version)


def lake_version(table: str) -> int:
    """Return the newest version of a lake table, -1 where it is not made yet."""
    return _lake().version(LakeTable(table))


def lake_rows(
    table: str,
    robot_ids: Iterable[int],
    window: Window,
    *,
    limit: int | None = None,
    **conditions: Any,
) -> pa.Table:
    """Return the robots' rows that count, in reading order.

    `conditions`: by column, the value it equals or the list it is in.
    """
    ids = list(robot_ids)
    return read_rows(
        LakeTable(table),
        lake_files(table, window),
        {"robot_id": ids, **conditions},
        window,
        without=disputed_messages(ids),
        limit=limit,
    )


def samples_of(robot: Robot, window: Window, **conditions: Any) -> pa.Table:
    """Return one robot's samples that count, in reading order."""
    return lake_rows(LakeTable.SAMPLES, [robot.pk], window, **conditions)


def lake_standing() -> LakeStanding:
    """Read both tables' newest versions, and what still waits to be in them.

    Raises:
        LakeUnreadableError: its place does not answer, or it lost what was stored.
    """
    lake = _lake()
    waiting = SettledSegment.objects.filter(stored_at=None).order_by("settled_at")
    stored = SettledSegment.objects.filter(stored_at__isnull=False).order_by("-pk")
    held = stored.exclude(samples=0, events=0)
    try:
        versions = [lake.version(table) for table in LakeTable]
        free_bytes = None if "://" in lake.url else _free_bytes(Path(lake.url))
    except (OSError, DeltaError) as error:
        raise LakeUnreadableError(f"{lake.url}: {error}") from error
    if max(versions) < 0 and held.exists():
        raise LakeUnreadableError(f"{lake.url}: no table is there any more.")
    return LakeStanding(
        stored_at=stored.values_list("stored_at", flat=True).first(),
        waiting_since=waiting.values_list("settled_at", flat=True).first(),
        free_bytes=free_bytes,
    )


def _free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder if folder.exists() else folder.parent).free


def prepare_lake() -> None:
    """Pay before the first row arrives for what the lake needs once."""
    _lake().prepare()


def tidy_lake(progress: Callable[[int, int], None] | None = None) -> int:
    """Merge the lake's small files; returns how many were merged.

    Appending costs time in proportion to the files there are, so do it often. A
    backup holds it off.

    Raises:
        SpoolBusyError: a backup, or another, is at it.
    """
    merged = 0
    with open_spool().held_for("tidy"):
        for done, table in enumerate(LakeTable, start=1):
            merged += _lake().tidy(table)
            if progress:
                progress(done, len(LakeTable))
    return merged


def tidy_lake_as_job() -> int:
    """Merge the lake's small files where everybody sees it; the last merge is told."""
    job = start_job(JobKind.COMPACTION, by=clock(), total=len(LakeTable))
    merged = 0
    with running(job) as progress:
        merged = tidy_lake(progress)
    if not merged and job.state in {JobState.DONE, JobState.FAILED}:
        job.delete()
    else:
        ended = Job.objects.filter(kind=JobKind.COMPACTION, finished_at__isnull=False)
        ended.exclude(pk=job.pk).delete()
    return merged


def _lake() -> Lake:
    return Lake(str(settings.LAKE_URL))


def _append(lake: Lake, table: LakeTable, ordered: Sequence[Accepted]) -> None:
    runs = {each.run for each in ordered}
    stored = {run: lake.stored_up_to(table, run) for run in runs}
    new = [each for each in ordered if each.number > stored[each.run]]
    rows = [each.rows(table) for each in new if each.rows(table).num_rows]
    if rows:
        marks = {each.run: each.number for each in new}
        lake.append(table, pa.concat_tables(rows), marks)


def _refuse_gaps(ordered: Sequence[Accepted]) -> None:
    """Refuse to pass over a settled segment: the lake would take it for stored."""
    offered = {each.segment_id for each in ordered}
    last = {each.run: each.number for each in ordered}
    waiting = SettledSegment.objects.filter(stored_at=None, run__in=last)
    for row in waiting.exclude(segment__in=offered):
        if row.number < last[row.run]:
            raise LakeOrderError(
                f"segment {row.segment} is settled and not in the lake yet; append it "
                f"before segment {row.run}-{last[row.run]:08d}."
            )
