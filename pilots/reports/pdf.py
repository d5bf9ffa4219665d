"""PDF from HTML, in a child process that may take only so much time and memory."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from accounts.errors import UnavailableError
from pilots.reports.press import NO_LIBRARY

TIME_S: Final = 60
MEMORY_BYTES: Final = 2 << 30
PACKAGES: Final = (
    "apt-get install -y libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 "
    "fonts-noto-cjk"
)
PRESS: Final = Path(__file__).with_name("press.py")


class PdfUnavailableError(UnavailableError):
    """No PDF can be made here now; the message says what is missing."""

    code = "pdf_unavailable"


def pdf_of(html: str, *, press: Path = PRESS, time_s: int = TIME_S) -> bytes:
    """Render one document.

    Raises:
        PdfUnavailableError: a library or font is missing, or a limit was reached.
    """
    if not has_chinese_font():
        raise PdfUnavailableError(_missing())
    try:
        done = subprocess.run(  # noqa: S603 - our own file, no shell
            [sys.executable, "-I", str(press), str(time_s), str(MEMORY_BYTES)],
            input=html.encode(),
            capture_output=True,
            timeout=time_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise PdfUnavailableError(_too_large()) from None
    if done.returncode == NO_LIBRARY:
        raise PdfUnavailableError(_missing())
    if done.returncode != 0:
        raise PdfUnavailableError(_too_large())
    return done.stdout


def has_chinese_font() -> bool:
    """Ask fontconfig; without its program nothing is known, and the press decides."""
    program = shutil.which("fc-list")
    if program is None:
        return True
    found = subprocess.run(  # noqa: S603 - a program on PATH, fixed arguments
        [program, ":lang=zh", "family"], capture_output=True, check=False
    )
    return found.returncode != 0 or bool(found.stdout.strip())


def _missing() -> str:
    return _("PDFs need a library or font that is not installed: %(command)s") % {
        "command": PACKAGES
    }


def _too_large() -> str:
    return _("The document took more time or memory than a PDF may take.")
