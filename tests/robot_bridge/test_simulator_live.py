"""The fleet through broker and bridge into figures, as in a running platform."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from accounts.services import clock
from kpis import services as kpis
from kpis.models import DirtyRange
from robot_bridge import services
from robot_bridge.models import SetAsideMessage
from robot_bridge.simulator import credentials
from robot_bridge.simulator.client import Broker
from robot_bridge.simulator.credentials import FleetRobot
from robot_bridge.simulator.fleet import Fleet
from robot_bridge.simulator.history import microseconds, world_of
from robot_bridge.simulator.slots import HOURS, TENS, slots
from robot_bridge.telemetry import HOUR_US, SECOND_US, Window
from tests.factories import make_deployment_span
from tests.robot_bridge.conftest import turned

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def enrol(settings, broker, home):
    """Return a function that gives a robot a credential and a file in the fleet."""

    def enrol(protocol, starts_at):
        robot = make_deployment_span(evidence="sim").robot
        settings.PILOTGATE_HOME = broker.home
        _credential, secret = services.issue_credential(robot=robot, by=clock())
        services.publish_passwords()
        broker.tend()
        lives = (
            FleetRobot(
                vendor_code=robot.vendor.code,
                serial=robot.serial,
                secret=secret,
                protocol=protocol,
                profile="welding_line_good",
                seed=seed,
                starts_at=starts_at,
            )
            for seed in range(100)
        )
        credentials.write(home / "fleet", next(filter(is_calm, lives)))
        return robot

    return enrol


def is_calm(fleet_robot):
    """Say whether nothing is lost, late or silent in the hours a test looks at."""
    world = world_of(fleet_robot)
    start_us = microseconds(fleet_robot.starts_at) - HOUR_US
    end_us = start_us + 6 * HOUR_US
    return all(
        slot.mishap == ""
        for grid in (HOURS, TENS)
        for slot in slots(world, grid, start_us, end_us)
    ) and not any(day.silences for day in world.days(start_us, end_us))


@pytest.fixture
def stream(make_bridge, spool, broker, home):
    """Return a function that lets the fleet live, and the bridge, until it holds."""
    bridge = make_bridge(spool)

    def stream(holds):
        fleet, over = (
            Fleet(home / "fleet", Broker("127.0.0.1", broker.port, tls=False)),
            threading.Event(),
        )
        running = threading.Thread(target=fleet.run, args=[over.is_set])
        running.start()
        try:
            held = turned(bridge, lambda: holds(fleet))
        finally:
            over.set()
            turned(bridge, lambda: not running.is_alive())
            running.join()
        assert held
        turned(bridge, lambda: not bridge._held)
        while kpis.settle_and_fold(spool):
            pass
        kpis.repair(DirtyRange.objects.values_list("robot_id", flat=True))

    return stream


def is_live(fleet, robots):
    lines = [connection.line for connection in list(fleet.connections.values())]
    return len(lines) == robots and all(
        line.plan.live is not None and len(line.plan.legs) == 1 for line in lines
    )


def share(robot, key, window):
    found = kpis.compute(robots=[robot.pk], window=window, kpis=[key], evidence="sim")
    return found[key].value


@pytest.mark.parametrize("protocol", ["native", "vda5050"])
def test_fleet_makes_up_for_hours_off_and_streams_on(enrol, stream, protocol):
    now = datetime.now(UTC)
    robot = enrol(protocol, now - timedelta(hours=3))

    stream(lambda fleet: is_live(fleet, 1))

    off = Window(
        microseconds(now - timedelta(hours=2, minutes=55)),
        microseconds(now - timedelta(minutes=5)),
    )
    assert not SetAsideMessage.objects.exists()
    assert share(robot, "coverage", off) > 0.98
    assert share(robot, "completeness", off) > 0.9  # some are lost on the way


def test_robot_enrolled_now_is_seen_within_seconds(enrol, stream, spool):
    now = datetime.now(UTC)
    robot = enrol("native", now)

    stream(lambda _fleet: bool(spool.segments()))

    (first,) = services.lake_rows(
        "events", [robot.pk], Window(0, 10**16), kind="session"
    ).to_pylist()[:1]
    assert first["recv_us"] - microseconds(now) < 5 * SECOND_US
