import queue

import paho.mqtt.client as paho
import pytest
from django.db import IntegrityError
from paho.mqtt.enums import CallbackAPIVersion

from accounts.audit import first_broken
from accounts.enums import Role
from accounts.errors import InvalidInputError, NotAllowedError
from accounts.models import AuditEntry
from config.embedded.processes import await_condition
from robot_bridge import services
from robot_bridge.models import Credential
from tests.factories import make_organisation, make_robot, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def engineer():
    return make_user(Role.VENDOR)


@pytest.fixture
def robot(engineer):
    return register(engineer)


def register(by, **fields):
    given = {"vendor": by.organisation, "serial": "S-1", "maker": "M", "model": "X"}
    return services.register_robot(**given | fields, by=by)


def passwords(home):
    return (home / "mqtt" / "passwords").read_text()


def test_register_robot_names_it_on_the_wire(robot, engineer):
    assert robot.wire_name == f"{engineer.organisation.code}/S-1"
    assert robot.code.startswith("R-")
    assert AuditEntry.objects.get().verb == "robot registered"
    assert first_broken() is None


@pytest.mark.parametrize("serial", ["a/b", "a#", "+", "", "x" * 65, "序号"])
def test_register_robot_refuses_a_serial_that_breaks_a_topic(engineer, serial):
    with pytest.raises(InvalidInputError, match="64"):
        register(engineer, serial=serial)


def test_register_robot_refuses_a_second_of_the_same_serial(robot, engineer):
    with pytest.raises(InvalidInputError, match="S-1"):
        register(engineer)
    assert register(make_user(Role.VENDOR)) != robot


def test_register_robot_refuses_another_vendors_hand(engineer):
    with pytest.raises(NotAllowedError):
        register(engineer, vendor=make_user(Role.VENDOR).organisation)


def test_register_robot_refuses_an_owner_that_is_no_vendor(engineer):
    with pytest.raises(InvalidInputError):
        register(engineer, vendor=make_organisation("city"))


def test_credential_proves_its_robot_and_no_other(robot, engineer):
    _credential, secret = services.issue_credential(robot=robot, by=engineer)

    assert services.authenticate(robot.wire_name, secret) == robot
    assert services.authenticate(robot.wire_name, secret + "x") is None
    assert services.authenticate("nobody/S-1", secret) is None


def test_credential_is_replaced_by_the_next_and_ends_with_revocation(robot, engineer):
    first, old = services.issue_credential(robot=robot, by=engineer)
    second, new = services.issue_credential(robot=robot, by=engineer)
    assert services.authenticate(robot.wire_name, old) is None
    assert services.authenticate(robot.wire_name, new) == robot

    services.revoke_credential(credential=second, by=engineer)

    assert services.authenticate(robot.wire_name, new) is None
    first.refresh_from_db()
    assert first.revoked_at is not None


def test_credential_secret_is_kept_nowhere(robot, engineer):
    credential, secret = services.issue_credential(robot=robot, by=engineer)

    assert secret not in credential.secret_hash
    assert secret not in str(list(AuditEntry.objects.values()))


def test_robot_has_one_valid_credential(robot, engineer):
    credential, _secret = services.issue_credential(robot=robot, by=engineer)
    credential.pk = None

    with pytest.raises(IntegrityError, match="robot_has_one_valid_credential"):
        credential.save(force_insert=True)


def test_passwords_are_published_when_credentials_change(
    robot, engineer, home, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        credential, _secret = services.issue_credential(robot=robot, by=engineer)
    assert passwords(home) == f"{credential.username}:{credential.secret_hash}\n"

    with django_capture_on_commit_callbacks(execute=True):
        services.revoke_credential(credential=credential, by=engineer)
    assert passwords(home) == ""


def test_broker_lets_a_robot_in_by_what_is_published_within_five_seconds(
    robot, engineer, settings, broker
):
    settings.PILOTGATE_HOME = broker.home
    credential, secret = services.issue_credential(robot=robot, by=engineer)
    services.publish_passwords()

    def let_in(attempt):
        broker.tend()
        return is_let_in(broker.port, robot.wire_name, attempt)

    assert await_condition(lambda: let_in(secret), within_s=5)
    assert not let_in("guess")

    services.revoke_credential(credential=credential, by=engineer)
    services.publish_passwords()
    assert await_condition(lambda: not let_in(secret), within_s=5)


def is_let_in(port, name, secret):
    answers = queue.Queue()
    client = paho.Client(CallbackAPIVersion.VERSION2, reconnect_on_failure=False)
    client.username_pw_set(name, secret)
    client.on_connect = lambda *told: answers.put(not told[3].is_failure)
    client.connect("127.0.0.1", port)
    client.loop_start()
    answer = answers.get(timeout=5)
    client.disconnect()
    client.loop_stop()
    return answer


def test_visible_to_shows_a_vendor_its_own_and_a_city_what_is_deployed_there():
    mine, other = make_robot(), make_robot()
    official = make_user(Role.OFFICIAL)
    services.deploy(
        robot=mine,
        start_at=mine.registered_at,
        evidence="live",
        software="1",
        city=official.organisation,
        by=official,
    )

    def seen(user):
        return list(type(mine).objects.visible_to(user))

    assert seen(make_user(Role.VENDOR, organisation=mine.vendor)) == [mine]
    assert seen(make_user(Role.VENDOR, organisation=other.vendor)) == [other]
    assert seen(official) == [mine]
    assert seen(make_user(Role.OFFICIAL)) == []
    assert seen(make_user(Role.REVIEWER)) == []
    assert list(Credential.objects.visible_to(official)) == []
