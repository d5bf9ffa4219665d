"""The officials' walk from a call to a signed contract, page by page."""

from datetime import timedelta

import pytest
from django.utils import timezone

from procurement.enums import BriefState, ContractState
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

PARTS = [
    (
        "need",
        {"need_zh": "送", "need_en": "Go", "baseline_zh": "人", "baseline_en": "Us"},
        "edit/kpis/",
    ),
    (
        "kpis",
        {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 0}
        | {f"form-0-{name}": value for name, value in KPI_ROW.items()},
        "edit/poc/",
    ),
    ("poc", {"poc_robots": 2, "weeks_min": 8, "weeks_max": 12}, "edit/volume/"),
    (
        "volume",
        {
            "budget_line": "2026-R-17",
            "budget_cny": "50000000",
            "quantity_min": 10,
            "quantity_max": 120,
            "unit_price_ceiling_cny": "400000",
        },
        "",
    ),
]


@pytest.fixture
def english(client):
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def official(english):
    user = make_user(organisation=make_organisation(is_demo=True), language="en")
    english.force_login(user)
    return user


def text_of(answer):
    return answer.content.decode().replace("<wbr>", "")


def local(moment):
    return f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}"


def found_programme(english):
    english.post(
        "/officials/programmes/new/", {"title_zh": "计划", "title_en": "Programme"}
    )
    page = english.get("/officials/calls/new/")
    return page.context["form"].initial["programme"]


def draft_call(english):
    programme = found_programme(english)
    made = english.post(
        "/officials/calls/new/",
        {
            "programme": programme.pk,
            "batch_no": 1,
            "title_zh": "第一批",
            "title_en": "First batch",
            "opens_at": local(timezone.now() - timedelta(days=1)),
            "closes_at": local(timezone.now() + timedelta(days=9)),
        },
    )
    call = Call.objects.get()
    assert made.url == f"/officials/calls/{call.code}/"
    return call


def start_brief(english, call):
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
    assert answer.url == f"/officials/briefs/{brief.code}/edit/need/"
    return brief


def write_parts(english, brief):
    page = f"/officials/briefs/{brief.code}/"
    for part, typed, following in PARTS:
        assert english.get(f"{page}edit/{part}/").status_code == 200
        answer = english.post(f"{page}edit/{part}/", typed)
        assert answer.url == f"{page}{following}"


def test_brief_is_written_part_by_part_and_published(english, official):
    call = draft_call(english)
    english.post(f"/officials/calls/{call.code}/to/open/")
    brief = start_brief(english, call)
    page = f"/officials/briefs/{brief.code}/"

    unready = text_of(english.get(page))
    write_parts(english, brief)
    ready = text_of(english.get(page))
    english.post(f"{page}to/published/")

    assert "10 things are missing, see the list." in unready
    assert "Nothing is missing" in ready
    brief.refresh_from_db()
    assert brief.state == BriefState.PUBLISHED
    assert english.get(f"{page}edit/need/").status_code == 404


@pytest.fixture
def walk(english):
    """Walk a demo city's brief to publication, its official logged in."""
    walk = Walk().publish()
    english.force_login(walk.official)
    return walk


def test_submissions_are_a_count_until_the_opening(english, walk):
    submission = walk.submission()
    page = f"/officials/briefs/{walk.brief.code}/submissions/"

    sealed = text_of(english.get(page))
    english.post(f"/officials/calls/{walk.call.code}/to/closed/")
    english.post(f"/officials/calls/{walk.call.code}/to/opened/")
    opened = text_of(english.get(page))
    minutes = text_of(english.get(f"/officials/calls/{walk.call.code}/"))

    assert "1 submission arrived" in sealed
    assert submission.code not in sealed
    assert str(submission.vendor) not in sealed
    assert submission.code in opened
    submission.refresh_from_db()
    assert submission.content_digest in minutes


def test_award_waits_for_finished_reviews(english, walk):
    submission = walk.submission()
    walk.open(submission)
    reviewer = walk.reviewer()
    page = f"/officials/briefs/{walk.brief.code}/"

    board = text_of(english.get(f"{page}reviewers/"))
    english.post(
        f"{page}reviewers/of/{submission.code}/",
        {f"{submission.code}-reviewer": reviewer.pk},
    )
    blocked = text_of(english.get(f"{page}award/{submission.code}/"))
    walk.finish(submission.assignments.get())
    compared = text_of(english.get(f"{page}submissions/"))
    answer = english.post(
        f"{page}award/{submission.code}/", {"reason": "The best plan."}
    )

    assert reviewer.name in board
    assert "The award cannot be made yet" in blocked
    assert "80.00" in compared
    award = Award.objects.get()
    assert answer.url == f"/officials/awards/{award.code}/"


def test_contract_is_drafted_and_signed_by_both_sides(english, walk):
    submission = walk.submission()
    walk.open(submission)
    walk.review(submission)
    award = walk.award(submission)
    vendor = submission.created_by

    answer = english.post(
        f"/officials/awards/{award.code}/contract/",
        {"starts_on": f"{timezone.localdate()}"},
    )
    contract = PocContract.objects.get()
    drafted = text_of(english.get(answer.url))
    early = english.post(f"{answer.url}sign/")
    english.force_login(vendor)
    english.post(f"/vendors/contracts/{contract.code}/sign/")
    english.force_login(walk.official)
    english.post(f"{answer.url}sign/")

    assert answer.url == f"/officials/contracts/{contract.code}/"
    assert contract.criteria_digest in drafted
    assert "the city signs after the vendor" in text_of(early)
    contract.refresh_from_db()
    assert contract.state == ContractState.SIGNED
