"""Somebody at a browser of their own, who reads a page and clicks."""

import re
from collections.abc import Mapping
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

AXE = (Path(__file__).parents[1] / "vendor/axe/axe.min.js").read_text()
WIDE, NARROW = 1366, 390
# A page may be slow where the whole platform shares one small machine.
PATIENCE_MS = 60_000
VIOLATIONS = "axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes[0].html))"
SPILL = "document.documentElement.scrollWidth - innerWidth"


def labelled(label: str) -> re.Pattern[str]:
    """Match a field's label whole, with or without its "(optional)"."""
    return re.compile(rf"^\s*{re.escape(label)}\s*(\([^)]*\))?\s*$")


class Visitor:
    """Somebody at the log-in page, reading English."""

    def __init__(self, browser: Browser, url: str) -> None:
        context = browser.new_context(
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport={"width": WIDE, "height": 900},
        )
        context.set_default_timeout(PATIENCE_MS)
        context.set_default_navigation_timeout(PATIENCE_MS)
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.url = url
        self.page.goto(f"{url}/account/login/")
        self.press("English")

    @property
    def main(self) -> Locator:
        return self.page.get_by_role("main")

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name).first.click()

    def press_and_confirm(self, name: str) -> None:
        """Press a button that asks before it acts, and say yes."""
        self.press(name)
        self.press("Yes, continue")

    def follow(self, name: str) -> None:
        """Follow the first link so named on the page itself."""
        self.main.get_by_role("link", name=name).first.click()

    def choose(self, entry: str) -> None:
        """Choose an entry of the main menu."""
        menu = self.page.get_by_role("navigation", name="Main menu")
        menu.get_by_role("link", name=entry, exact=True).click()

    def field(self, label: str) -> Locator:
        return self.main.get_by_label(labelled(label)).first

    def fill(self, answers: Mapping[str, str]) -> None:
        for label, text in answers.items():
            self.field(label).fill(text)

    def pick(self, label: str, words: str) -> None:
        """Pick the option whose text has the words."""
        chooser = self.field(label)
        option = chooser.locator("option", has_text=words).first
        chooser.select_option(option.get_attribute("value"))

    def fill_rows(self, table: str, rows: list[Mapping[str, str]], *, add: str) -> None:
        """Fill the rows of a form that grows by a button."""
        lines = self.main.get_by_role("table", name=table).first.locator("tbody tr")
        for number, answers in enumerate(rows):
            if number == lines.count():
                self.press(add)
            for label, text in answers.items():
                field = lines.nth(number).get_by_label(labelled(label))
                if field.evaluate("each => each.tagName") == "SELECT":
                    field.select_option(text)
                else:
                    field.fill(text)

    def sees(self, text: str, *, within_ms: int = PATIENCE_MS) -> None:
        expect(self.main).to_contain_text(text, timeout=within_ms)

    def sees_title(self, text: str) -> None:
        title = self.page.get_by_role("heading", level=1)
        expect(title).to_contain_text(text, timeout=PATIENCE_MS)

    def checks_access(self) -> None:
        """See that the page breaks no rule of access, wide and narrow, en and zh."""
        found = self._violations()
        self.press("中文")
        html = self.page.locator("html")
        expect(html).to_have_attribute("lang", "zh-Hans", timeout=PATIENCE_MS)
        self.page.set_viewport_size({"width": NARROW, "height": 844})
        found += self._violations()
        spill = self.page.evaluate(SPILL)
        self.page.set_viewport_size({"width": WIDE, "height": 900})
        self.press("English")
        expect(html).to_have_attribute("lang", "en", timeout=PATIENCE_MS)
        assert not found, f"{self.page.url}: {found}"
        assert spill <= 0, f"{self.page.url} spills by {spill} px"

    def _violations(self) -> list[str]:
        self.page.evaluate(AXE)
        return self.page.evaluate(VIOLATIONS)


class Person(Visitor):
    """One persona, logged in by a button of the log-in page."""

    def __init__(self, browser: Browser, url: str, persona: str) -> None:
        super().__init__(browser, url)
        self.press(persona)
        self.sees_title("Workbench")
