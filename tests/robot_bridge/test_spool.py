import errno
import os
import signal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from robot_bridge.errors import SpoolBusyError, SpoolError, SpoolFullError
from robot_bridge.spool import Segment, Spool
from tests.robot_bridge.doomed_writer import ENVELOPES, FULL


def kept(spool):
    return [e for segment in spool.segments() for e in segment.envelopes()]


def test_segments_give_back_what_was_appended_in_order(spool):
    spool.append(ENVELOPES[:5])
    spool.append([])
    spool.append(ENVELOPES[5:])

    assert kept(spool) == ENVELOPES


def test_segment_is_sealed_by_size(home):
    spool = Spool(home, size_bytes=1, age_s=3600, reserve_bytes=0)

    spool.append(ENVELOPES[:1])
    spool.append(ENVELOPES[1:2])

    assert len(Spool(home).segments()) == 2


def test_segment_is_sealed_by_age(home):
    spool = Spool(home, age_s=0, reserve_bytes=0)

    spool.append(ENVELOPES[:1])

    assert len(Spool(home).segments()) == 1


def test_segments_leave_a_living_writers_file_alone(home):
    writer = Spool(home, age_s=3600, reserve_bytes=0)

    writer.append(ENVELOPES[:1])

    assert Spool(home).segments() == []
    assert kept(writer) == ENVELOPES[:1]


def test_segments_of_one_run_count_up(home):
    spool = Spool(home, age_s=0, reserve_bytes=0)

    for envelope in ENVELOPES:
        spool.append([envelope])

    segments = spool.segments()
    assert [segment.number for segment in segments] == list(range(1, 20))
    assert len({segment.run for segment in segments}) == 1


def test_removed_segment_is_gone(spool):
    spool.append(ENVELOPES)
    (segment,) = spool.segments()

    assert spool.segment(segment.id) == segment
    spool.remove(segment)
    spool.remove(segment)

    assert spool.segments() == []
    assert spool.segment(segment.id) is None


def test_dead_writers_torn_file_is_mended_to_what_is_whole(home, spawn_module):
    assert spawn_module("doomed_writer", "die", home).wait() == -signal.SIGKILL

    assert kept(Spool(home)) == ENVELOPES
    assert list(home.glob("*.open")) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_any_cut_leaves_a_whole_beginning(spool, data):
    spool.append(ENVELOPES)
    (segment,) = spool.segments()
    whole = segment.path.read_bytes()
    spool.remove(segment)

    at = data.draw(st.integers(0, len(whole)))
    segment.path.write_bytes(whole[:at])
    left = Segment(segment.id, segment.path).envelopes()
    segment.path.unlink()

    assert left == ENVELOPES[: len(left)]
    assert (len(left) == len(ENVELOPES)) == (at == len(whole))


def test_append_refuses_to_eat_the_reserve(home):
    spool = Spool(home / "spool", reserve_bytes=1 << 60)

    with pytest.raises(SpoolFullError, match="reserve"):
        spool.append(ENVELOPES)

    assert spool.segments() == []


def test_full_disk_keeps_what_was_promised_and_nothing_else(home, spawn_module):
    assert spawn_module("doomed_writer", "fill", home).wait() == FULL

    after = Spool(home, reserve_bytes=0)
    after.append(ENVELOPES[5:])

    assert kept(after) == ENVELOPES


def test_failed_sync_promises_nothing_and_ends_the_file(spool, monkeypatch):
    def failing(_file):
        raise OSError(errno.EIO, "Input/output error")

    spool.append(ENVELOPES[:3])
    with monkeypatch.context() as broken:
        broken.setattr(os, "fdatasync", failing)
        with pytest.raises(SpoolError, match="nothing is acknowledged"):
            spool.append(ENVELOPES[3:])
    spool.append(ENVELOPES[3:])

    assert kept(spool) == ENVELOPES
    assert len(spool.segments()) == 2


def test_spool_has_one_settler(spool):
    with (
        spool.settling(),
        pytest.raises(SpoolBusyError, match="settler"),
        Spool(spool.directory).settling(),
    ):
        pass
    with spool.settling():
        pass
