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
from django.db import connection
from psycopg.conninfo import conninfo_to_dict

from config.embedded.postgres import grant_runtime


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


def let_runtime_in() -> None:
    """Grant the runtime role the rows of every table the owner will create."""
    owner, runtime = (
        conninfo_to_dict(url).get("user")
        for url in (settings.DATABASE_OWNER_URL, settings.DATABASE_URL)
    )
    if owner and runtime and owner != runtime:
        connection.ensure_connection()
        grant_runtime(connection.connection, owner=str(owner), runtime=str(runtime))


def prepare() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["PILOTGATE_AS_OWNER"] = "1"
    django.setup()
    let_runtime_in()
    call_command("migrate", interactive=False, verbosity=1)
    collect_static()


if __name__ == "__main__":
    prepare()
