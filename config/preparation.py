"""Bring the database's tables and the static files up to date, as their owner.

Run: python -m config.preparation
"""

import hashlib
import os
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command


def fingerprint() -> str:
    """Return a digest of every static file's name, size and time."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            found = Path(storage.path(name)).stat()
            digest.update(f"{name} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def collect_static() -> None:
    """Collect and compress static files, unless nothing changed since last time."""
    kept = Path(settings.STATIC_ROOT) / ".fingerprint"
    now = fingerprint()
    if not settings.HASHED_STATIC:
        return
    if kept.exists() and kept.read_text(encoding="utf-8") == now:
        return
    call_command(
        "collectstatic",
        interactive=False,
        clear=True,
        verbosity=0,
        ignore_patterns=["*.map"],
    )
    kept.write_text(now, encoding="utf-8")


def prepare() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["PILOTGATE_AS_OWNER"] = "1"
    django.setup()
    call_command("migrate", interactive=False, verbosity=1)
    collect_static()


if __name__ == "__main__":
    prepare()
