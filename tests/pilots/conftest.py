from dataclasses import replace

import pytest
from django.utils import translation

from accounts.enums import Role
from dispatch.models import Delivery, Job
from kpis import services as kpis
from kpis.models import DirtyRange
from pilots import services, tasks
from robot_bridge.services import open_spool
from robot_bridge.simulator import credentials
from tests.factories import make_user
from tests.pilots.factories import make_pilot, make_pilot_reviewer, simple_criterion

SEED = 20_260_301


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def drained(home):
    """Return a function that settles and repairs until nothing waits."""

    def drain():
        spool = open_spool()
        while kpis.settle_and_fold(spool):
            pass
        kpis.repair(DirtyRange.objects.values_list("robot_id", flat=True))

    return drain


class Walk:
    """A demo pilot with one simulated robot, walked through its services."""

    def __init__(self, drain, profile, criteria):
        self.drain = drain
        self.pilot = make_pilot(demo=True, state="running", criteria=criteria)
        self.city, self.vendor = self.pilot.contract.city, self.pilot.contract.vendor
        self.first = make_user(organisation=self.city)
        self.second = make_user(organisation=self.city)
        self.reviewer = make_pilot_reviewer(pilot=self.pilot)
        self.maker = make_user(Role.VENDOR, organisation=self.vendor)
        for number in range(self.pilot.contract.robots):
            self.enrol(f"Q{number}", profile)

    def enrol(self, serial, profile):
        plate = services.Nameplate(serial=serial, maker="Qiyun", model="Q1")
        deployment, secret = services.enrol_robot(
            pilot=self.pilot, nameplate=plate, by=self.maker
        )
        path = services.simulate_robot(
            deployment=deployment, secret=secret, profile=profile, by=self.maker
        )
        played = replace(credentials.read(path), seed=SEED)
        credentials.write(path.parent, played)

    def forward(self):
        """Fast-forward, and do what worker and settler would do then."""
        job = services.fast_forward(pilot=self.pilot, by=self.first)
        task = Delivery.objects.get(payload__task="pilots.send_past")
        tasks.send_past(**task.payload["arguments"])
        self.drain()
        self.pilot.refresh_from_db()
        return Job.objects.get(pk=job.pk)

    def sign(self, review, answer="yes"):
        given = {"review": review, "answer": answer, "reason": "As measured."}
        services.recommend(**given, by=self.reviewer)
        services.decide(**given, by=self.first)
        services.approve(**given, by=self.second)
        self.pilot.refresh_from_db()


@pytest.fixture
def walk(db, drained):
    """Return a function that sets up a walk with robots of a profile."""

    def start(profile="welding_line_good", criteria=None):
        return Walk(drained, profile, criteria or [simple_criterion()])

    return start
