"""The script and the style sheet, in a real browser."""

from pathlib import Path

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

AXE = (Path(__file__).parents[1] / "vendor/axe/axe.min.js").read_text()


@pytest.fixture(autouse=True)
def examples(settings):
    settings.ROOT_URLCONF = "tests.portals.example_urls"
    settings.DEMO = True


@pytest.fixture(scope="module")
def site():
    """Serve pages that ask no database, so that no test waits for its emptying."""
    server = LiveServer("127.0.0.1")
    yield server.url
    server.stop()


@pytest.fixture
def complaints(page):
    """Collect what the page's policy or its script complains about."""
    said = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on(
        "console", lambda line: said.append(line.text) if line.type == "error" else None
    )
    return said


def show(page, address, language="en", width=1366):
    page.context.add_cookies(
        [{"name": "django_language", "value": language, "url": address}]
    )
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(address)


@pytest.mark.parametrize("width", [1366, 390])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_styleguide_is_accessible_and_fits(page, site, complaints, language, width):
    show(page, f"{site}/styleguide", language, width)
    expect(page.locator(".uplot canvas")).to_have_count(1)

    page.evaluate(AXE)
    found = page.evaluate("axe.run().then(r => r.violations.map(v => v.id))")
    spill = page.evaluate("document.documentElement.scrollWidth - innerWidth")

    assert found == []
    assert spill <= 0
    assert complaints == []


def test_large_text_is_kept_over_pages(page, site):
    show(page, f"{site}/styleguide")

    page.get_by_role("button", name="Large text").click()
    page.reload()

    expect(page.locator("html.pg-large")).to_have_count(1)


def test_language_switch_returns_to_the_page(page, site):
    show(page, f"{site}/styleguide?x=1")

    page.get_by_role("button", name="中文").click()

    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    assert page.url.endswith("/styleguide?x=1")


def test_live_region_follows_the_stream(page, site, complaints):
    show(page, f"{site}/live")

    expect(page.locator("[data-fragment=number] b")).to_have_text("streamed")
    expect(page.locator("[data-live-state=live]")).to_have_text("Live")


def test_live_region_polls_where_the_stream_fails(page, site):
    show(page, f"{site}/live-broken")

    expect(page.locator("[data-fragment=number]")).to_contain_text("polled")
    expect(page.locator("[data-live-state=polling]")).to_contain_text("5 seconds")


def test_live_region_says_when_the_connection_is_lost(page, site):
    page.route("**/stream", lambda route: route.abort())
    page.route("**/poll", lambda route: route.abort())

    show(page, f"{site}/live")

    expect(page.locator("[data-live-state=lost]")).to_contain_text("Connection lost")


def test_draft_saves_itself_and_says_when(page, site):
    show(page, f"{site}/draft")

    page.get_by_label("Plan").fill("good")

    expect(page.get_by_role("status")).to_contain_text("Draft saved at 12:00:00.")


def test_draft_that_is_refused_says_why(page, site):
    show(page, f"{site}/draft")

    page.get_by_label("Plan").fill("bad")

    expect(page.locator("[data-autosave-state]")).to_have_text(
        "Not saved yet: Plan is too short."
    )


def test_question_stands_before_the_step(page, site):
    show(page, f"{site}/draft")
    page.get_by_label("Plan").fill("plan a")

    page.get_by_role("button", name="Send").click()
    page.get_by_role("button", name="Cancel").click()
    assert page.url.endswith("/draft")
    page.get_by_role("button", name="Send").click()
    page.get_by_role("button", name="Yes, continue").click()

    expect(page.locator("body")).to_have_text("sent plan a")


def test_rows_are_added_and_summed(page, site):
    show(page, f"{site}/styleguide")
    total = page.locator("output.pg-total")
    expect(total).to_contain_text("Total 5 weeks: too short")

    page.get_by_role("button", name="Add a milestone").click()
    page.locator("[name=m-2-weeks]").fill("4")

    expect(total).to_have_text("Total 9 weeks")
    expect(page.locator("[name=m-TOTAL_FORMS]")).to_have_value("3")


def test_age_grows_and_turns_stale(page, site):
    show(page, f"{site}/styleguide")
    tile = page.locator(".pg-tile").nth(3)
    expect(tile.locator(".pg-fresh-word")).to_be_hidden()

    expect(tile.locator(".pg-fresh-word")).to_be_visible(timeout=6000)


def test_menu_closes_on_escape(page, site):
    show(page, f"{site}/styleguide")
    reason = page.locator("details.pg-reason")

    reason.locator("summary").click()
    expect(reason.locator("textarea")).to_be_visible()
    page.keyboard.press("Escape")

    expect(reason.locator("textarea")).to_be_hidden()
