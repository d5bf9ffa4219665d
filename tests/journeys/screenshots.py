"""Picture every kind of page a demo persona reaches by links, in both languages.

Run: make screenshots (PILOTGATE_URL names the platform; it must serve the demo city)
"""

import os
import re
import sys
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import CHROMIUM, QUIET

URL = os.environ.get("PILOTGATE_URL", "http://127.0.0.1:8000").rstrip("/")
FOLDER = Path(__file__).parents[2] / "build" / "screenshots"
PERSONAS = {
    "public": "",
    "official": "· 官员 official",
    "vendor": "· 供应商 vendor",
    "reviewer": "· 评审 reviewer",
    "auditor": "· 审计 auditor",
}
LANGUAGES = ("zh-hans", "en")
WIDTHS = (1366, 390)
THUMB, COLUMNS = (300, 400), 8
MENU = "nav.pg-nav a"
NO_PAGE = re.compile(r"/(api|static|files)/|/(logout|dossier|export)/|\.\w+$")
CODE = re.compile(
    r"(?<=/)[^/]*\d[^/]*(?=/)|(?<=/)[A-Z]+-[A-Z-]+(?=/)|(?<=/kpis/)[^/]+(?=/)"
)


def log_in(browser: Browser, persona: str) -> Page:
    page = browser.new_context(timezone_id="Asia/Shanghai").new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{URL}/account/login/" if persona else f"{URL}/")
    if persona:
        page.get_by_role("button", name=persona).first.click()
        page.wait_for_url(lambda url: "/account/login" not in url)
    return page


def addresses(page: Page) -> Iterator[str]:
    """Yield one page of each kind that links lead to, beginning with the menu's."""
    waiting = deque([page.url, *links(page, MENU)])
    known: set[str] = set()
    while waiting:
        address = waiting.popleft()
        if (kind := kind_of(address)) in known:
            continue
        known.add(kind)
        page.goto(address)
        yield address
        waiting += links(page, "main a")


def links(page: Page, where: str) -> list[str]:
    found = page.locator(where).evaluate_all("all => all.map(each => each.href)")
    return [link for link in found if is_page(link)]


def is_page(link: str) -> bool:
    path = urlsplit(link).path
    return link.startswith(f"{URL}/") and not NO_PAGE.search(path)


def kind_of(address: str) -> str:
    """Name what pages share that differ in the object they show."""
    return CODE.sub("*", urlsplit(address).path)


def shoot(page: Page, who: str, address: str) -> Iterator[Path]:
    place = kind_of(address).strip("/").replace("/", "-") or "home"
    for language in LANGUAGES:
        page.context.add_cookies(
            [{"name": "django_language", "value": language, "url": URL}]
        )
        page.set_viewport_size({"width": max(WIDTHS), "height": 900})
        page.goto(address)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            path = FOLDER / f"{who}-{place}-{language}-{width}.png"
            page.screenshot(path=path, full_page=True)
            yield path


def draw_sheet(paths: list[Path]) -> Path:
    """Lay all pictures side by side, small, the top of each."""
    rows = -(-len(paths) // COLUMNS)
    width, height = THUMB
    sheet = Image.new("RGB", (COLUMNS * width, rows * height), "white")
    for number, path in enumerate(paths):
        with Image.open(path) as full:
            thumb = full.convert("RGB")
        thumb = thumb.resize(
            (width - 8, round(thumb.height * (width - 8) / thumb.width))
        )
        thumb = thumb.crop((0, 0, width - 8, height - 8))
        row, column = divmod(number, COLUMNS)
        sheet.paste(thumb, (column * width + 4, row * height + 4))
    path = FOLDER / "sheet.png"
    sheet.save(path)
    return path


def main() -> int:
    if CHROMIUM is None:
        sys.stderr.write("chromium is not installed (apt install chromium)\n")
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    taken: list[Path] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        for who, persona in PERSONAS.items():
            page = log_in(browser, persona)
            for address in list(addresses(page)):
                taken += shoot(page, who, address)
            page.context.close()
        browser.close()
    sys.stdout.write(f"{len(taken)} pictures and {draw_sheet(taken)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
