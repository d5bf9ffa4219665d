import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from kpis.services import forget_published

# A busy machine is no fault of the code under test.
hypothesis.settings.register_profile("pilotgate", deadline=None)
hypothesis.settings.load_profile("pilotgate")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings) -> Path:
    """Give each test a data directory of its own."""
    settings.PILOTGATE_HOME = tmp_path
    settings.SPOOL_ROOT = tmp_path / "spool"
    settings.LAKE_URL = str(tmp_path / "lake")
    settings.MEDIA_ROOT = tmp_path / "files"
    return tmp_path


@pytest.fixture(autouse=True)
def nothing_published():
    """Rows of another test are gone, so what was read of them must be too."""
    forget_published()


@pytest.fixture(scope="module")
def reachable_folder():
    """Give a folder that a service running under an account of its own can enter."""
    folder = Path(tempfile.mkdtemp(prefix="pilotgate-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


CHROMIUM = shutil.which("chromium")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Drive Debian's Chromium, which may talk to this machine alone.

    Playwright keeps an event loop on this thread as long as it runs, which Django
    would take for asynchronous code; hence no longer than a module.
    """
    if CHROMIUM is None:
        pytest.skip("chromium is not installed (apt install chromium)")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """Open a page with cookies of its own, on a reader's machine in Chongqing."""
    context = chromium.new_context(timezone_id="Asia/Shanghai")
    yield context.new_page()
    context.close()
