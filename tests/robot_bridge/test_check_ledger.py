from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from robot_bridge import services
from robot_bridge.lake import Lake, LakeTable
from robot_bridge.models import StreamLedger
from tests.factories import make_deployment_span
from tests.robot_bridge.messages import native, now_us
from tests.robot_bridge.settling import settle

pytestmark = pytest.mark.django_db


@pytest.fixture
def robot(spool):
    robot = make_deployment_span().robot
    at_us = now_us()
    told = [native(robot, seq, at_us=at_us) for seq in range(5)]
    settle(spool, *told, told[0], native(robot, 4, at_us=at_us, samples=[]))
    return robot


def test_check_ledger_finds_nothing_where_all_agrees(robot):
    out = StringIO()

    call_command("check_ledger", stdout=out)

    assert out.getvalue() == "ledger and lake agree\n"


def test_check_ledger_finds_a_lost_entry(robot):
    StreamLedger.objects.filter(disputed=False).first().delete()
    out = StringIO()

    with pytest.raises(CommandError, match="1 disagreement"):
        call_command("check_ledger", stdout=out)

    assert "count 4 stored messages, the ledger holds 3" in out.getvalue()


def test_check_ledger_finds_rows_that_came_twice(robot, spool, settings):
    accepted = settle(spool, native(robot, 9))
    Lake(settings.LAKE_URL).append(LakeTable.SAMPLES, accepted.samples, {"other": 1})

    assert list(services.check_ledger()) == [
        "lake table samples holds 6 rows, but 5 were accepted",
        "lake table samples holds 1 rows twice",
    ]


def test_check_ledger_finds_what_did_not_reach_the_lake(robot, spool):
    services.ingest([native(robot, 9)], spool=spool)
    services.settle(spool.segments()[0])

    assert list(services.check_ledger()) == [
        "1 settled segments have not reached the lake"
    ]
