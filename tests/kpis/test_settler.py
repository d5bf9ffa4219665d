from datetime import UTC, datetime, timedelta

import pytest
from deltalake.exceptions import DeltaError
from django.db import IntegrityError, connection

from accounts.enums import Role
from kpis import services
from kpis.engine import sums
from kpis.engine.parts import FACT_KEYS
from kpis.enums import Tier
from kpis.models import DirtyRange, KpiState, Watermark
from kpis.services.states import read_states
from pilotgate_offline import twins
from robot_bridge.errors import SpoolBusyError
from robot_bridge.models import SettledSegment
from robot_bridge.services import ingest, lake_rows, permit_backfill
from robot_bridge.telemetry import HOUR_US, SECOND_US, Window
from tests.factories import make_user
from tests.kpis.messages import message, no_folder, shift, told
from tests.robot_bridge.messages import now_us

pytestmark = pytest.mark.django_db(transaction=True)

CARRIED = "ALTER TABLE kpis_carriedturn"


@pytest.fixture
def start_us():
    """A whole hour of yesterday."""
    at = now_us() - 24 * HOUR_US
    return at - at % HOUR_US


def expected(robot):
    """Compute the robot's minutes with the twin, from the rows the lake holds."""
    ever = Window(0, now_us() + HOUR_US)
    rows = [
        lake_rows(table, [robot.pk], ever).to_pylist()
        for table in ("samples", "events")
    ]
    found = twins.facts_by_minute(*rows)
    return {key: {k: n for k, n in facts.items() if n} for key, facts in found.items()}


def kept(robot, tier=Tier.MINUTE):
    return {
        tuple(row[name] for name in sums.KEY): {
            key: row[key] for key in FACT_KEYS if row[key]
        }
        for row in read_states(robot.pk, tier, 0, 2**62).to_pylist()
    }


def test_states_equal_the_twin_over_the_lake(robot, settled, start_us):
    rows = settled(*shift(robot, start_us))

    assert rows == 270 + 11
    assert kept(robot) == expected(robot)
    hours = kept(robot, Tier.HOUR).values()
    assert [facts["tasks_finished"] for facts in hours if "repairs" in facts] == [1]


def test_states_do_not_depend_on_how_segments_are_cut(robot, settled, start_us):
    told_ = shift(robot, start_us)

    for first in range(0, len(told_), 37):
        settled(*told_[first : first + 37])

    assert kept(robot) == expected(robot)
    assert not DirtyRange.objects.exists()


def test_late_and_repeated_messages_are_repaired_from_the_lake(
    robot, settled, start_us
):
    told_ = shift(robot, start_us)

    settled(*told_[:40], *told_[60:100])
    settled(*told_[130:], *told_[:10])
    settled(*told_[100:130], *told_[40:60])

    assert services.is_dirty([robot.pk], Window(0, 2**61))
    assert kept(robot) != expected(robot)
    services.repair([robot.pk])
    assert kept(robot) == expected(robot)
    assert not services.is_dirty([robot.pk], Window(0, 2**61))
    assert services.recompute(check=True)[0].is_right


def test_folding_goes_on_from_a_repair(robot, settled, start_us):
    told_ = shift(robot, start_us)

    settled(*told_[:10], *told_[40:90])
    settled(*told_[10:40])
    services.repair([robot.pk])
    settled(*told_[90:])

    # The repair that ends at 95 began among the late rows.
    assert sum(facts.get("repairs_timed", 0) for facts in kept(robot).values()) == 1
    assert kept(robot) == expected(robot)
    assert not DirtyRange.objects.exists()


def test_disputed_messages_stop_counting(robot, settled, start_us):
    told_ = shift(robot, start_us)
    settled(*told_)

    settled(message(robot, 9, start_us + 180 * SECOND_US, told("task", "failed", "T1")))
    services.repair([robot.pk])

    assert kept(robot) == expected(robot)
    assert not any("tasks_finished" in facts for facts in kept(robot).values())


def test_old_history_goes_to_hours_alone(robot, settled):
    start_us = now_us() - 20 * 24 * HOUR_US
    start_us -= start_us % HOUR_US
    at = datetime.fromtimestamp(start_us / 1e6, tz=UTC)
    permit_backfill(
        robot=robot,
        from_at=at,
        until_at=at + timedelta(days=1),
        evidence="sim",
        by=make_user(Role.VENDOR, organisation=robot.vendor),
    )

    settled(*shift(robot, start_us))

    assert not KpiState.objects.filter(tier=Tier.MINUTE).exists()
    assert len(kept(robot, Tier.HOUR)) == 2
    assert services.recompute(check=True)[0].is_right


def test_recompute_finds_and_repairs_a_wrong_state(robot, settled, start_us):
    settled(*shift(robot, start_us))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kpis_kpistate SET facts[4] = facts[4] + 1")

    found = services.recompute(check=True)[0]
    repaired = services.recompute(check=False)[0]

    assert not found.is_right
    assert len(repaired.differing) == len(found.differing) > 80
    assert services.recompute(check=True)[0].is_right


def test_prune_deletes_old_minutes_only(robot, settled, start_us):
    settled(*shift(robot, start_us))

    pruned = services.prune_minutes(now_us=start_us + 8 * 24 * HOUR_US)

    assert pruned == 90
    assert set(KpiState.objects.values_list("tier", flat=True)) == {Tier.HOUR}


def test_a_failure_before_the_commit_leaves_the_segment(robot, spool, start_us):
    ingest(shift(robot, start_us), spool=spool)

    with connection.cursor() as cursor:
        cursor.execute(f"{CARRIED} ADD CONSTRAINT never CHECK (false)")
        with pytest.raises(IntegrityError, match="never"):
            services.settle_and_fold(spool)
        cursor.execute(f"{CARRIED} DROP CONSTRAINT never")

    assert not KpiState.objects.exists()
    assert not SettledSegment.objects.exists()
    services.settle_and_fold(spool)
    assert kept(robot) == expected(robot)


def test_a_failure_before_the_lake_is_made_good_first(
    robot, spool, start_us, settings, tmp_path
):
    told_ = shift(robot, start_us)
    ingest(told_[:100], spool=spool)

    lake_url = settings.LAKE_URL
    settings.LAKE_URL = str(no_folder(tmp_path))
    with pytest.raises(DeltaError, match="directory"):
        services.settle_and_fold(spool)
    settings.LAKE_URL = lake_url
    ingest(told_[100:], spool=spool)
    services.settle_and_fold(spool)

    assert kept(robot) == expected(robot)
    assert not spool.segments()


def test_only_one_settles_a_spool(spool):
    with (
        services.only_settler(spool),
        pytest.raises(SpoolBusyError),
        services.only_settler(spool),
    ):
        pass


def test_watermark_says_when_the_newest_row_came(robot, settled, start_us):
    told_ = shift(robot, start_us)
    settled(*told_[10:])

    settled(*told_[:10])

    newest = Watermark.objects.get(robot=robot)
    assert newest.received_us == max(each.recv_us for each in told_)
    assert newest.ts_us == start_us + 269 * 20 * SECOND_US
