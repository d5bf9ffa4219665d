from contextlib import contextmanager, suppress

import pytest
from django.db import transaction

from robot_bridge import services
from robot_bridge.errors import LakeOrderError, SpoolBusyError
from robot_bridge.lake import Lake, LakeTable
from robot_bridge.models import SettledSegment
from robot_bridge.spool import Spool
from robot_bridge.tasks import tidy_lake
from robot_bridge.telemetry import DAY_US, Window
from tests.factories import make_deployment_span
from tests.robot_bridge.messages import native, now_us
from tests.robot_bridge.settling import settle

pytestmark = pytest.mark.django_db


@pytest.fixture
def robot():
    return make_deployment_span().robot


@pytest.fixture
def at_us():
    return now_us()


def read(robot, at_us):
    """Return the sequence numbers in the lake, of samples and of events."""
    window = Window(at_us, at_us + 100)
    return [
        services.lake_rows(table, [robot.pk], window)["seq"].to_pylist()
        for table in LakeTable
    ]


def spooled(spool, robot, at_us, *seqs):
    """Spool one segment a message and return the segments."""
    for seq in seqs:
        services.ingest([native(robot, seq, at_us=at_us + seq)], spool=spool)
        spool.seal()
    return spool.segments()


@contextmanager
def crash():
    """Lose what the database was told within; files and lake keep theirs."""
    with suppress(ZeroDivisionError), transaction.atomic():
        yield
        raise ZeroDivisionError


def finish(spool):
    """Do what a settler does first when it starts."""
    accepted = services.settled_but_not_stored(spool)
    services.append_to_lake(accepted)
    for each in accepted:
        spool.remove(spool.segment(each.segment_id))
    for segment in spool.segments():
        with transaction.atomic():
            accepted = services.settle(segment)
        services.append_to_lake([accepted])
        spool.remove(segment)


def test_crash_before_the_transaction_ends_repeats_it(spool, robot, at_us):
    (segment,) = spooled(spool, robot, at_us, 0)
    with crash():
        services.settle(segment)

    finish(spool)

    assert read(robot, at_us) == [[0], [0]]


def test_crash_between_transaction_and_lake_appends_the_rows(spool, robot, at_us):
    (segment,) = spooled(spool, robot, at_us, 0)
    accepted = services.settle(segment)

    again = services.settled_but_not_stored(Spool(spool.directory))

    assert [each.samples for each in again] == [accepted.samples]
    assert [each.events for each in again] == [accepted.events]
    finish(spool)
    assert read(robot, at_us) == [[0], [0]]


def test_crash_between_the_two_tables_appends_the_other(spool, robot, at_us, settings):
    (segment,) = spooled(spool, robot, at_us, 0)
    accepted = services.settle(segment)
    Lake(settings.LAKE_URL).append(
        LakeTable.SAMPLES, accepted.samples, {accepted.run: accepted.number}
    )
    assert read(robot, at_us) == [[0], []]

    finish(spool)

    assert read(robot, at_us) == [[0], [0]]


def test_crash_between_lake_and_removal_appends_nothing(spool, robot, at_us):
    (segment,) = spooled(spool, robot, at_us, 0)
    accepted = services.settle(segment)
    with crash():
        services.append_to_lake([accepted])
    assert SettledSegment.objects.get().stored_at is None

    finish(spool)

    assert read(robot, at_us) == [[0], [0]]
    assert spool.segments() == []


def test_append_twice_changes_nothing(spool, robot, at_us):
    accepted = [services.settle(each) for each in spooled(spool, robot, at_us, 0, 1, 2)]

    services.append_to_lake(accepted[:2])
    services.append_to_lake(accepted)
    services.append_to_lake(accepted)

    assert read(robot, at_us) == [[0, 1, 2], [0, 1, 2]]


def test_append_refuses_to_pass_over_a_settled_segment(spool, robot, at_us):
    first, second = (
        services.settle(each) for each in spooled(spool, robot, at_us, 0, 1)
    )

    with pytest.raises(LakeOrderError, match=first.segment_id):
        services.append_to_lake([second])
    services.append_to_lake([second, first])

    assert read(robot, at_us) == [[0, 1], [0, 1]]


def test_stored_segment_keeps_no_decisions(spool, robot, at_us):
    (segment,) = spooled(spool, robot, at_us, 0)
    services.append_to_lake([services.settle(segment)])

    row = SettledSegment.objects.get()
    assert bytes(row.decisions) == b""
    assert row.stored_at is not None
    assert [
        each.samples.num_rows for each in services.settled_but_not_stored(spool)
    ] == [0]


def test_spools_of_two_writers_do_not_disturb_each_other(home, robot, at_us):
    one, other = (Spool(home / "spool", reserve_bytes=0) for _writer in range(2))
    services.ingest([native(robot, 0, at_us=at_us)], spool=one)
    services.ingest([native(robot, 1, at_us=at_us + 1)], spool=other)
    services.ingest([native(robot, 2, at_us=at_us + 2)], spool=one)
    other.seal()

    finish(one)

    assert read(robot, at_us) == [[0, 1, 2], [0, 1, 2]]


def test_lake_files_hold_the_windows_days_only(spool, robot, at_us):
    settle(spool, native(robot, 0, at_us=at_us))
    settle(spool, native(robot, 1, at_us=at_us - DAY_US, recv_us=at_us))

    def count(start_us, end_us):
        return len(services.lake_files("samples", Window(start_us, end_us)))

    midnight_us = at_us - at_us % DAY_US
    assert count(at_us, at_us + 1) == 1
    assert count(midnight_us - 1, at_us) == 2
    assert count(midnight_us - DAY_US, midnight_us) == 1
    assert count(at_us, at_us) == 0
    assert count(at_us + DAY_US, at_us + 2 * DAY_US) == 0


def test_pinned_files_survive_tidying(spool, robot, at_us):
    old_us = at_us - 5 * DAY_US
    for seq in range(4):
        settle(spool, native(robot, seq, at_us=old_us + seq, recv_us=at_us))
    window = Window(old_us, old_us + 10)
    version = services.lake_version("samples")
    before = services.lake_files("samples", window)

    assert services.tidy_lake() == 8

    assert services.lake_files("samples", window, version=version) == before
    assert len(services.lake_files("samples", window)) == 1
    assert read(robot, old_us) == [[0, 1, 2, 3]] * 2


def test_lake_rows_reads_by_column_and_up_to_a_limit(spool, robot, at_us):
    rows = [{"ts": at_us + n, "m": {"soc": 0.5, "x_m": n}} for n in range(5)]
    settle(spool, native(robot, 0, at_us=at_us, samples=rows))
    window = Window(at_us + 1, at_us + 4)

    some = services.samples_of(robot, window, metric="x_m")
    first = services.samples_of(robot, window, metric=["x_m", "soc"], limit=2)

    assert some["value"].to_pylist() == [1_000, 2_000, 3_000]
    assert first.num_rows == 2
    with pytest.raises(ValueError, match="no column colour"):
        services.samples_of(robot, window, colour="red")


def test_empty_lake_has_no_rows(robot, at_us):
    window = Window(at_us, at_us + 1)

    assert services.lake_files("events", window) == []
    assert services.samples_of(robot, window).num_rows == 0
    assert services.lake_version("events") == -1


def test_appending_goes_on_while_the_lake_is_tidied(spool, robot, at_us):
    """A merge is no conflict to an append that began before it."""
    settle(spool, native(robot, 0, at_us=at_us))
    settle(spool, native(robot, 1, at_us=at_us + 1))

    services.tidy_lake()
    settle(spool, native(robot, 2, at_us=at_us + 2))

    assert read(robot, at_us) == [[0, 1, 2], [0, 1, 2]]


def test_tidying_waits_while_a_backup_holds_it_off(spool, robot, at_us, settings):
    settings.SPOOL_ROOT = spool.directory
    settle(spool, native(robot, 0, at_us=at_us))

    with spool.held_for("tidy"), pytest.raises(SpoolBusyError):
        services.tidy_lake()
    with spool.held_for("tidy"):
        tidy_lake()
