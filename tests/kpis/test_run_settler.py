import os
import signal
import subprocess
import sys
import threading

import pytest
from deltalake.exceptions import TableNotFoundError
from django.conf import settings
from django.db import connection

from config.embedded.processes import await_condition
from config.outage import forget_connections
from dispatch.services import heartbeat_age_s
from kpis.management.commands.run_settler import run
from kpis.models import Watermark
from robot_bridge.services import ingest
from robot_bridge.spool import Spool
from tests.robot_bridge.messages import native

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def settler(home):
    """The command as a process of its own, on this test's home and database."""
    database = connection.settings_dict
    url = f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}"
    with (home / "said").open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "run_settler"],
            cwd=settings.BASE_DIR,
            env=os.environ | {"PILOTGATE_HOME": str(home), "DATABASE_URL": url},
            stderr=said,
        )
    try:
        assert await_condition(
            lambda: heartbeat_age_s("settler") is not None, within_s=60
        )
        yield process
    finally:
        process.kill()
        process.wait()


def test_run_settler_settles_and_stops_cleanly(settler, robot, home):
    spool = Spool(home / "spool", age_s=0, reserve_bytes=0)
    ingest([native(robot, 0)], spool=spool)

    assert await_condition(
        lambda: Watermark.objects.filter(robot=robot).exists(), within_s=30
    )
    assert await_condition(lambda: not spool.segments(), within_s=30)
    settler.send_signal(signal.SIGTERM)

    assert settler.wait(20) == 0
    assert (home / "said").read_text() == ""


def test_run_settler_outlives_its_database_connection(settler, robot, home):
    spool = Spool(home / "spool", age_s=0, reserve_bytes=0)
    ingest([native(robot, 0)], spool=spool)
    assert await_condition(
        lambda: Watermark.objects.filter(robot=robot).exists(), within_s=30
    )

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    forget_connections()
    other = native(robot, 1)
    ingest([other], spool=spool)

    assert await_condition(
        lambda: Watermark.objects.filter(received_us=other.recv_us).exists(),
        within_s=30,
    )
    assert settler.poll() is None


def test_settler_that_fails_at_its_work_shows_no_sign_of_life(robot, home):
    spool = Spool(home / "spool", age_s=0, reserve_bytes=0)
    ingest([native(robot, 0)], spool=spool)
    (home / "lake").write_text("no folder")

    with pytest.raises(TableNotFoundError, match="lake"):
        run(spool, threading.Event())

    assert heartbeat_age_s("settler") is None
