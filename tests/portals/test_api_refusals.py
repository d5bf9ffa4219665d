"""Every refusal of the API: a problem body that says what, why, and what is right."""

import pytest
from django.core.cache import cache
from django.test import Client
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from accounts.enums import Role, Scope
from portals.api import throttles
from portals.api.asking import MOST_ROWS, Pages
from tests.factories import make_user
from tests.portals.calling import Caller
from tests.procurement.walk import Walk

pytestmark = pytest.mark.django_db
LANGUAGES = ("en", "zh-hans")


def problem(answer):
    assert answer["content-type"] == "application/problem+json"
    body = answer.json()
    assert {"type", "status", "code", "detail"} <= set(body)
    assert body["status"] == answer.status_code
    return body


def is_chinese(text):
    return any("一" <= sign <= "鿿" for sign in text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_unknown_token_is_told_where_to_get_one(language):
    answer = Client().get(
        "/api/v1/briefs/",
        headers={"authorization": "Bearer pg_x", "accept-language": language},
    )

    assert answer.status_code == 401
    assert answer["www-authenticate"] == "Bearer"
    detail = problem(answer)["detail"]
    assert ("Access tokens" in detail) == (language == "en")
    assert is_chinese(detail) == (language != "en")


@pytest.mark.parametrize(
    ("scope", "method", "needs"),
    [(Scope.READ, "post", "write"), (Scope.WRITE, "get", "read")],
)
def test_token_names_the_scope_it_lacks(scope, method, needs):
    caller = Caller(make_user(Role.VENDOR), scope)

    body = problem(getattr(caller, method)("robots/"))

    assert (body["status"], body["code"]) == (403, "scope_missing")
    assert f"it has {scope}, and this needs {needs}" in body["detail"]


def test_token_answers_in_its_owners_language():
    vendor = make_user(Role.VENDOR, language="zh-hans")
    caller = Caller(vendor)
    del caller.headers["accept-language"]

    assert is_chinese(problem(caller.get("briefs/BR-none/"))["detail"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_malformed_body_says_it_is_not_json(language):
    caller = Caller(make_user(Role.VENDOR), language=language)

    answer = caller.client.post(
        "/api/v1/submissions/", "{", "application/json", headers=caller.headers
    )

    assert answer.status_code == 400
    assert "JSON" in problem(answer)["detail"]
    assert is_chinese(problem(answer)["detail"]) == (language != "en")


def test_form_body_is_asked_for_as_json():
    caller = Caller(make_user(Role.VENDOR))

    answer = caller.client.post(
        "/api/v1/submissions/", {"brief": "x"}, headers=caller.headers
    )

    assert answer.status_code == 415
    assert "application/json" in problem(answer)["detail"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_wrong_row_is_named_by_field_and_number(language):
    walk = Walk().publish()
    rows = [{"title": "Install", "weeks": 4}, {"title": "Measure", "weeks": 40}]

    answer = Caller(walk.vendor(), language=language).post(
        "submissions/", brief=walk.brief.code, milestones=rows
    )

    body = problem(answer)
    assert body["detail"].startswith("milestones[2].weeks: ")
    assert "12" in body["detail"]
    assert is_chinese(body["detail"]) == (language != "en")
    (sentence,) = body["errors"]["milestones"]["1"]["weeks"]
    assert body["detail"].endswith(sentence)


def test_price_below_zero_is_refused_before_the_database():
    walk = Walk().publish()

    answer = Caller(walk.vendor()).post(
        "submissions/", brief=walk.brief.code, plan={"poc_price_cny": "-1"}
    )

    assert problem(answer)["detail"].startswith("plan.poc_price_cny: ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_unknown_code_and_unknown_route_are_problems_too(language):
    caller = Caller(make_user(Role.VENDOR), language=language)

    for path in ("briefs/BR-2026-NONE/", "nothing/here/"):
        body = problem(caller.get(path))
        assert body["status"] == 404
        assert path in body["detail"]
        assert is_chinese(body["detail"]) == (language != "en")


def test_wrong_filter_is_refused():
    answer = Caller(make_user(Role.VENDOR)).get("briefs/?state=whatever")

    assert answer.status_code == 400
    assert "state" in problem(answer)["errors"]


def test_list_ends_at_its_most_rows():
    asked = Request(APIRequestFactory().get("/", {"limit": "100000"}))

    assert Pages().get_limit(asked) == MOST_ROWS


@pytest.fixture
def hasty(monkeypatch):
    """Allow two requests of each kind a minute."""
    cache.clear()
    for kind in throttles.RATES:
        monkeypatch.setitem(throttles.RATES, kind, "2/min")
    yield
    cache.clear()


@pytest.mark.parametrize("language", LANGUAGES)
def test_flood_of_one_slows_nobody_else(hasty, language):
    flooding, other = make_user(Role.VENDOR), make_user(Role.VENDOR)
    caller = Caller(flooding, language=language)

    first, second, third = (caller.get("briefs/") for _ in range(3))
    written = caller.post("submissions/", brief="BR-none")
    elsewhere = Caller(other).get("briefs/")

    assert (first.status_code, second.status_code) == (200, 200)
    assert problem(third)["code"] == "throttled"
    assert third["retry-after"] in problem(third)["detail"]
    assert is_chinese(problem(third)["detail"]) == (language != "en")
    assert written.status_code == 404
    assert elsewhere.status_code == 200


def test_limit_counts_a_span_and_what_still_weighs_of_the_last(hasty):
    throttle = throttles.CallerThrottle()
    throttle.num_requests, throttle.duration = 2, 60

    at_the_end = [throttle._count("k", 119.0) for _ in range(3)]
    at_once_after = throttle._count("k", 120.5)
    a_while_after = throttle._count("other", 179.0)

    assert at_the_end == [True, True, False]
    assert not at_once_after
    assert a_while_after
