"""How a gate stands today, for pages; and when nothing may be assessed yet."""

import os
import time

import pytest

from dispatch.enums import JobState
from dispatch.models import Delivery, Job
from dispatch.services import cancel_job
from kpis.services.dirt import mark_dirty
from pilots import services, tasks
from pilots.errors import NotMeasuredYetError
from pilots.gate import Outcome
from pilots.models import GateReview
from robot_bridge.services import open_spool
from robot_bridge.telemetry import Envelope, Window
from tests.factories import make_robot
from tests.pilots.factories import make_pilot, simple_criterion

pytestmark = pytest.mark.django_db


def test_a_fresh_pilot_stands_open_without_evidence():
    pilot = make_pilot(state="running", criteria=[simple_criterion()])

    state = services.gate_state(pilot)

    (kpi,) = state.kpis
    assert state.overall.outcome is Outcome.NOT_ENOUGH_EVIDENCE
    assert kpi.verdict.reasons[0].code == "no_data"
    assert state.next_look == pilot.gates.get().looks.first()
    assert state.review is None


def test_a_cancelled_fast_forward_stops(walk):
    one = walk()
    job = services.fast_forward(pilot=one.pilot, by=one.first)
    cancel_job(job=job, by=one.first)
    task = Delivery.objects.get(payload__task="pilots.send_past")

    tasks.send_past(**task.payload["arguments"])

    job = Job.objects.get(pk=job.pk)
    assert job.state == JobState.CANCELLED
    assert job.done < job.total
    assert not Delivery.objects.filter(payload__task="pilots.assess_gate").exists()


def test_nothing_is_assessed_while_messages_wait():
    pilot = make_pilot(days_ago=30, state="running", criteria=[simple_criterion()])
    spool = open_spool(age_s=0)
    spool.append([Envelope("t", b"{}", "n", 1)])
    spool.seal()
    (segment,) = spool.segments()
    os.utime(segment.path, (time.time() - 60, time.time() - 60))

    with pytest.raises(NotMeasuredYetError):
        services.assess_gate(pilot=pilot)
    assert not GateReview.objects.exists()


def test_nothing_is_assessed_while_late_data_is_worked_in():
    pilot = make_pilot(days_ago=30, state="running", criteria=[simple_criterion()])
    robot = make_robot(vendor=pilot.contract.vendor)
    services.deploy_robot(pilot=pilot, robot=robot, by=pilot.opened_by)
    mark_dirty(robot.pk, Window(0, 1))

    with pytest.raises(NotMeasuredYetError):
        services.assess_gate(pilot=pilot)
    assert not GateReview.objects.exists()
