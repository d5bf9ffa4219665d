"""A recompute is a job: its robots are counted, and it stops where it is told to."""

from io import StringIO

import pytest
from django.core.management import call_command

from accounts.services import clock
from dispatch.enums import JobKind, JobState
from dispatch.models import Job
from dispatch.services import cancel_job, running, start_job
from kpis import services
from robot_bridge.telemetry import HOUR_US
from tests.kpis.messages import shift
from tests.robot_bridge.messages import now_us

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def told(robot, settled):
    at = now_us() - 24 * HOUR_US
    settled(*shift(robot, at - at % HOUR_US))


def test_command_leaves_a_finished_job_that_counted_its_robots(told):
    out = StringIO()

    call_command("recompute", check=True, stdout=out)

    job = Job.objects.get(kind=JobKind.RECOMPUTE)
    assert (job.state, job.done, job.total) == (JobState.DONE, 1, 1)
    assert out.getvalue().startswith("1 robots")


def test_recompute_stops_before_the_next_robot_once_it_is_cancelled(told, robot):
    job = start_job(JobKind.RECOMPUTE, by=clock())
    cancel_job(job=job, by=clock())

    with running(job) as progress:
        services.recompute([robot.pk], check=True, progress=progress)

    assert (job.state, job.done, job.total) == (JobState.CANCELLED, 0, 1)
