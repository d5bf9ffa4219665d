"""Who may ask for what: every URL and API route by every persona, written by hand.

permission_matrix.csv says what each persona gets: `ok` (the deed is open to them, even
if the form has to be filled in again), `login`, or the status that turns them away.
"""

import csv
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from django.conf import settings
from django.contrib import admin
from django.db import transaction
from django.test import Client, override_settings
from django.urls import path, reverse

from accounts.enums import Scope
from accounts.models import AuditEntry
from dispatch.models import Delivery
from pilots.services import seals
from portals.views.sign_in import sign_in
from procurement.models import Submission
from tests.portals.calling import bearer
from tests.portals.cast import PERSONAS, assemble, seal
from tests.portals.routes import Route, routes

pytestmark = pytest.mark.django_db
TABLE = Path(__file__).with_name("permission_matrix.csv")
TURNED_AWAY = {400, 401, 403, 404, 405, 409}
# What a stranger's city or vendor has published, anybody of a demo may know.
PUBLISHED = ("brief", "call", "award", "programme")
# These name nothing of anybody's; a vendor is every city's to judge.
NOBODYS = ("account_", "mfa_", "kpi_detail", "invitation_accept", "vendor")


def read_table() -> dict[tuple[str, str], dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, skipinitialspace=True))
    tidy = [{key.strip(): cell.strip() for key, cell in row.items()} for row in rows]
    return {(row.pop("route"), row.pop("method")): row for row in tidy}


@pytest.fixture(scope="module")
def stage(django_db_setup, django_db_blocker, tmp_path_factory):
    """Let what is made once serve every test here; all of it is undone at the end."""
    home = tmp_path_factory.mktemp("matrix")
    places = {
        "SPOOL_ROOT": home / "spool",
        "LAKE_URL": str(home / "lake"),
        "MEDIA_ROOT": home / "files",
    }
    with (
        django_db_blocker.unblock(),
        override_settings(PILOTGATE_HOME=home, **places),
        transaction.atomic(),
    ):
        seals._make(home / "evidence_key")  # before reviews that were signed with it
        yield home
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def home(stage):
    """Let what was made once lie where it was put, for every test here."""
    return stage


@pytest.fixture(scope="module")
def cast(stage):
    return assemble()


@pytest.fixture(scope="module")
def strangers(stage):
    """Make the same once more, of other organisations, with words of its own."""
    return assemble()


def ask(client: Client, route: Route, method: str, cast, headers=None) -> str:
    """Ask as a form would, and undo what came of it."""
    url = reverse(route.name, kwargs=cast.arguments(route))
    with transaction.atomic():
        sent = cast.body(route, method)
        answer = client.generic(method, url, **sent, headers=headers)
        transaction.set_rollback(True)
    if not answer.streaming and seal.broken_by(answer.content, route.name):
        return "read what is under seal"
    if answer.status_code == 302 and answer["Location"].startswith(settings.LOGIN_URL):
        return "login"
    if answer.status_code in TURNED_AWAY or answer.status_code >= 500:
        return str(answer.status_code)
    return "ok"


def unlisted(found: list[Route], table) -> set[tuple[str, str]]:
    return {(each.name, method) for each in found for method in each.methods} - {*table}


def session_of(person) -> Client:
    client = Client(raise_request_exception=False)
    if person:
        client.force_login(person)
    return client


def wrong_cells(persona: str, cast, table) -> list[str]:
    client = session_of(cast.people.get(persona))
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


def by_token(name: str, method: str, scope: str, cell: str) -> str:
    """Return what a token gets where its owner's session gets `cell`."""
    if name in {"api:docs", "api:evidence_key", "api:schema", "api:unknown"}:
        return cell
    needed = Scope.READ if method == "GET" else Scope.WRITE
    return cell if scope == needed else "403"


@pytest.mark.parametrize(
    ("persona", "scope"),
    [
        ("official", Scope.READ),
        ("official", Scope.WRITE),
        ("vendor", Scope.READ),
        ("vendor", Scope.WRITE),
        ("vendor", Scope.INGEST),
    ],
)
def test_token_does_what_its_scope_says(persona, scope, cast):
    headers = bearer(cast.people[persona], scope)
    known = {each.name: each for each in routes()}
    wrong = []

    for (name, method), cells in read_table().items():
        if not name.startswith("api:") or name == "api:telemetry":
            continue
        got = ask(Client(), known[name], method, cast, headers)
        if got != (due := by_token(name, method, scope, cells[persona])):
            wrong.append(f"{name} {method}: {due} expected, {got} came")

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("persona", "scope", "gets"),
    [
        ("vendor", Scope.INGEST, "ok"),
        ("vendor", Scope.WRITE, "403"),
        ("vendor2", Scope.INGEST, "403"),
        ("official", Scope.INGEST, "403"),
    ],
)
def test_token_of_a_vendor_sends_for_its_own_robots(persona, scope, gets, cast):
    (route,) = (each for each in routes() if each.name == "api:telemetry")
    headers = bearer(cast.people[persona], scope)

    assert ask(Client(), route, "POST", cast, headers) == gets


def names_a_stranger(route: Route, method: str) -> bool:
    """Whether a route leads to one thing that its owner has not published."""
    if not route.places or route.leaf.startswith(NOBODYS):
        return False
    if route.leaf == "submission_start":  # an answer to a published brief
        return False
    noun = route.leaf.replace("-", "_").removesuffix("_detail")
    return not (method == "GET" and noun in PUBLISHED)


@pytest.mark.parametrize("persona", ["official", "vendor", "reviewer", "auditor"])
def test_strangers_things_do_not_exist(persona, cast, strangers):
    client, known = session_of(cast.people[persona]), {e.name: e for e in routes()}
    cookies = client.cookies.copy()
    asked, wrong = 0, []

    for (name, method), cells in read_table().items():
        route = known[name]
        if cells[persona] != "ok" or not names_a_stranger(route, method):
            continue
        client.cookies = cookies.copy()
        got, asked = ask(client, route, method, strangers), asked + 1
        if got != "404":
            wrong.append(f"{name} {method}: {got} came")

    assert asked
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("persona", PERSONAS)
def test_sealed_submission_does_not_exist(persona, cast):
    """Ask for it by every route that names a submission."""
    client, known = session_of(cast.people.get(persona)), {e.name: e for e in routes()}
    sealed = cast.values["sealed.code"]
    values = {
        key: sealed if "submission" in key and cast.values[key] != sealed else value
        for key, value in cast.values.items()
    }
    found = set()

    for name, method in read_table():
        route = known[name]
        if "submission" in f"{route.leaf} {' '.join(route.places)}" and route.places:
            found.add(ask(client, route, method, replace(cast, values=values)))

    assert found <= {"401", "403", "404", "login"}


def test_sealed_submission_is_read_by_its_own_vendor(cast):
    """What the tests above look for can be found: its vendor finds it."""
    sealed = Submission.objects.get(code=cast.values["sealed.code"])
    client = session_of(sealed.created_by)

    page = client.get(reverse("vendors:submission_detail", args=[sealed.code]))
    told = client.get(reverse("api:submission-detail", args=[sealed.code]))

    assert seal.broken_by(page.content)
    assert told.json()["plan"]["summary"] == seal.PLAN["summary"]


@pytest.mark.parametrize("persona", ["official", "reviewer", "auditor", "vendor2"])
def test_sealed_submission_is_in_no_search_log_or_mail(persona, cast):
    person = cast.people[persona]
    sealed = Submission.objects.get(code=cast.values["sealed.code"])
    told = session_of(person).get(reverse("api:submission-list"), {"limit": 200})

    assert sealed.code not in told.text
    assert not AuditEntry.objects.visible_to(person).of(sealed).exists()
    mails = Delivery.objects.exclude(payload__to=sealed.created_by.email)
    assert not mails.filter(payload__text__contains=sealed.code).exists()


def test_administration_knows_no_submission():
    assert not any(name.startswith("admin:") for name, _method in read_table())
    assert not any(
        model._meta.app_label == "procurement" for model in admin.site._registry
    )


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
