"""A robot leaves a running pilot as one side asks and an official agrees."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.enums import Role
from accounts.errors import DomainError, InvalidInputError, NotAllowedError
from accounts.models import AuditEntry
from dispatch.models import Notice
from pilots import services
from pilots.evidence import Known, roll_of, scope_of
from pilots.gate import Roll
from robot_bridge.models import DeploymentSpan
from tests.factories import make_robot, make_user
from tests.pilots.factories import make_pilot
from tests.pilots.refusals import refused

WHY = "its arm is worn"


@pytest.fixture
def pilot(db):
    return make_pilot(state="running")


@pytest.fixture
def official(pilot):
    return make_user(Role.OFFICIAL, organisation=pilot.city)


@pytest.fixture
def vendor(pilot):
    return make_user(Role.VENDOR, organisation=pilot.contract.vendor)


@pytest.fixture
def deployment(pilot, official):
    robot = make_robot(vendor=pilot.contract.vendor)
    return services.deploy_robot(pilot=pilot, robot=robot, by=official)


def test_robot_of_a_running_pilot_stays_until_an_official_agrees(
    official, vendor, deployment
):
    services.withdraw_robot(deployment=deployment, by=vendor, reason=WHY)

    deployment.refresh_from_db()
    assert (deployment.end_at, deployment.leave_reason) == (None, WHY)
    assert DeploymentSpan.objects.get().end_at is None
    told = Notice.objects.filter(kind="robot_to_release")
    assert official.pk in told.values_list("recipient", flat=True)
    services.withdraw_robot(deployment=deployment, by=official)
    deployment.refresh_from_db()
    assert deployment.released_by == official
    assert DeploymentSpan.objects.get().end_at == deployment.end_at is not None
    kept = AuditEntry.objects.filter(verb__startswith="robot withdraw")
    assert set(kept.values_list("verb", flat=True)) == {
        "robot withdrawal asked for",
        "robot withdrawn",
    }


def test_nobody_withdraws_a_robot_alone(pilot, official, vendor, deployment):
    services.withdraw_robot(deployment=deployment, by=official, reason=WHY)

    for person in (official, vendor):
        with pytest.raises(NotAllowedError, match="must agree"):
            services.withdraw_robot(deployment=deployment, by=person)
    second = make_user(Role.OFFICIAL, organisation=pilot.city)
    services.withdraw_robot(deployment=deployment, by=second)

    deployment.refresh_from_db()
    assert deployment.end_at is not None
    with pytest.raises(DomainError, match="left the pilot already"):
        services.withdraw_robot(deployment=deployment, by=second)


def test_a_withdrawal_needs_a_reason(vendor, deployment):
    with pytest.raises(InvalidInputError, match="Say why"):
        services.withdraw_robot(deployment=deployment, by=vendor, reason=" ")


def test_database_keeps_a_robot_in_a_running_pilot(official, vendor, deployment):
    now = timezone.now() + timedelta(minutes=1)
    deployment.end_at = now
    asked = {"leave_asked_by": vendor, "leave_asked_at": now, "leave_reason": WHY}

    with refused("robot_leaves_a_running_pilot_by_consent"):
        deployment.save()
    for name, value in asked.items():
        setattr(deployment, name, value)
    with refused("robot_leaves_a_running_pilot_by_consent"):
        deployment.save()
    deployment.released_by = make_user(Role.OFFICIAL)
    with refused("robot_leaves_a_running_pilot_by_consent"):
        deployment.save()
    deployment.leave_asked_by = deployment.released_by = official
    with refused("robot_is_released_by_another_than_who_asked"):
        deployment.save()
    deployment.leave_asked_by, deployment.leave_reason = vendor, ""
    with refused("robot_is_asked_to_leave_with_a_reason"):
        deployment.save()


def test_a_closed_pilot_lets_its_robots_go(pilot, official, deployment):
    services.end_pilot(pilot=pilot, by=official, reason="over")

    deployment.refresh_from_db()
    assert deployment.end_at is not None


def test_roll_counts_contracted_robots_not_deployed_as_missing(pilot, deployment):
    """Two are contracted; the only one deployed is heard on the first day."""
    first = timezone.localdate(deployment.start_at, timezone=pilot.timezone)
    days = [first + timedelta(days=day) for day in (-1, 0, 1, 2)]
    scope = scope_of(pilot.gates.get(), days[2])
    code = deployment.robot.code
    known = [
        Known(deployment.robot_id, days[1], due_us=10, known_us=9),
        Known(deployment.robot_id, days[2], due_us=10, known_us=0),
    ]

    assert pilot.contract.robots == 2
    assert roll_of(scope, known, days) == (
        Roll(days[0], 2, ()),
        Roll(days[1], 2, (code,)),
        Roll(days[2], 2, ()),
    )


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Ask for its withdrawal", "Agree to its withdrawal", "must agree")),
        ("zh-hans", ("申请撤出", "同意撤出", "须由")),
    ],
)
def test_pages_lead_from_asking_to_agreeing(
    client, official, vendor, deployment, language, words
):
    ask, agree, must = words
    client.cookies["django_language"] = language
    tail = f"pilots/{deployment.pilot.code}/robots/{deployment.robot.code}/"

    client.force_login(vendor)
    before = client.get(f"/vendors/{tail}").text
    client.post(f"/vendors/{tail}withdraw/", {"reason": WHY})
    asked = client.get(f"/vendors/{tail}").text
    client.force_login(official)
    seen = client.get(f"/officials/{tail}").text
    client.post(f"/officials/{tail}withdraw/")

    assert ask in before
    assert agree not in before
    assert must in asked
    assert WHY in seen
    assert must not in seen
    assert agree in seen
    deployment.refresh_from_db()
    assert deployment.released_by == official
