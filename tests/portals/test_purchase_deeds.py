"""What officials do on the pages of a purchase, and what is refused in words."""

from datetime import timedelta
from decimal import Decimal

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone

from accounts.enums import Role
from kpis.engine.definition import CATALOGUE
from procurement import services
from procurement.enums import BriefState, CallState
from procurement.models import BriefKpi
from tests.factories import make_call, make_organisation, make_user
from tests.procurement.walk import KPIS, Walk

pytestmark = pytest.mark.django_db


def text_of(answer):
    return answer.content.decode().replace("<wbr>", "")


def local(moment):
    return f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}"


@pytest.fixture
def english(client):
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def walk(english):
    """Walk a demo city's brief to publication, its official logged in."""
    walk = Walk().publish()
    english.force_login(walk.official)
    return walk


@pytest.fixture
def draft(walk):
    return services.create_brief(
        call=walk.call,
        values={"scenario": "sanitation", "title_zh": "清扫", "title_en": "Sweeping"},
        by=walk.official,
    )


def kpi_form(**row):
    usual = {
        "kpi": "availability",
        "minimum": "0.9",
        "target": "0.97",
        "window_days": "56",
        "coverage_min": "0.9",
        "mandatory": "on",
    }
    typed = {f"form-0-{name}": value for name, value in (usual | row).items()}
    return {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 0} | typed


def test_autosave_keeps_what_can_be_true_and_says_what_cannot(english, draft):
    page = f"/officials/briefs/{draft.code}/edit"

    kept = english.post(f"{page}/kpis/autosave/", kpi_form())
    refused = english.post(f"{page}/kpis/autosave/", kpi_form(target="0.8"))
    wrong = english.post(
        f"{page}/poc/autosave/", {"poc_robots": 0, "weeks_min": 8, "weeks_max": 12}
    )

    assert kept.status_code == 200
    assert "saved_at" in kept.json()
    assert refused.status_code == 422
    assert refused.json()["detail"] == "Target: The target must lie above the minimum."
    assert wrong.json()["detail"].startswith("Robots in the POC:")
    assert [row.target for row in BriefKpi.objects.filter(brief=draft)] == [
        Decimal("0.97")
    ]


def test_editor_names_row_and_field_of_a_wrong_kpi(english, draft):
    answer = english.post(
        f"/officials/briefs/{draft.code}/edit/kpis/", kpi_form(target="0.8")
    )

    assert answer.status_code == 422
    assert "There is 1 thing to correct" in text_of(answer)
    summary = "Row 1, Target: The target must lie above the minimum."
    assert summary in " ".join(text_of(answer).split())


def test_quality_list_follows_each_save(english, draft):
    page = f"/officials/briefs/{draft.code}/edit/need"
    before = text_of(english.get(f"{page}/review/"))

    english.post(
        f"{page}/autosave/",
        {
            "need_zh": "扫",
            "need_en": "Sweep",
            "baseline_zh": "人",
            "baseline_en": "By us",
        },
    )
    after = text_of(english.get(f"{page}/review/"))

    assert "“Need (English)” is empty" in before
    assert "Nothing is missing in this part" in after


def test_planner_warns_of_a_gate_that_cannot_decide(english, walk, draft):
    services.save_brief(
        brief=draft,
        values={},
        kpis=[KPIS[0] | {"minimum": "0.95", "target": "0.96", "window_days": 14}],
        by=walk.official,
    )

    page = text_of(english.get(f"/officials/briefs/{draft.code}/"))

    assert "a robot at target would be passed by the end in" in page


def test_cancelled_brief_says_why_in_public(english, walk):
    page = f"/officials/briefs/{walk.brief.code}/to/cancelled/"

    english.post(page, {"reason": " "})
    walk.brief.refresh_from_db()
    before = walk.brief.state
    english.post(page, {"reason": "The shop is being rebuilt."})

    assert before == BriefState.PUBLISHED
    walk.brief.refresh_from_db()
    assert walk.brief.state == BriefState.CANCELLED
    english.logout()
    public = text_of(english.get(f"/briefs/{walk.brief.code}/"))
    assert "The shop is being rebuilt." in public


def test_deadline_outside_demo_is_only_put_off(english):
    walk = Walk(is_demo=False)
    Authenticator.objects.create(user=walk.official, type="totp", data={})
    english.force_login(walk.official)
    page = f"/officials/calls/{walk.call.code}/deadline/"
    earlier = timezone.now() + timedelta(days=2)
    later = timezone.now() + timedelta(days=40)

    refused = english.post(
        page,
        {"closes_at": local(earlier), "reason": "Hurry."},
        headers={"referer": f"http://testserver{page}"},
        follow=True,
    )
    english.post(page, {"closes_at": local(later), "reason": "Holidays."})

    assert "can only be put off, never brought forward" in text_of(refused)
    walk.call.refresh_from_db()
    assert local(walk.call.closes_at) == local(later)


def test_weights_must_make_100(english, walk):
    call = make_call(CallState.DRAFT, programme=walk.call.programme)
    row = {"title_zh": "价格", "title_en": "Price", "weight": 90, "max_points": 10}
    typed = {f"form-0-{name}": value for name, value in row.items()}

    answer = english.post(
        f"/officials/calls/{call.code}/criteria/",
        {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 0} | typed,
    )

    assert answer.status_code == 422
    assert "The weights add up to 90 percent; they must make 100." in text_of(answer)


def test_board_shows_load_and_ties(english, walk):
    submission, other = walk.submission(), walk.submission()
    walk.open(submission, other)
    tied, free = walk.reviewer(), walk.reviewer()
    tie = walk.assignment(submission, tied)
    services.declare_conflict(
        assignment=tie, has_conflict=True, ground="family", by=tied
    )
    page = f"/officials/briefs/{walk.brief.code}/reviewers/"

    board = text_of(english.get(page))
    english.post(f"{page}all/{free.pk}/")
    english.post(f"{page}all/{free.pk}/")

    assert f"Tie with {submission.vendor}" in " ".join(board.split())
    assert board.index(free.name) < board.index(tied.name)
    asked = [
        each.assignments.filter(reviewer=free).count() for each in (submission, other)
    ]
    assert asked == [1, 1]


def test_auditor_reads_and_finds_no_button(english, walk):
    auditor = make_user(Role.AUDITOR, organisation=walk.city)
    walk.submission()
    english.force_login(auditor)

    for page in (f"calls/{walk.call.code}", f"briefs/{walk.brief.code}", "briefs"):
        answer = english.get(f"/officials/{page}/")
        assert answer.status_code == 200
        assert "/to/" not in text_of(answer)
        assert "/new/" not in text_of(answer)


def test_draft_brief_is_nowhere_in_public(english, draft):
    english.logout()

    assert english.get(f"/briefs/{draft.code}/").status_code == 404
    assert draft.title not in text_of(english.get("/briefs/"))
    assert draft.title not in text_of(english.get("/register/"))


def test_front_page_counts_from_the_database(english, walk):
    english.logout()

    open_now = english.get("/").context["tiles"][0].value
    services.close_call(call=walk.call, by=walk.official)
    closed = english.get("/").context["tiles"][0].value

    assert (open_now, closed) == ("1", "0")


def test_workbench_says_what_waits(english, walk, draft):
    submission = walk.submission()
    walk.open(submission)

    waiting = text_of(english.get("/officials/"))
    walk.review(submission)
    reviewed = text_of(english.get("/officials/"))
    award = walk.award(submission)
    awarded = text_of(english.get("/officials/"))
    services.draft_contract(
        award=award, starts_on=timezone.localdate(), by=walk.official
    )
    english.force_login(submission.created_by)

    assert f"Finish the brief {draft.title}" in waiting
    assert f"Assign reviewers for {walk.brief.title}" in waiting
    assert f"Award {walk.brief.title}" in reviewed
    assert f"Draft the contract for {walk.brief.title}" in awarded
    assert f"Sign the contract for {walk.brief.title}" in text_of(
        english.get("/vendors/")
    )


def test_official_of_another_city_meets_nothing_of_it(english, walk):
    english.force_login(make_user(organisation=make_organisation(is_demo=True)))

    assert english.get(f"/officials/briefs/{walk.brief.code}/").status_code == 404
    assert walk.brief.title not in text_of(english.get("/officials/briefs/"))


def test_brief_list_is_narrowed_by_words_and_state(english, walk, draft):
    by_words = english.get("/officials/briefs/", {"q": "weld"}).context["page"]
    by_state = english.get("/officials/briefs/", {"state": "draft"}).context["page"]

    assert [each.pk for each in by_words] == [walk.brief.pk]
    assert [each.pk for each in by_state] == [draft.pk]


def test_catalogue_page_stands_for_every_kpi(english):
    listed = text_of(english.get("/kpis/"))

    for key, kpi in CATALOGUE.items():
        assert f'href="/kpis/{key}/"' in listed
        assert kpi.digest in text_of(english.get(f"/kpis/{key}/"))
