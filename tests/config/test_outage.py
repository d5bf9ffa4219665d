import pytest
from django.db import OperationalError
from django.test import Client, override_settings
from django.urls import path


def away(_request):
    raise OperationalError("no connection")


def broken(_request):
    raise ZeroDivisionError


urlpatterns = [
    path("away", away),
    path("broken", broken),
    path("api/v1/away", away),
    path("api/v1/broken", broken),
]
handler500 = "config.outage.server_error"


@pytest.fixture
def reader():
    with override_settings(ROOT_URLCONF=__name__):
        yield Client(raise_request_exception=False)


@pytest.mark.parametrize(("where", "status"), [("away", 503), ("broken", 500)])
def test_page_says_whose_fault_it_is(reader, where, status):
    answer = reader.get(f"/{where}", headers={"Accept-Language": "en"})

    assert answer.status_code == status
    assert ("The database cannot be reached" in answer.text) == (status == 503)
    assert answer.get("Retry-After") == ("10" if status == 503 else None)


@pytest.mark.parametrize(("where", "status"), [("away", 503), ("broken", 500)])
def test_api_answers_with_a_problem_body(reader, where, status):
    answer = reader.get(f"/api/v1/{where}")

    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert answer.json().keys() == {"type", "title", "status", "code", "detail"}
