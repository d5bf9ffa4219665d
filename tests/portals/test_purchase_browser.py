"""A brief written and published in a real browser: drafts, lists, questions."""

from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import expect

from procurement import services
from procurement.enums import BriefState
from tests.procurement.walk import BRIEF, Walk

AXE = (Path(__file__).parents[1] / "vendor/axe/axe.min.js").read_text()
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def walk():
    return Walk()


@pytest.fixture
def desk(page, live_server, walk):
    """Sit an official down in English."""
    client = Client()
    client.force_login(walk.official)
    cookies = {
        "sessionid": client.cookies["sessionid"].value,
        "django_language": "en",
    }
    page.context.add_cookies(
        [
            {"name": name, "value": value, "url": live_server.url}
            for name, value in cookies.items()
        ]
    )
    page.base = f"{live_server.url}/officials"
    return page


def violations(page):
    page.evaluate(AXE)
    return page.evaluate("axe.run().then(r => r.violations.map(v => v.id))")


def test_draft_saves_itself_and_the_list_of_gaps_follows(desk, walk):
    desk.goto(f"{desk.base}/briefs/{walk.brief.code}/edit/volume/")
    expect(desk.get_by_text("Nothing is missing")).to_be_visible()

    desk.get_by_label("Largest volume, robots").fill("5")

    gap = desk.get_by_text("The quantity range runs from 10 to 5", exact=False)
    expect(gap).to_be_visible()
    expect(desk.locator("[data-autosave-state]")).to_contain_text("Draft saved at")
    walk.brief.refresh_from_db()
    assert walk.brief.quantity_max == 5
    assert violations(desk) == []


def test_kpi_is_added_by_a_row_and_planned(desk, walk):
    desk.goto(f"{desk.base}/briefs/{walk.brief.code}/edit/kpis/")
    rows = desk.locator("[data-formset-rows] tr")
    before = rows.count()

    desk.get_by_role("button", name="Add a KPI").click()
    expect(rows).to_have_count(before + 1)
    added = rows.nth(before)
    added.get_by_label("KPI").select_option("task_success")
    added.get_by_label("Minimum").fill("0.9")
    added.get_by_label("Target").fill("0.97")
    added.get_by_label("Tasks a day").fill("200")
    desk.get_by_role("button", name="Save and go on").click()

    desk.wait_for_url("**/edit/poc/")
    kpi = walk.brief.kpis.get(kpi="task_success")
    assert kpi.chance > 0


def test_publishing_asks_first(desk, walk):
    desk.goto(f"{desk.base}/briefs/{walk.brief.code}/")

    desk.get_by_role("button", name="Publish").click()
    dialog = desk.get_by_role("dialog")
    expect(dialog).to_contain_text("its terms stand from now on")
    dialog.get_by_role("button", name="Cancel").click()
    walk.brief.refresh_from_db()
    before = walk.brief.state
    desk.get_by_role("button", name="Publish").click()
    dialog.get_by_role("button", name="Yes, continue").click()

    expect(desk.get_by_text("The brief is published.")).to_be_visible()
    walk.brief.refresh_from_db()
    assert (before, walk.brief.state) == (BriefState.DRAFT, BriefState.PUBLISHED)


def test_call_leads_by_clicks_to_the_award(desk, walk):
    services.publish_brief(brief=walk.brief, by=walk.official)
    submission = walk.submission()
    reviewer = walk.reviewer()

    desk.goto(f"{desk.base}/calls/")
    desk.get_by_role("link", name="Third batch").click()
    for word in ("Close the call", "Open the submissions"):
        desk.get_by_role("button", name=word).click()
        desk.get_by_role("button", name="Yes, continue").click()
    expect(desk.get_by_text("Minutes of the opening")).to_be_visible()
    desk.get_by_role("link", name=BRIEF["title_en"]).click()
    desk.get_by_role("main").get_by_role("link", name="Submissions").click()
    desk.get_by_role("link", name="Assign reviewers").click()
    desk.get_by_label("Reviewer").select_option(str(reviewer.pk))
    desk.get_by_role("button", name="Ask to review", exact=True).click()
    expect(desk.get_by_text("Declaration due")).to_be_visible()
    walk.finish(submission.assignments.get())
    desk.get_by_role("main").get_by_role("link", name="Submissions").click()
    desk.get_by_role("link", name="Award", exact=True).click()
    desk.get_by_label("Reason of the award").fill("The best plan.")
    desk.get_by_role("button", name="Award").click()
    desk.get_by_role("button", name="Yes, continue").click()
    desk.get_by_role("button", name="Draft the contract").click()

    expect(desk.get_by_role("heading", name="KPI contract")).to_be_visible()
    assert violations(desk) == []
