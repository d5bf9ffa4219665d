from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.enums import Role
from accounts.errors import (
    DomainError,
    InvalidInputError,
    NotAllowedError,
    TransitionRefusedError,
)
from accounts.models import AuditEntry
from dispatch.models import Delivery, Notice
from pilots import services
from pilots.enums import GateAnswer
from pilots.errors import GateClosedError
from pilots.models import Pilot, VolumeTranche
from pilots.services.opening import register_looks
from robot_bridge.models import DeploymentSpan, Robot
from tests.factories import (
    make_contract,
    make_organisation,
    make_robot,
    make_user,
)
from tests.pilots.factories import (
    make_pilot,
    make_pilot_reviewer,
    make_review,
    sign_fully,
    simple_criterion,
)

pytestmark = pytest.mark.django_db


def official_of(pilot):
    return make_user(organisation=pilot.contract.city)


def signed_by(review, answer=GateAnswer.YES, **fields):
    return {"review": review, "answer": answer, "reason": "As measured."} | fields


def test_open_pilot_registers_looks_milestones_and_news():
    contract = make_contract(criteria=[simple_criterion()])
    official = make_user(organisation=contract.city)
    starts_on = timezone.localdate() + timedelta(days=3)
    vendor = make_user(Role.VENDOR, organisation=contract.vendor)

    pilot = services.open_pilot(contract=contract, starts_on=starts_on, by=official)

    gate = pilot.gates.get()
    days = [(look.on - starts_on).days + 1 for look in gate.looks.all()]
    assert pilot.state == "planned"
    assert days == [28, 35, 42, 49, 56, 63, 70]
    assert (gate.quantity, gate.ends_on) == (1, pilot.ends_on)
    assert [each.due_on for each in pilot.milestones.all()] == [
        starts_on + timedelta(days=27),
        starts_on + timedelta(days=55),
    ]
    assert Notice.objects.filter(recipient=vendor, subject_code=pilot.code).exists()
    assert AuditEntry.objects.of(pilot).filter(verb="opened").exists()


def test_open_pilot_runs_at_once_when_its_day_has_come():
    contract = make_contract()
    official = make_user(organisation=contract.city)
    given = {"contract": contract, "by": official, "starts_on": timezone.localdate()}

    assert services.open_pilot(**given).state == "running"
    with pytest.raises(DomainError, match="its pilot already"):
        services.open_pilot(**given)


def test_open_pilot_needs_an_official_a_signature_and_a_future():
    draft, signed = make_contract("draft"), make_contract()
    today = timezone.localdate()

    with pytest.raises(NotAllowedError):
        services.open_pilot(contract=signed, starts_on=today, by=make_user())
    with pytest.raises(DomainError, match="both sides have signed"):
        services.open_pilot(
            contract=draft, starts_on=today, by=make_user(organisation=draft.city)
        )
    with pytest.raises(DomainError, match="cannot begin in the past"):
        services.open_pilot(
            contract=signed,
            starts_on=today - timedelta(days=40),
            by=make_user(organisation=signed.city),
        )
    assert not Pilot.objects.exists()


def test_looks_follow_the_criteria_windows():
    short = simple_criterion(window_days=35, looks=[28, 35])
    pilot = make_pilot(criteria=[short, simple_criterion("mtbf", minimum="20")])
    pilot.gates.get().looks.all().delete()
    pilot.gates.all().delete()

    gate = register_looks(
        pilot, stage=1, starts_on=pilot.starts_on, ends_on=pilot.ends_on
    )

    assert gate.looks.count() == 7


def test_deploy_robot_writes_its_span_down_to_the_bridge():
    pilot = make_pilot(state="running")
    robot = make_robot(vendor=pilot.contract.vendor)

    deployment = services.deploy_robot(
        pilot=pilot, robot=robot, by=official_of(pilot), software="2.1"
    )

    span = DeploymentSpan.objects.get(robot=robot)
    assert deployment.span == span
    assert (span.evidence, span.software, span.city) == ("sim", "2.1", pilot.city)
    assert span.end_at is None


def test_deploy_robot_refuses_strangers_and_more_than_contracted():
    pilot = make_pilot(state="running")
    official = official_of(pilot)

    with pytest.raises(InvalidInputError, match="another vendor"):
        services.deploy_robot(pilot=pilot, robot=make_robot(), by=official)
    with pytest.raises(NotAllowedError):
        services.deploy_robot(pilot=pilot, robot=make_robot(), by=make_user())
    for _ in range(pilot.contract.robots):
        services.deploy_robot(
            pilot=pilot, robot=make_robot(vendor=pilot.contract.vendor), by=official
        )
    with pytest.raises(InvalidInputError, match="2 robots"):
        services.deploy_robot(
            pilot=pilot, robot=make_robot(vendor=pilot.contract.vendor), by=official
        )


def test_withdraw_robot_before_a_pilot_runs_frees_it_for_another():
    pilot = make_pilot()
    robot = make_robot(vendor=pilot.contract.vendor)
    official = official_of(pilot)
    deployment = services.deploy_robot(pilot=pilot, robot=robot, by=official)

    services.withdraw_robot(deployment=deployment, by=official)

    assert DeploymentSpan.objects.get().end_at == deployment.end_at
    services.deploy_robot(pilot=pilot, robot=robot, by=official)


def test_a_stranger_signs_nothing():
    review = make_review()
    pilot = review.gate.pilot
    vendor = make_user(Role.VENDOR, organisation=pilot.contract.vendor)
    elsewhere = make_user(Role.REVIEWER)

    for step in (services.recommend, services.decide, services.approve):
        for person in (vendor, elsewhere, make_user()):
            with pytest.raises(NotAllowedError):
                step(**signed_by(review, by=person))
    assert not review.signatures.exists()


def test_one_official_alone_cannot_decide_and_approve():
    review = make_review()
    pilot = review.gate.pilot
    official = official_of(pilot)
    services.recommend(**signed_by(review, by=make_pilot_reviewer(pilot=pilot)))
    services.decide(**signed_by(review, by=official))

    with pytest.raises(NotAllowedError, match="another person"):
        services.approve(**signed_by(review, by=official))


def test_approval_promotes_a_pilot_and_orders_only_then():
    review = make_review()
    pilot = Pilot.objects.get()
    Pilot.objects.update(state="in_review")
    pilot.refresh_from_db()
    first, second = official_of(pilot), official_of(pilot)
    review.gate.pilot.refresh_from_db()
    services.recommend(**signed_by(review, by=make_pilot_reviewer(pilot=pilot)))
    services.decide(**signed_by(review, by=first))
    with pytest.raises(GateClosedError, match="three signatures"):
        services.order_tranche(pilot=pilot, quantity=1, by=first)

    services.approve(**signed_by(review, by=second))

    pilot.refresh_from_db()
    assert pilot.state == "promoted"
    tranche = services.order_tranche(pilot=pilot, quantity=1, by=first)
    assert tranche.unit_price_cny == pilot.contract.unit_price_cny
    assert pilot.gates.get(stage=2).quantity == 10


@pytest.mark.parametrize("answer", [GateAnswer.YES, GateAnswer.NO])
def test_a_failed_gate_says_why_it_orders_nothing(answer):
    review = make_review(outcome="fail")
    pilot = review.gate.pilot
    if answer == GateAnswer.NO:
        sign_fully(review, "no")

    with pytest.raises(GateClosedError, match="The gate failed"):
        services.order_tranche(pilot=pilot, quantity=1, by=official_of(pilot))
    assert not VolumeTranche.objects.exists()


def test_an_override_takes_two_officials_and_then_orders():
    review = make_review(outcome="fail")
    pilot = review.gate.pilot
    sign_fully(review, "no")
    Pilot.objects.update(state="refused")
    pilot.refresh_from_db()
    first, second = official_of(pilot), official_of(pilot)
    override = services.propose_override(review=review, reason="Flood.", by=first)

    with pytest.raises(GateClosedError):
        services.order_tranche(pilot=pilot, quantity=1, by=first)
    with pytest.raises(NotAllowedError, match="second official"):
        services.approve_override(override=override, by=first)
    override.refresh_from_db()
    services.approve_override(override=override, by=second)

    pilot.refresh_from_db()
    assert pilot.state == "promoted"
    assert services.order_tranche(pilot=pilot, quantity=1, by=first).number == 1


def test_not_enough_evidence_is_never_overridden():
    review = make_review(outcome="not_enough_evidence")

    with pytest.raises(NotAllowedError, match="never is"):
        services.propose_override(
            review=review, reason="Flood.", by=official_of(review.gate.pilot)
        )


@pytest.mark.parametrize("quantity", [0, 2, 11, -1])
def test_a_tranche_has_a_known_size(quantity):
    pilot = make_pilot()

    with pytest.raises(InvalidInputError, match="1, 10, 100 or 1000"):
        services.order_tranche(pilot=pilot, quantity=quantity, by=official_of(pilot))


def test_an_exclusion_is_proposed_by_one_and_judged_by_another():
    pilot = make_pilot()
    vendor = make_user(Role.VENDOR, organisation=pilot.contract.vendor)
    now = timezone.now()
    exclusion = services.propose_exclusion(
        pilot=pilot, span=(now - timedelta(hours=2), now), reason="Line stop", by=vendor
    )

    with pytest.raises(NotAllowedError):
        services.judge_exclusion(exclusion=exclusion, approved=True, by=vendor)
    services.judge_exclusion(exclusion=exclusion, approved=True, by=official_of(pilot))

    assert pilot.exclusions.all().counting().get() == exclusion
    with pytest.raises(DomainError, match="already"):
        services.judge_exclusion(
            exclusion=exclusion, approved=False, by=official_of(pilot)
        )


def test_a_milestone_is_judged_once_with_a_finding():
    contract = make_contract()
    official = make_user(organisation=contract.city)
    pilot = services.open_pilot(
        contract=contract, starts_on=timezone.localdate(), by=official
    )
    milestone = pilot.milestones.first()

    with pytest.raises(InvalidInputError):
        services.judge_milestone(
            milestone=milestone, met=True, finding=" ", by=official
        )
    services.judge_milestone(milestone=milestone, met=True, finding="Ran", by=official)

    milestone.refresh_from_db()
    assert (milestone.state, milestone.judged_by) == ("met", official)
    with pytest.raises(TransitionRefusedError):
        services.judge_milestone(
            milestone=milestone, met=False, finding="No", by=official
        )


def test_fast_forward_is_for_demo_organisations_with_a_robot():
    real, demo = make_pilot(demo=False, state="running"), make_pilot(state="running")

    with pytest.raises(NotAllowedError, match="demo organisation"):
        services.fast_forward(pilot=real, by=official_of(real))
    with pytest.raises(DomainError, match="No robot"):
        services.fast_forward(pilot=demo, by=official_of(demo))


def test_tick_begins_pilots_and_asks_for_closed_looks():
    due = make_pilot(days_ago=40, state="running")
    planned = make_pilot(days_ago=1)
    make_pilot(days_ago=20, state="running")

    assert services.tick() == 1

    planned.refresh_from_db()
    assert planned.state == "running"
    asked = Delivery.objects.get(payload__task="pilots.assess_gate")
    assert asked.payload["arguments"] == {"pilot_id": due.pk}


def test_a_gate_without_any_robot_is_open_with_a_reason():
    pilot = make_pilot(days_ago=30, state="running", criteria=[simple_criterion()])

    review = services.assess_gate(pilot=pilot)

    assert review.outcome == "not_enough_evidence"
    assert review.verdicts.get().reasons[0][0] == "no_data"
    assert services.assess_gate(pilot=pilot) == review


def test_enrol_robot_by_command_shows_the_secret_once(capsys):
    pilot = make_pilot(state="running")
    vendor = make_user(Role.VENDOR, organisation=pilot.contract.vendor)
    given = {
        "pilot": pilot.code,
        "serial": "Q7",
        "maker": "Qiyun",
        "model": "Q1",
        "by": vendor.email,
        "profile": "welding_line_good",
    }

    call_command("enrol_robot", **given)

    told = capsys.readouterr().out
    robot = Robot.objects.get()
    assert robot.wire_name in told
    assert pilot.deployments.get().robot == robot
    with pytest.raises(CommandError, match="Q7"):
        call_command("enrol_robot", **given)


def test_assess_gate_by_command_tells_the_outcome(capsys):
    pilot = make_pilot(days_ago=30, state="running", criteria=[simple_criterion()])

    call_command("assess_gate", pilot.code)

    assert "not_enough_evidence" in capsys.readouterr().out


def test_a_reviewer_is_assigned_by_an_official_within_demo_or_real():
    pilot = make_pilot(demo=True)
    institute = make_organisation("institute", is_demo=True)
    inside = make_user(Role.REVIEWER, organisation=institute)
    given = {"pilot": pilot, "by": official_of(pilot)}

    services.assign_reviewer(reviewer=inside, **given)

    with pytest.raises(InvalidInputError, match="apart"):
        services.assign_reviewer(reviewer=make_user(Role.REVIEWER), **given)
    with pytest.raises(DomainError, match="already"):
        services.assign_reviewer(reviewer=inside, **given)
