import pytest

from accounts.enums import Role
from accounts.errors import NotAllowedError
from robot_bridge import services
from robot_bridge.models import Credential
from tests.factories import make_robot, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "role", [Role.OFFICIAL, Role.AUDITOR, Role.REVIEWER, Role.VENDOR]
)
def test_credential_is_issued_by_nobody_but_the_owner(role):
    robot, stranger = make_robot(), make_user(role)
    before = list(Credential.objects.filter(robot=robot).values())

    with pytest.raises(NotAllowedError):
        services.issue_credential(robot=robot, by=stranger)

    assert list(Credential.objects.filter(robot=robot).values()) == before


def test_credential_is_revoked_by_an_official_but_not_by_an_auditor():
    robot = make_robot()
    owner = make_user(Role.VENDOR, organisation=robot.vendor)
    credential, _secret = services.issue_credential(robot=robot, by=owner)

    with pytest.raises(NotAllowedError):
        services.revoke_credential(credential=credential, by=make_user(Role.AUDITOR))
    services.revoke_credential(credential=credential, by=make_user(Role.OFFICIAL))

    assert credential.revoked_at is not None
