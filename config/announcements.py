"""What the person who started the platform reads in the terminal."""

import contextlib
import ctypes
import http.client
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from config import places

PDF_LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts")
_CJK_NAMES = ("cjk", "wqy", "sourcehan", "ukai", "uming", "droidsansfallback")


def say(sentence: str) -> None:
    print(f"pilotgate: {sentence}", flush=True)  # noqa: T201


def tail(log: Path, lines: int) -> str:
    text = log.read_text(encoding="utf-8", errors="replace")
    return "\n".join(text.splitlines()[-lines:])


def reason(log: Path) -> str:
    """Return why a step failed: one line where the settings say it, else the end."""
    end = tail(log, 30)
    _before, told, sentence = end.rpartition("ImproperlyConfigured: ")
    return sentence if told else end


def missing_packages(
    libraries: Mapping[str, str] = PDF_LIBRARIES,
    font_folders: Iterable[str | Path] = FONT_FOLDERS,
) -> list[str]:
    """Return Debian's names of what WeasyPrint needs and this machine lacks."""
    missing = []
    for library, package in libraries.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            missing.append(package)
    fonts = (
        path.name.lower()
        for folder in font_folders
        for path in Path(folder).expanduser().rglob("*.[ot]t[cf]")
    )
    if not any(name in font for font in fonts for name in _CJK_NAMES):
        missing.append("fonts-noto-cjk")
    return missing


def print_missing_fonts() -> None:
    if packages := missing_packages():
        say(
            "PDF files need more of the system, all else works without: "
            f"apt-get install -y {' '.join(packages)}"
        )


def components_down(url: str) -> set[str]:
    """Return the components that are not up, by asking the platform itself."""
    where = urlsplit(url)
    wire = http.client.HTTPConnection(where.hostname or "", where.port, timeout=10)
    with contextlib.closing(wire):
        try:
            wire.request("GET", where.path, headers={"Host": _allowed_host()})
            answer = json.loads(wire.getresponse().read())
        except (OSError, http.client.HTTPException, ValueError):
            return {"web"}
    found = answer["components"].items()
    return {name for name, component in found if component["state"] != "up"}


def _allowed_host() -> str:
    first = os.environ.get("ALLOWED_HOSTS", "").split(",")[0]
    return first.strip(".*") or "localhost"


def print_ready(home: Path, host: str, port: int) -> None:
    """Print where the platform is, and how to log in: each persona, or the first."""
    lines = [f"ready: {places.web_url(host, port)}"]
    kept = home / "demo_logins.json"
    if kept.exists():
        logins = json.loads(kept.read_text(encoding="utf-8"))
        width = max((len(login["persona"]) for login in logins), default=0)
        lines += [
            f"  {login['persona']:<{width}}  {login['email']}  {login['password']}"
            for login in logins
        ]
    else:
        lines.append("  manage.py create_official makes the first account")
    print("\n".join(lines), flush=True)  # noqa: T201
