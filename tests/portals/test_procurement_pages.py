"""The officials' walk from a call to a signed contract, page by page."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.enums import OrganisationKind, Role
from procurement import services
from procurement.enums import BriefState, CallState
from procurement.models import Award, Brief, Call, PocContract, Site
from tests.factories import make_organisation, make_user
from tests.procurement.walk import Walk

pytestmark = pytest.mark.django_db

KPI_ROW = {
    "kpi": "availability",
    "minimum": "0.9",
    "target": "0.97",
    "window_days": "56",
    "coverage_min": "0.9",
    "mandatory": "on",
}


@pytest.fixture
def english(client):
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def official(english):
    user = make_user(organisation=make_organisation(is_demo=True), language="en")
    english.force_login(user)
    return user


def rows(prefix, *forms):
    typed = {f"{prefix}-TOTAL_FORMS": len(forms), f"{prefix}-INITIAL_FORMS": 0}
    for number, form in enumerate(forms):
        typed |= {f"{prefix}-{number}-{name}": value for name, value in form.items()}
    return typed


def text_of(answer):
    return answer.content.decode()


def local(moment):
    return f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}"


def test_official_walks_from_programme_to_signed_contract(english, official):
    english.post(
        "/officials/programmes/new/", {"title_zh": "计划", "title_en": "Programme"}
    )
    page = english.get("/officials/calls/new/")
    made = english.post(
        "/officials/calls/new/",
        {
            "programme": page.context["form"].initial["programme"].pk,
            "batch_no": 1,
            "title_zh": "第一批",
            "title_en": "First batch",
            "opens_at": local(timezone.now() - timedelta(days=1)),
            "closes_at": local(timezone.now() + timedelta(days=9)),
        },
    )
    call = Call.objects.get()
    assert made.url == f"/officials/calls/{call.code}/"

    english.post(f"{made.url}to/open/")
    site = {
        "name_zh": "车间",
        "name_en": "Shop",
        "host_zh": "厂",
        "host_en": "Works",
        "environment": "factory_line",
        "timezone": "Asia/Shanghai",
    }
    english.post("/officials/sites/new/", site)
    first = {
        "call": call.pk,
        "route": "scenario_pilot",
        "scenario": "line_side_delivery",
        "title_zh": "配送",
        "title_en": "Delivery",
        "site": Site.objects.get().pk,
    }
    answer = english.post("/officials/briefs/new/", first)
    brief = Brief.objects.get()
    here = f"/officials/briefs/{brief.code}/"
    assert answer.url == f"{here}edit/need/"

    need = {
        "need_zh": "送",
        "need_en": "Bring",
        "baseline_zh": "人",
        "baseline_en": "People",
    }
    steps = [
        ("need", need, "kpis"),
        ("kpis", rows("form", KPI_ROW), "poc"),
        ("poc", {"poc_robots": 2, "weeks_min": 8, "weeks_max": 12}, "volume"),
    ]
    for part, typed, following in steps:
        assert english.get(f"{here}edit/{part}/").status_code == 200
        answer = english.post(f"{here}edit/{part}/", typed)
        assert answer.url == f"{here}edit/{following}/"
    unready = text_of(english.get(here))
    assert "5 things are missing, see the list." in unready
    volume = {
        "budget_line": "2026-R-17",
        "budget_cny": "50000000",
        "quantity_min": 10,
        "quantity_max": 120,
        "unit_price_ceiling_cny": "400000",
    }
    assert english.post(f"{here}edit/volume/", volume).url == here
    assert "Nothing is missing" in text_of(english.get(here))

    english.post(f"{here}to/published/")
    brief.refresh_from_db()
    assert brief.state == BriefState.PUBLISHED
    assert english.get(f"{here}edit/need/").status_code == 404

    vendor = make_user(
        Role.VENDOR,
        organisation=make_organisation(OrganisationKind.VENDOR, is_demo=True),
    )
    walk = Walk.of(official, call, brief)
    submission = walk.submission(vendor)
    sealed = text_of(english.get(f"{here}submissions/"))
    assert "1 submission arrived" in sealed
    assert submission.code not in sealed
    assert str(vendor.organisation) not in sealed

    english.post(f"/officials/calls/{call.code}/to/closed/")
    english.post(f"/officials/calls/{call.code}/to/opened/")
    call.refresh_from_db()
    assert call.state == CallState.OPENED
    minutes = text_of(english.get(f"/officials/calls/{call.code}/"))
    submission.refresh_from_db()
    assert submission.content_digest in minutes

    reviewer = walk.reviewer()
    board = english.get(f"{here}reviewers/")
    assert reviewer.name in text_of(board)
    english.post(
        f"{here}reviewers/of/{submission.code}/",
        {f"{submission.code}-reviewer": reviewer.pk},
    )
    blocked = text_of(english.get(f"{here}award/{submission.code}/"))
    assert "The award cannot be made yet" in blocked
    walk.finish(submission.assignments.get())
    assert "80.00" in text_of(english.get(f"{here}submissions/"))

    answer = english.post(
        f"{here}award/{submission.code}/", {"reason": "The best plan."}
    )
    award = Award.objects.get()
    assert answer.url == f"/officials/awards/{award.code}/"
    answer = english.post(
        f"{answer.url}contract/", {"starts_on": f"{timezone.localdate()}"}
    )
    contract = PocContract.objects.get()
    assert answer.url == f"/officials/contracts/{contract.code}/"
    assert contract.criteria_digest in text_of(english.get(answer.url))

    services.sign_contract(contract=contract, by=vendor)
    english.post(f"{answer.url}sign/")
    contract.refresh_from_db()
    assert contract.signed_at
