"""The one who settles: segments into states and lake, one at a time."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kpis.engine import states
from kpis.engine.carry import Carry, split_late
from kpis.errors import SettlerBusyError
from kpis.services.backend import backend
from kpis.services.bins import add_bins
from kpis.services.carry import keep_carry, keep_received, lives_of, turns_before
from kpis.services.dirt import mark_dirty
from kpis.services.instants import microseconds
from kpis.services.states import add_states
from robot_bridge.models import SettledSegment
from robot_bridge.services import (
    Accepted,
    Append,
    begin_append,
    prepare_lake,
    settle,
    settled_but_not_stored,
)
from robot_bridge.spool import Segment, Spool
from robot_bridge.telemetry import EVENTS, SAMPLES, Window

# Advisory locks: who settles, and who is between states and lake just now.
SETTLER_LOCK: Final = 0x70676B01
BATCH_LOCK: Final = 0x70676B02
# A batch this large keeps the fixed cost of a fold small and its memory bounded.
BATCH_BYTES: Final = 64 << 20
# After so many, whoever waits for stillness gets a turn.
MOST_BATCHES: Final = 4


@contextmanager
def only_settler(spool: Spool) -> Iterator[None]:
    """Hold the right to settle: a lock on the spool and one in the database.

    A lost connection frees only the second, another machine's spool knows only the
    second.

    Raises:
        SpoolBusyError, SettlerBusyError: another process holds it.
    """
    with spool.settling(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [SETTLER_LOCK])
        if not cursor.fetchone()[0]:
            raise SettlerBusyError(
                _("Another process settles already; there is one settler at a time.")
            )
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [SETTLER_LOCK])


@contextmanager
def between_batches() -> Iterator[None]:
    """Hold still: while inside, no batch stands between states and lake.

    Blocks until the batch under way is through. May be held within itself.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [BATCH_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [BATCH_LOCK])


def get_ready() -> None:
    """Do beforehand what only a first batch pays for: lake tables, engine, imports."""
    prepare_lake()
    samples, events = SAMPLES.empty_table(), EVENTS.empty_table()
    carry = Carry(lives_of(set()), turns_before(events, ()))
    states.parts_by_minute(backend(), samples, events, carry=carry)


def settle_and_fold(spool: Spool) -> int:
    """Take some batches of segments from the spool to states and lake.

    Ledger, states, carry and watermark change in one transaction a batch; then the
    lake gets the rows, and only then the segments go. What a crash left between the
    two is finished first. Returns the number of rows accepted.
    """
    if not spool.segments():
        return 0
    with between_batches():
        store_what_is_settled(spool, spool.segments())
        return _settle(spool, islice(_batches(spool.segments()), MOST_BATCHES))


def store_what_is_settled(spool: Spool, segments: Sequence[Segment]) -> None:
    """Finish the segments that a crash left settled but not removed."""
    ids = [segment.id for segment in segments]
    if not SettledSegment.objects.filter(segment__in=ids).exists():
        return
    left = settled_but_not_stored(spool)
    by_id = {segment.id: segment for segment in segments}
    _finish(spool, [by_id[each.segment_id] for each in left], begin_append(left))


def _batches(segments: Iterable[Segment]) -> Iterator[list[Segment]]:
    """Part segments, oldest first, into batches of some size; one at least in each."""
    batch: list[Segment] = []
    size = 0
    for segment in segments:
        size += segment.path.stat().st_size
        if batch and size > BATCH_BYTES:
            yield batch
            batch, size = [], segment.path.stat().st_size
        batch.append(segment)
    if batch:
        yield batch


def _settle(spool: Spool, batches: Iterable[list[Segment]]) -> int:
    """Settle batch after batch; the lake gets one's rows while the next is settled."""
    rows = 0
    under_way: tuple[list[Segment], Append] | None = None
    try:
        for batch in batches:
            with transaction.atomic():
                accepted = [settle(segment) for segment in batch]
                rows += fold(accepted)
            if under_way:
                _finish(spool, *under_way)
            under_way = batch, begin_append(accepted)
    finally:
        if under_way:
            _finish(spool, *under_way)
    return rows


def _finish(spool: Spool, segments: Sequence[Segment], append: Append) -> None:
    append.finish()
    for segment in segments:
        spool.remove(segment)


def fold(accepted: Sequence[Accepted]) -> int:
    """Fold accepted rows into states; late ones make their neighbourhood dirty.

    Runs inside the caller's transaction.
    """
    samples = pa.concat_tables([each.samples for each in accepted])
    events = pa.concat_tables([each.events for each in accepted])
    for each in accepted:
        for robot_id, window in each.disputed:
            mark_dirty(robot_id, window)
    if not (samples.num_rows or events.num_rows):
        return 0
    robot_ids = {
        robot_id
        for rows in (samples, events)
        for robot_id in pc.unique(rows["robot_id"]).to_pylist()
    }
    lives = lives_of(robot_ids)
    now_samples, late_samples = split_late(samples, lives)
    now_events, late_events = split_late(events, lives)
    folded = states.parts_by_minute(
        backend(),
        now_samples,
        now_events,
        carry=Carry(lives, turns_before(now_events, robot_ids)),
        once=True,
    )
    add_states(folded.minutes, now_us=microseconds(timezone.now()))
    add_bins(folded.cases)
    keep_carry(folded.carry)
    keep_received([samples, events])
    _mark_late([late_samples, late_events])
    return samples.num_rows + events.num_rows


def _mark_late(tables: Sequence[pa.Table]) -> None:
    times = pa.concat_tables([each.select(["robot_id", "ts_us"]) for each in tables])
    reach = times.group_by("robot_id").aggregate([("ts_us", "min"), ("ts_us", "max")])
    for row in reach.to_pylist():
        mark_dirty(row["robot_id"], Window(row["ts_us_min"], row["ts_us_max"] + 1))
