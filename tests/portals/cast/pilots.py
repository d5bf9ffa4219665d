from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from pilots import services
from pilots.enums import PilotState
from pilots.models import GateReview, Pilot, PilotMilestone, ReviewerAssignment
from procurement.enums import SubmissionState
from robot_bridge.models import Robot
from robot_bridge.services import register_robot
from tests.factories import (
    make_award,
    make_brief,
    make_contract,
    make_submission,
    make_user,
    move_state,
)
from tests.pilots.bundles import make_bundled_review
from tests.pilots.factories import (
    make_pilot,
    make_review,
    sign,
    sign_fully,
    simple_criterion,
)


def values(people: Mapping[str, User]) -> dict[str, Any]:
    """Make a pilot at work, and gates at each step of being decided."""
    pilot = _pilot(people)
    robot = _deploy(pilot, people)
    PilotMilestone.objects.create(
        pilot=pilot, number=1, title="On site", due_on=pilot.starts_on
    )
    second = make_user(organisation=people["official"].organisation)
    signed = _review(people)
    sign_fully(signed)
    ordered = _review(people)
    sign_fully(ordered)
    official = people["official"]
    tranche = services.order_tranche(pilot=ordered.pilot, quantity=1, by=official)
    decided = _recommended(people)
    sign(decided, "decide", second)
    bundled = make_bundled_review(pilot=_pilot(people, days_ago=80))
    return {
        "pilot.code": pilot.code,
        "pilot.kpi": "availability",
        "pilot.robot": robot.code,
        "pilot_assess.code": _pilot(people, days_ago=30).code,
        "pilot_advance.target": PilotState.CLOSED,
        "pilot_milestone.number": 1,
        "robot_deploy.code": pilot.code,
        "gate_kpi.code": bundled.code,
        "gate_kpi.kpi": "availability",
        "exclusion.code": pilot.code,
        "exclusion_judge.pk": _exclusion(pilot, people).pk,
        "gate.code": signed.code,
        "gate_dossier.language": "en",
        "institutes:gate_sign.code": _review(people).code,
        "institutes:gate_sign.step": "recommend",
        "officials:gate_sign.code": _recommended(people).code,
        "officials:gate_sign.step": "decide",
        "override_propose.code": _review(people, "fail").code,
        "override_approve.code": _overridden(people, second).code,
        "tranche_order.code": signed.pilot.code,
        "api:gate_recommend.code": _review(people).code,
        "api:gate_decide.code": _recommended(people).code,
        "api:gate_approve.code": decided.code,
        "api:pilot_order.code": signed.pilot.code,
        "tranche.code": tranche.code,
    }


def _pilot(people: Mapping[str, User], days_ago: int = 1) -> Pilot:
    vendor = people["vendor"]
    submission = make_submission(
        SubmissionState.OPENED,
        (5, 5),
        brief=make_brief(city=people["official"].organisation),
        vendor=vendor.organisation,
        created_by=vendor,
    )
    award = make_award(submission=submission)
    contract = make_contract(award=award, criteria=[simple_criterion()])
    pilot = make_pilot(contract=contract, days_ago=days_ago)
    move_state(pilot, PilotState.RUNNING)
    ReviewerAssignment.objects.create(
        pilot=pilot, reviewer=people["reviewer"], assigned_by=people["official"]
    )
    return pilot


def _deploy(pilot: Pilot, people: Mapping[str, User]) -> Robot:
    vendor = people["vendor"]
    robot = register_robot(
        vendor=vendor.organisation, serial="S-2", maker="Qiyun", model="Q1", by=vendor
    )
    services.deploy_robot(pilot=pilot, robot=robot, by=vendor)
    return robot


def _exclusion(pilot: Pilot, people: Mapping[str, User]) -> Any:
    now = timezone.now()
    return services.propose_exclusion(
        pilot=pilot,
        span=(now - timedelta(hours=2), now - timedelta(hours=1)),
        reason="The line stood still for maintenance.",
        by=people["vendor"],
    )


def _review(people: Mapping[str, User], outcome: str = "pass") -> GateReview:
    pilot = _pilot(people, days_ago=30)
    move_state(pilot, PilotState.IN_REVIEW)
    look = pilot.gates.get().looks.order_by("number").first()
    return make_review(look=look, outcome=outcome)


def _recommended(people: Mapping[str, User]) -> GateReview:
    review = _review(people)
    sign(review, "recommend", people["reviewer"])
    return review


def _overridden(people: Mapping[str, User], by: User) -> GateReview:
    review = _review(people, "fail")
    services.propose_override(review=review, reason="Spares were late.", by=by)
    return review
