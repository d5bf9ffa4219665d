"""Pilots of the demo city: robots enrolled, gates assessed and signed."""

from dataclasses import replace
from typing import Final

from django.utils import timezone

from accounts.models import User
from dispatch.models import Delivery
from dispatch.services import run_here
from pilots import services
from pilots.enums import GateAnswer, MilestoneState
from pilots.models import Pilot
from pilots.services.robots import fleet_file, fleet_folder
from procurement.models import PocContract
from robot_bridge import services as bridge
from robot_bridge.simulator import credentials
from robot_bridge.simulator.credentials import FleetRobot
from robot_bridge.simulator.history import covered

People = dict[str, User]
SEED: Final = 20_260_608


def open_with_robots(
    contract: PocContract, people: People, *, profile: str, model: str
) -> Pilot:
    """Open a contract's pilot and put its simulated robots to work."""
    official = people["official"]
    pilot = services.open_pilot(
        contract=contract, starts_on=timezone.localdate(), by=official
    )
    maker = next(
        person
        for person in people.values()
        if person.organisation_id == contract.vendor_id
    )
    for number in range(1, contract.robots + 1):
        protocol = "vda5050" if number == 1 else "native"
        robot = bridge.register_robot(
            vendor=contract.vendor,
            serial=f"{model}-{number:02d}",
            maker=contract.vendor.name_zh,
            model=model,
            protocol=protocol,
            by=maker,
        )
        _credential, secret = bridge.issue_credential(robot=robot, by=maker)
        deployment = services.deploy_robot(pilot=pilot, robot=robot, by=official)
        credentials.write(
            fleet_folder(),
            FleetRobot(
                vendor_code=contract.vendor.code,
                serial=robot.serial,
                secret=secret,
                protocol=protocol,
                profile=profile,
                seed=SEED,
                starts_at=deployment.start_at,
            ),
        )
    return pilot


def move_back(pilot: Pilot, by: User, *, days: int | None) -> None:
    """Move a pilot back in time, once; its robots' past is then to be sent."""
    if pilot.starts_on < pilot.contract.starts_on:
        return
    services.fast_forward(pilot=pilot, by=by, days=days)
    pilot.refresh_from_db()


def hand_over_to_the_living(pilot: Pilot) -> None:
    """Let the fleet go on where the past that was sent ends."""
    begins_at = pilot.midnight(pilot.starts_on)
    for deployment in pilot.deployments.select_related("robot__vendor"):
        told = credentials.read(fleet_file(deployment.robot))
        if told.sent_until is None:
            _first, after = covered(told, begins_at, told.starts_at)
            told = replace(told, starts_at=begins_at, sent_until=after)
            credentials.write(fleet_folder(), told)


def assess(pilot: Pilot) -> None:
    """Read the looks that have closed."""
    run_here(Delivery.objects.waiting_for("pilots.assess_gate", pilot_id=pilot.pk))
    pilot.refresh_from_db()


def judge_milestones(pilot: Pilot, by: User) -> None:
    """Find every milestone met whose day has passed."""
    today = timezone.localdate(timezone=pilot.timezone)
    due = pilot.milestones.filter(state=MilestoneState.SCHEDULED, due_on__lt=today)
    for milestone in due:
        services.judge_milestone(
            milestone=milestone,
            met=True,
            finding="现场见证，记录齐全。 / Witnessed on site; records complete.",
            by=by,
        )


def sign_and_order(pilot: Pilot, people: People) -> None:
    """Sign a passed gate by three people and order the first tranche."""
    review = services.assess_gate(pilot=pilot)
    if review is None or review.outcome != "pass":
        return
    services.recommend(
        review=review,
        answer=GateAnswer.YES,
        reason="指标与原始数据一致。 / The KPIs agree with the raw rows.",
        by=people["reviewer"],
    )
    services.decide(
        review=review,
        answer=GateAnswer.YES,
        reason="同意进入规模化。 / Agreed to go to volume.",
        by=people["official"],
    )
    services.approve(
        review=review,
        answer=GateAnswer.YES,
        reason="复核无异议。 / Checked; no objection.",
        by=people["second"],
    )
    services.order_tranche(pilot=pilot, quantity=1, by=people["official"])
