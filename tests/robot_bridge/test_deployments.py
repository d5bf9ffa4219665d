from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.enums import Role
from accounts.errors import InvalidInputError, NotAllowedError
from robot_bridge import services
from robot_bridge.enums import EvidenceKind
from robot_bridge.models import BackfillPermission, DeploymentSpan
from robot_bridge.telemetry import Evidence
from tests.factories import make_robot, make_user

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def robot():
    return make_robot()


@pytest.fixture
def official():
    return make_user(Role.OFFICIAL)


@pytest.fixture
def now():
    return timezone.now()


def deploy(robot, by, start_at, **fields):
    given = {"evidence": "live", "software": "1.0"}
    return services.deploy(robot=robot, start_at=start_at, by=by, **given | fields)


def test_evidence_kinds_are_the_telemetrys():
    assert EvidenceKind.values == [kind.value for kind in Evidence]


def test_deploy_refuses_two_at_the_same_time(robot, official, now):
    deploy(robot, official, now)

    with pytest.raises(InvalidInputError):
        deploy(robot, official, now + DAY)
    assert DeploymentSpan.objects.count() == 1


def test_database_refuses_overlapping_deployments(robot, official, now):
    span = deploy(robot, official, now)
    span.pk = None

    with (
        pytest.raises(IntegrityError, match="robot_is_deployed_once_at_a_time"),
        transaction.atomic(),
    ):
        span.save(force_insert=True)


def test_deployments_may_follow_each_other_without_a_gap(robot, official, now):
    span = deploy(robot, official, now - DAY)

    services.end_deployment(span=span, end_at=now, by=official)
    deploy(robot, official, now)

    assert list(DeploymentSpan.objects.holding(now)) == [
        DeploymentSpan.objects.get(start_at=now)
    ]
    with pytest.raises(InvalidInputError):
        services.end_deployment(span=span, end_at=now, by=official)


def test_end_deployment_refuses_an_end_before_the_start(robot, official, now):
    span = deploy(robot, official, now)

    with pytest.raises(InvalidInputError):
        services.end_deployment(span=span, end_at=now, by=official)


def test_update_software_splits_the_span(robot, official, now):
    span = deploy(robot, official, now - DAY, city=official.organisation)

    following = services.update_software(span=span, software="1.1", at=now, by=official)

    span.refresh_from_db()
    assert (span.end_at, following.start_at) == (now, now)
    assert (following.software, following.city) == ("1.1", official.organisation)


def test_permit_backfill_covers_the_past_only(robot, official, now):
    def permit(from_at, until_at, by=official):
        return services.permit_backfill(
            robot=robot, from_at=from_at, until_at=until_at, evidence="sim", by=by
        )

    permit(now - DAY, now)
    for from_at, until_at in ((now, now), (now, now - DAY), (now, now + DAY)):
        with pytest.raises(InvalidInputError):
            permit(from_at, until_at)
    with pytest.raises(NotAllowedError):
        permit(now - DAY, now, by=make_user(Role.VENDOR))
    owner = make_user(Role.VENDOR, organisation=robot.vendor)
    permit(now - DAY, now, by=owner)
    assert BackfillPermission.objects.visible_to(owner).count() == 2
