"""The lake's part of /healthz: it keeps up, it lags, it is gone, its disk is full."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from config.health import LONGEST_WAIT_S, lake
from kpis.services import settle_and_fold
from robot_bridge.models import SettledSegment
from robot_bridge.services import ingest, prepare_lake
from robot_bridge.services.store import LEAST_FREE_BYTES, LakeStanding
from robot_bridge.spool import Spool
from tests.factories import make_deployment_span
from tests.robot_bridge.messages import native, now_us

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stored(home):
    """Let one batch go all the way into the lake."""
    robot = make_deployment_span(evidence="sim").robot
    spool = Spool(home / "spool", reserve_bytes=0)
    ingest([native(robot, 1, at_us=now_us(), recv_us=now_us())], spool=spool)
    settle_and_fold(spool)


def ago(seconds):
    return timezone.now() - timedelta(seconds=seconds)


def test_lake_without_a_row_is_up_and_says_so(home):
    prepare_lake()

    found = lake()

    assert (found.up, found.age_s) == (True, None)
    assert found.detail


def test_lake_is_as_old_as_its_newest_append(stored):
    SettledSegment.objects.update(stored_at=ago(3600))

    found = lake()

    assert (found.up, found.detail) == (True, "")
    assert 3600 <= found.age_s < 3700


@pytest.mark.parametrize(("waited_s", "up"), [(5, True), (LONGEST_WAIT_S + 5, False)])
def test_lake_that_lags_behind_the_settler_is_down(stored, waited_s, up):
    SettledSegment.objects.update(stored_at=None, settled_at=ago(waited_s))

    assert lake().up is up


def test_lake_that_lost_its_tables_is_down(stored, home):
    (home / "lake").rename(home / "elsewhere")

    assert not lake().up


def test_lake_whose_log_is_broken_is_down(stored, home):
    for log in (home / "lake").glob("*/_delta_log/*.json"):
        log.write_text("{")

    assert not lake().up


@pytest.mark.parametrize(
    ("free_bytes", "full"),
    [(None, False), (LEAST_FREE_BYTES - 1, True), (LEAST_FREE_BYTES, False)],
)
def test_standing_calls_the_disk_full_before_no_byte_is_left(free_bytes, full):
    assert LakeStanding(None, None, free_bytes).is_full is full


def test_health_answers_503_with_the_lakes_age_and_reason(stored, home):
    SettledSegment.objects.update(stored_at=None, settled_at=ago(LONGEST_WAIT_S + 9))

    answer = Client().get("/healthz", headers={"accept-language": "en"})

    assert answer.status_code == 503
    told = answer.json()["components"]["lake"]
    assert told["state"] == "down"
    assert "not stored yet" in told["detail"]
