"""Every page and API list asks the database as often for 100 rows as for one.

Each route that answers GET stands either in COUNTED, under the persona who reads it,
or in UNCOUNTED, with what makes it no list.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from types import ModuleType

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import path, reverse

from accounts.models import User
from portals.presenters.pilots.reading import SHELF
from tests.portals.crowd import gather
from tests.portals.routes import routes

MANY = 100

SHARED = "call_list call_detail brief_list brief_detail award_list"
IN_PILOTS = (
    "pilot_list pilot_detail pilot_live pilot_kpi pilot_robot gate_list gate_detail"
)
AT_HOME = "workbench people_list"
BY_CITY_AND_VENDOR = (
    "robot_list robot_detail contract_list contract_detail submission_list "
    "submission_detail tranche_list robot_deploy"
)
LISTS_OF_API = (
    "programme call brief submission assignment award contract pilot gate tranche "
    "robot set_aside job vendor own_kpi"
)


def named(space, *leaves):
    return {f"{space}:{leaf}" for line in leaves for leaf in line.split()}


COUNTED = {
    "anonymous": named("public", SHARED, "home register override_list"),
    "official": named(
        "officials",
        AT_HOME,
        SHARED,
        IN_PILOTS,
        BY_CITY_AND_VENDOR,
        "site_list brief_submissions brief_reviewers exclusion_new pilot_assign",
        "organisation_list audit_list audit_export own_kpi_list",
    )
    | named("account", "notice_list token_list job_list")
    | {f"api:{noun}-list" for noun in LISTS_OF_API.split()}
    | {"api:brief-ranking", "api:brief-reviewers"},
    "vendor": named("vendors", AT_HOME, SHARED, IN_PILOTS, BY_CITY_AND_VENDOR)
    | named("vendors", "submission_check submission_milestones exclusion_new"),
    "reviewer": named("institutes", AT_HOME, SHARED, IN_PILOTS, "assignment_list"),
}

# What makes a page no list of rows that grow: its reason, and the routes.
UNCOUNTED = {
    "a form, or one thing alone": {
        "account:invitation_accept",
        "account:vendor_register",
        "account:job_detail",
        "account:notice_open",
        "account:profile",
        "api:call-minutes",
        "api:submission-missing",
        "api:own_kpi-dry-runs",
        "healthz",
        "set_language",
    }
    | named(
        "officials",
        "brief_award brief_create brief_edit brief_review call_create call_criteria",
        "call_edit call_put_off institute_new invitation_new pilot_create",
        "programme_create site_create site_edit pilot_milestone award_detail",
        "tranche_detail organisation_edit vendor_detail",
        "own_kpi_create own_kpi_edit own_kpi_detail",
    )
    | named("public", "award_detail")
    | named("vendors", "invitation_new organisation_edit pilot_enrol robot_new")
    | named("vendors", "award_detail submission_plan tranche_detail")
    | named("institutes", "invitation_new award_detail assignment_detail")
    | named("institutes", "organisation_edit"),
    "one of its rows, counted as a list": {
        f"api:{noun}-detail" for noun in LISTS_OF_API.split()
    },
    "written in code or in a file": {
        "styleguide",
        "api:docs",
        "api:schema",
        "public:accessibility",
        "public:verify",
        "api:evidence_key",
        "api:gate-evidence",
    }
    | {
        f"{space}:{leaf}"
        for space in ("public", "officials", "vendors", "institutes")
        for leaf in ("kpi_list", "kpi_detail")
    },
    "read from the lake, or from one review's bundle": {
        f"{space}:{leaf}"
        for space in ("officials", "vendors", "institutes")
        for leaf in (
            *("pilot_rows", "pilot_stream", "gate_kpi", "gate_dossier"),
            "gate_evidence",
        )
    }
    | {
        f"{space}:{leaf}"
        for space in ("officials", "vendors")
        for leaf in ("robot_live", "robot_rows")
    },
}
ELSEWHERE = ("account_", "mfa_")  # the pages of allauth


def unlisted(found):
    """Return the routes answering GET that nobody has placed."""
    placed = set().union(*COUNTED.values(), *UNCOUNTED.values())
    asked = {each.name for each in found if "GET" in each.methods}
    return {name for name in asked - placed if not name.startswith(ELSEWHERE)}


def test_every_page_is_counted_or_says_why_not():
    known = {each.name for each in routes()}
    placed = set().union(*COUNTED.values(), *UNCOUNTED.values())

    assert unlisted(routes()) == set()
    assert placed - known == set()


def test_new_list_without_an_entry_is_seen():
    strange = ModuleType("strange")
    strange.urlpatterns = [path("robots/", everybody, name="spare_list")]

    assert unlisted(routes(strange)) == {"spare_list"}


def everybody(_request):
    """Ask for each person's organisation, one by one."""
    names = [str(each.organisation) for each in User.objects.all()]
    return HttpResponse(",".join(names))


@dataclass(frozen=True)
class Asked:
    """What a page asked the database, and how much it told."""

    statements: tuple[str, ...] = field(repr=False)
    told: int

    @property
    def queries(self):
        return len(self.statements)

    @property
    def shapes(self):
        """Count the statements, whatever their values."""
        values = re.compile(r"'[^']*'|\d+|(\?, )+")
        return Counter(values.sub("?", each) for each in self.statements)

    def beyond(self, other):
        """Name what is asked more often than by another."""
        more = self.shapes - other.shapes
        return "\n".join(f"{n} more x {shape[:400]}" for shape, n in more.items())


def ask(client, url):
    SHELF.clear()
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(url)
    assert answer.status_code == 200, f"{url} answered {answer.status_code}"
    statements = tuple(each["sql"] for each in queries)
    return Asked(statements, len(answer.content))


def ask_all(cast):
    """Ask for every counted page as its reader."""
    known = {each.name: each for each in routes()}
    found = {}
    for persona, names in COUNTED.items():
        client = Client()
        if persona != "anonymous":
            client.force_login(cast.people[persona])
        for name in sorted(names):
            url = reverse(name, kwargs=cast.arguments(known[name]))
            found[persona, name] = ask(client, url)
    return found


@pytest.fixture(scope="module")
def answers(django_db_setup, django_db_blocker, tmp_path_factory):
    """Ask every page in a city with a row of each, then in one with a hundred."""
    home = tmp_path_factory.mktemp("lists")
    places = {"SPOOL_ROOT": home / "spool", "LAKE_URL": str(home / "lake")}
    with (
        django_db_blocker.unblock(),
        override_settings(PILOTGATE_HOME=home, **places),
        transaction.atomic(),
    ):
        small = gather(1)
        ask_all(small)  # what is read once a process is warm now
        few = ask_all(small)
        many = ask_all(gather(MANY))
        transaction.set_rollback(True)
    return few, many


@pytest.mark.parametrize(
    ("persona", "name"),
    sorted((persona, name) for persona in COUNTED for name in COUNTED[persona]),
)
def test_page_asks_the_same_with_1_and_100_rows(answers, persona, name):
    few, many = (each[persona, name] for each in answers)

    assert many.queries == few.queries, many.beyond(few)
    assert many.told > few.told


def test_count_sees_a_query_a_row(db, settings):
    settings.ROOT_URLCONF = strange = ModuleType("strange")
    strange.urlpatterns = [path("people/", everybody)]
    gather(1)
    ask(Client(), "/people/")
    few = ask(Client(), "/people/")

    gather(2)
    many = ask(Client(), "/people/")

    assert many.queries > few.queries
