"""The audit trail: who finds what in it, a case's history, the export, no editing."""

import csv
from io import StringIO

import pytest

from accounts import audit
from accounts.enums import Role
from accounts.models import AuditEntry
from portals.presenters.audit import OF_KIND, WORDS
from portals.views.audit import BOM, harmless
from tests.factories import make_organisation, make_user
from tests.pilots.factories import make_pilot, make_review
from tests.portals.verbs import recorded_verbs

pytestmark = pytest.mark.django_db
LIST = "/officials/audit/"


@pytest.fixture
def pilot():
    return make_pilot(demo=True, days_ago=30, state="running")


@pytest.fixture
def official(pilot, english):
    user = make_user(Role.OFFICIAL, organisation=pilot.city)
    english.force_login(user)
    return user


def told(client, **asked):
    """Return the verbs of what the list shows, newest first."""
    page = client.get(LIST, asked).context["page"]
    return [entry.verb for entry in page]


def test_audit_shows_ones_own_city_alone(english, official):
    stranger = make_user(organisation=make_organisation(is_demo=True))
    audit.record(stranger, "strange", by=stranger)
    audit.record(official, "own", by=official)

    assert told(english) == ["own"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"person": "lin"}, ["b", "a"]),
        ({"subject": "P-"}, ["c"]),
        ({"kind": "accounts.User"}, ["b", "a"]),
        ({"deed": "ordered"}, []),
        ({"since": "2999-01-01"}, []),
        ({"until": "2999-01-01"}, ["c", "b", "a"]),
        ({"until": "2001-01-01"}, []),
    ],
)
def test_audit_is_narrowed_as_asked(english, pilot, official, asked, found):
    lin = make_user(Role.OFFICIAL, organisation=pilot.city, name="Lin")
    audit.record(lin, "a", by=lin)
    audit.record(lin, "b", by=lin)
    audit.record(pilot, "c", by=official)
    asked = {k: pilot.code if v == "P-" else v for k, v in asked.items()}

    assert told(english, **asked) == found


def test_case_gathers_what_stands_under_several_codes(english, pilot, official):
    review = make_review(look=pilot.gates.get().looks.first())
    for subject in (pilot.contract.brief, pilot.contract, pilot, review):
        audit.record(subject, "moved", by=official, source="a", target="b")
    other = make_pilot(demo=True)
    audit.record(other, "moved", by=official, source="a", target="b")

    codes = [pilot.contract.brief.code, pilot.contract.code, pilot.code, review.code]
    counts = [len(told(english, case=code)) for code in codes]

    assert counts == [4, 4, 4, 4]


def test_case_that_is_no_ones_own_is_said(english, official):
    strange = make_pilot(demo=True)

    page = english.get(LIST, {"case": strange.code})

    assert list(page.context["page"]) == []
    assert f"has the code {strange.code}" in page.text


def test_days_in_the_wrong_order_are_said(english, official):
    page = english.get(LIST, {"since": "2026-02-02", "until": "2026-02-01"})

    assert "The last day lies before the first." in page.text


@pytest.mark.parametrize("page", ["officials/pilots", "officials/briefs"])
def test_case_leads_to_its_history(english, pilot, official, page):
    code = {
        "officials/pilots": pilot.code,
        "officials/briefs": pilot.contract.brief.code,
    }[page]

    shown = english.get(f"/{page}/{code}/").text

    assert f'href="{LIST}?case={code}"' in shown


def test_export_holds_every_digest_and_opens_in_a_spreadsheet(english, official):
    entry = audit.record(official, "renamed", by=official, reason="=1+1")

    answer = english.get("/officials/audit/export/", {"deed": "renamed"})

    text = answer.content.decode()
    assert text.startswith(BOM)
    labels, line = csv.reader(StringIO(text.removeprefix(BOM)))
    row = dict(zip(labels, line, strict=True))
    assert row["Digest"] == entry.digest
    assert row["Digest before"] == entry.previous_digest
    assert row["Verb"] == "renamed"
    assert row["Detail"] == "'=1+1"


@pytest.mark.parametrize("cell", ["=A1", "+1", "-1", "@x", "\tx"])
def test_formula_in_a_cell_is_made_harmless(cell):
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_in_the_audit_can_be_edited(english, official, method):
    audit.record(official, "own", by=official)

    answers = [
        getattr(english, method)(url).status_code
        for url in (LIST, "/officials/audit/export/")
    ]

    assert answers == [405, 405]
    assert AuditEntry.objects.get(verb="own").facts == {}


def test_every_recorded_verb_has_a_word():
    assert recorded_verbs() - set(WORDS) - {verb for _kind, verb in OF_KIND} == set()
