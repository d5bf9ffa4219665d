from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import OperationalError, connection
from django.test import Client, override_settings
from django.urls import path

from config.outage import forget_connections


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


SIDE_BY_SIDE = 4


@pytest.fixture
def pool():
    """A pool with idle connections that the server has cut."""
    line = Barrier(SIDE_BY_SIDE)

    def ask():
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        line.wait(60)
        connection.close()

    with ThreadPoolExecutor(SIDE_BY_SIDE) as threads:
        for asked in [threads.submit(ask) for _ in range(SIDE_BY_SIDE)]:
            asked.result()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    connection.close()
    return connection.pool


@pytest.mark.django_db(transaction=True)
def test_forgotten_connections_are_not_tried_again(pool):
    forget_connections()
    lost = pool.get_stats().get("connections_lost", 0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")

    assert pool.get_stats().get("connections_lost", 0) == lost >= SIDE_BY_SIDE - 1


@pytest.mark.django_db(transaction=True)
def test_sound_connections_are_kept():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        before = cursor.fetchone()
    connection.close()

    forget_connections()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")

        assert cursor.fetchone() == before
