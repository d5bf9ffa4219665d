import base64

import pytest

from accounts import services
from accounts.enums import Role, Scope
from robot_bridge.models import Robot
from robot_bridge.services import issue_credential, register_robot
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def bearer(user, *scopes):
    _token, secret = services.issue_token(
        owner=user, name="t", scopes=list(scopes), days=1, by=user
    )
    return {"authorization": f"Bearer {secret}"}


def basic(credential, secret):
    pair = base64.b64encode(f"{credential.username}:{secret}".encode()).decode()
    return {"authorization": f"Basic {pair}"}


@pytest.fixture
def enrolled():
    vendor = make_user(Role.VENDOR)
    robot = register_robot(
        vendor=vendor.organisation, serial="A1", maker="M", model="X", by=vendor
    )
    return robot, *issue_credential(robot=robot, by=vendor)


BATCH = (
    b'{"v":1,"session":"5a0f6f7e-13a5-4a7e-9d1f-0c8f7a8d2c11","seq":1,'
    b'"sent":"2026-11-20T00:00:00Z","interval_ms":5000,'
    b'"samples":[{"ts":"2026-11-20T00:00:00Z","m":{"soc":0.5}}]}'
)


def test_token_without_write_scope_cannot_register_a_robot(client):
    vendor = make_user(Role.VENDOR)
    asked = {"serial": "A1", "maker": "M", "model": "X", "protocol": "native"}

    refused = client.post(
        "/api/v1/robots/", asked, "application/json", headers=bearer(vendor, Scope.READ)
    )
    made = client.post(
        "/api/v1/robots/",
        asked,
        "application/json",
        headers=bearer(vendor, Scope.READ, Scope.WRITE),
    )

    assert refused.status_code == 403
    assert refused["content-type"] == "application/problem+json"
    assert made.status_code == 201
    assert Robot.objects.get().vendor == vendor.organisation


@pytest.mark.parametrize(
    ("language", "sentence"), [("en", "unknown, expired"), ("zh-CN", "令牌不存在")]
)
def test_unknown_token_gets_a_problem_that_says_why(client, language, sentence):
    asks = {"authorization": "Bearer pg_x", "accept-language": language}
    answer = client.get("/api/v1/robots/", headers=asks)

    assert sentence in answer.json()["detail"]
    assert answer.status_code == 401
    assert answer["www-authenticate"] == "Bearer"
    assert answer.json()["code"] == "authentication_failed"


def test_robots_of_another_vendor_do_not_exist(client, enrolled):
    robot, *_rest = enrolled
    stranger = make_user(Role.VENDOR)

    answer = client.get(
        f"/api/v1/robots/{robot.code}/", headers=bearer(stranger, Scope.READ)
    )

    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


def test_wrong_field_is_named(client):
    vendor = make_user(Role.VENDOR)

    answer = client.post(
        "/api/v1/robots/",
        {"serial": "a/b", "maker": "M", "model": "X", "protocol": "native"},
        "application/json",
        headers=bearer(vendor, Scope.READ, Scope.WRITE),
    )

    assert answer.status_code == 400
    assert "serial" in answer.json()["errors"]


def test_telemetry_is_receipted_once_durable(client, enrolled):
    robot, credential, secret = enrolled

    answer = client.post(
        f"/api/v1/telemetry/{robot.wire_name}/",
        BATCH,
        "application/json",
        headers=basic(credential, secret),
    )

    assert answer.status_code == 200
    assert answer.json()["receipts"][0]["ranges"] == [[1, 1]]


def test_telemetry_under_another_name_is_refused(client, enrolled):
    _robot, credential, secret = enrolled

    answer = client.post(
        "/api/v1/telemetry/someone/else/",
        BATCH,
        "application/json",
        headers=basic(credential, secret),
    )

    assert answer.status_code == 403


def test_telemetry_with_a_wrong_secret_is_refused(client, enrolled):
    robot, credential, _secret = enrolled

    answer = client.post(
        f"/api/v1/telemetry/{robot.wire_name}/",
        BATCH,
        "application/json",
        headers=basic(credential, "wrong"),
    )

    assert answer.status_code == 401


def test_telemetry_too_large_says_the_limit(client, enrolled):
    robot, credential, secret = enrolled

    answer = client.post(
        f"/api/v1/telemetry/{robot.wire_name}/",
        b" " * 300_000,
        "application/json",
        headers=basic(credential, secret),
    )

    assert answer.status_code == 413
    assert "262144" in answer.json()["detail"]


def test_telemetry_that_cannot_be_read_is_kept_and_says_so(client, enrolled):
    robot, credential, secret = enrolled

    answer = client.post(
        f"/api/v1/telemetry/{robot.wire_name}/",
        b"{",
        "application/json",
        headers=basic(credential, secret),
    )

    assert answer.status_code == 422
    assert answer.json()["code"] == "unreceipted"


def test_schema_lists_every_route_and_the_page_is_offline(client):
    schema = client.get("/api/v1/schema/?format=json").json()
    page = client.get("/api/v1/docs/").content.decode()

    assert "/api/v1/telemetry/{vendor}/{serial}/" in schema["paths"]
    assert "http" not in page.replace("http-equiv", "")
