"""What no part of the platform can read: refused at the door, and told in words."""

import base64
import json

import pytest
from django.conf import settings
from django.test import Client

from accounts.enums import Role
from procurement.models import Submission
from tests.factories import make_user
from tests.portals.calling import Caller
from tests.procurement.walk import Walk

pytestmark = pytest.mark.django_db
LANGUAGES = ("en", "zh-hans")
KEYS = {"type", "title", "status", "code", "detail"}


def problem(answer, status, language):
    assert answer.status_code == status
    assert answer["content-type"] == "application/problem+json"
    body = answer.json()
    assert body.keys() == KEYS
    assert body["status"] == status
    assert any("一" <= sign <= "鿿" for sign in body["detail"]) == (language != "en")
    return body


@pytest.fixture(params=LANGUAGES)
def language(request):
    return request.param


@pytest.mark.parametrize(
    "path", ["/briefs/%00/", "/calls/%00/", "/briefs/?q=%00", "/?a=1&b%00=2"]
)
def test_nul_in_an_address_is_refused_with_a_page(path, language):
    answer = Client().get(path, headers={"accept-language": language})

    assert answer.status_code == 400
    words = {"en": "This request could not be read", "zh-hans": "无法读取该请求"}
    assert words[language] in answer.text


@pytest.mark.parametrize("path", ["pilots/%00/", "briefs/?state=%00", "none/%00/"])
def test_nul_in_an_api_address_is_a_problem(path, language):
    caller = Caller(make_user(Role.VENDOR), language=language)

    body = problem(caller.get(path), 400, language)

    assert body["code"] == "unreadable"
    assert "NUL" in body["detail"]


@pytest.mark.parametrize(
    "shown",
    [
        "Basic " + base64.b64encode(b"x\0y:secret").decode(),
        "Basic " + base64.b64encode(b"x/y:sec\0ret").decode(),
        "Bearer pg_\0",
    ],
)
def test_nul_in_a_credential_is_nobodys(shown, language):
    answer = Client().post(
        "/api/v1/telemetry/x/y/",
        "{}",
        "application/json",
        headers={"authorization": shown, "accept-language": language},
    )

    problem(answer, 401, language)


@pytest.mark.parametrize(("path", "status"), [("/", 200), ("/api/v1/pilots/", 401)])
def test_nul_in_a_session_cookie_is_nobodys(path, status):
    forged = f'{settings.SESSION_COOKIE_NAME}="aaaaaaaa\\000bbbb"'

    answer = Client().get(path, headers={"cookie": forged})

    assert answer.status_code == status


def test_nul_in_a_reason_is_refused(language):
    walk = Walk().publish()
    vendor = walk.vendor()
    draft = walk.draft(vendor)
    client = Client()
    client.force_login(vendor)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language

    answer = client.post(
        f"/vendors/submissions/{draft.code}/withdraw/", {"reason": "a\0b"}
    )

    assert answer.status_code == 400
    assert Submission.objects.get().state == draft.state


@pytest.mark.parametrize("depth", [900, 5_000, 50_000])
def test_body_nested_too_deeply_is_no_fault_of_ours(depth, language):
    caller = Caller(make_user(Role.VENDOR), language=language)

    for body in ("[" * depth, "[" * depth + "]" * depth):
        answer = caller.client.post(
            "/api/v1/submissions/", body, "application/json", headers=caller.headers
        )
        assert answer.status_code == 400
        assert answer["content-type"] == "application/problem+json"


def test_nested_field_is_refused():
    caller = Caller(make_user(Role.VENDOR))

    for depth in (100, 900, 3_000):
        deep = "[" * depth + "]" * depth
        for field in ("brief", "milestones", "plan"):
            answer = caller.client.post(
                "/api/v1/submissions/",
                f'{{"{field}": {deep}}}',
                "application/json",
                headers=caller.headers,
            )
            assert answer.status_code == 400


def test_body_over_the_limit_names_the_limit(language):
    caller = Caller(make_user(Role.VENDOR), language=language)
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE

    answer = caller.client.post(
        "/api/v1/submissions/",
        json.dumps({"brief": "x" * most}),
        "application/json",
        headers=caller.headers,
    )

    body = problem(answer, 413, language)
    assert body["code"] == "payload_too_large"
    assert str(most) in body["detail"]
