"""Who may ask for what: every URL and API route by every persona, written by hand.

permission_matrix.csv says what each persona gets: `ok` (the deed is open to them, even
if the form has to be filled in again), `login`, or the status that turns them away.
"""

import csv
from pathlib import Path
from types import ModuleType

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import path, reverse

from portals.views.sign_in import sign_in
from tests.portals.cast import PERSONAS, assemble
from tests.portals.routes import Route, routes

TABLE = Path(__file__).with_name("permission_matrix.csv")
TURNED_AWAY = {400, 401, 403, 404, 405, 409}


def read_table() -> dict[tuple[str, str], dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, skipinitialspace=True))
    tidy = [{key.strip(): cell.strip() for key, cell in row.items()} for row in rows]
    return {(row.pop("route"), row.pop("method")): row for row in tidy}


@pytest.fixture
def cast(db):
    return assemble()


def ask(client: Client, route: Route, method: str, cast) -> str:
    """Ask as a form would, and undo what came of it."""
    url = reverse(route.name, kwargs=cast.arguments(route))
    with transaction.atomic():
        answer = client.generic(method, url, **cast.body(route, method))
        transaction.set_rollback(True)
    if answer.status_code == 302 and answer["Location"].startswith(settings.LOGIN_URL):
        return "login"
    if answer.status_code in TURNED_AWAY or answer.status_code >= 500:
        return str(answer.status_code)
    return "ok"


def unlisted(found: list[Route], table) -> set[tuple[str, str]]:
    return {(each.name, method) for each in found for method in each.methods} - {*table}


def wrong_cells(persona: str, cast, table) -> list[str]:
    client = Client(raise_request_exception=False)
    if persona != "anonymous":
        client.force_login(cast.people[persona])
    cookies = client.cookies.copy()
    known = {each.name: each for each in routes()}
    wrong = []
    for (name, method), cells in table.items():
        client.cookies = cookies.copy()
        got = ask(client, known[name], method, cast)
        if got != cells[persona]:
            wrong.append(f"{name} {method}: {cells[persona]} expected, {got} came")
    return wrong


def test_every_route_stands_in_the_matrix():
    table = read_table()
    known = {each.name for each in routes()}

    assert unlisted(routes(), table) == set()
    assert {name for name, _method in table if name not in known} == set()


@pytest.mark.parametrize("persona", PERSONAS)
def test_persona_gets_what_the_matrix_says(persona, cast):
    wrong = wrong_cells(persona, cast, read_table())

    assert not wrong, "\n".join(wrong)


def test_matrix_sees_an_unlisted_route():
    strange = ModuleType("strange")
    strange.urlpatterns = [path("back-door/<str:code>", sign_in, name="door")]

    assert unlisted(routes(strange), read_table()) == {
        ("door", "GET"),
        ("door", "POST"),
    }


def test_matrix_sees_a_door_left_open(cast):
    row = read_table()["officials:people_list", "GET"]

    shut = {("officials:people_list", "GET"): row | {"official": "404"}}

    assert wrong_cells("official", cast, shut) == [
        "officials:people_list GET: 404 expected, ok came"
    ]
