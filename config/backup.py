"""Put database, lake, spool, files and keys into one file, and bring them back.

Run: python -m config.backup save [FILE] | restore FILE
"""

import contextlib
import fcntl
import functools
import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from config import places
from config.announcements import say
from config.embedded import EmbeddedServiceError
from config.embedded.postgres import (
    OWNER,
    RUNTIME,
    Postgres,
    binaries,
    withhold_defaults,
)
from config.embedded.processes import await_condition
from config.homes import claimed, held, is_claimed

DUMP = "database.dump"
MANIFEST = "manifest.json"
FORMAT = 1

# What a start makes again, and what is not the city's own.
LEFT_OUT = {
    "backups",
    "beat-schedule",
    "heartbeat",
    "hold",
    "lock",
    "logs",
    "mail",
    "mosquitto",
    "postgres",
    "postgres-access",
    "restoring",
    "static",
}
SETTLER_ENDS_WITHIN_S = 60


def save(
    home: Path,
    target: Path | None = None,
    *,
    patience_s: float = SETTLER_ENDS_WITHIN_S,
) -> Path:
    """Write a backup of a running or a stopped platform, and return where it lies."""
    now = datetime.now(UTC)
    target = target or home / "backups" / f"pilotgate-{now:%Y%m%dT%H%M%SZ}.tar"
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = target.with_name(f"{target.name}.new")
    dump = target.with_name(f"{target.name}.dump")
    try:
        with _database(home) as url, held(home, "settler"), _settling(home, patience_s):
            # The database first: what the spool has beyond it is settled again.
            _run("pg_dump", "--format=custom", f"--file={dump}", f"--dbname={url}")
            _write(home, fresh, dump, {"format": FORMAT, "saved_at": now.isoformat()})
    finally:
        dump.unlink(missing_ok=True)
    digest = _digest(fresh)
    fresh.replace(target)
    _seal(target).write_text(f"{digest}  {target.name}\n", encoding="utf-8")
    return target


def restore(home: Path, source: Path) -> Path:
    """Bring a backup back; return where what was there before has been put aside."""
    _check(source)
    places.make_home(home)
    aside = home / f"replaced-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}"
    with claimed(home):
        staged = home / "restoring"
        staged.mkdir(mode=0o700, exist_ok=True)
        with tarfile.open(source) as archive:
            archive.extractall(staged, filter="data")
        aside.mkdir(mode=0o700)
        for found in sorted(staged.iterdir()):
            if found.name in {DUMP, MANIFEST}:
                continue
            if (home / found.name).exists():
                (home / found.name).rename(aside / found.name)
            found.rename(home / found.name)
        _restore_database(home, staged / DUMP, aside)
        for left in (DUMP, MANIFEST):
            (staged / left).unlink()
        staged.rmdir()
    return aside


def _restore_database(home: Path, dump: Path, aside: Path) -> None:
    url = _real_url()
    if url:
        _load(url, os.environ.get("DATABASE_URL", url), dump)
        return
    server = Postgres(home)
    if server.data.exists():
        server.data.rename(aside / "postgres-data")
    server.start()
    try:
        _load(server.url(OWNER), server.url(RUNTIME), dump)
    finally:
        server.stop()


def _load(owner_url: str, runtime_url: str, dump: Path) -> None:
    owner, runtime = (
        str(conninfo_to_dict(url).get("user") or "") for url in (owner_url, runtime_url)
    )
    if owner != runtime:
        # A table's grants in a dump are those beyond what it gets of itself.
        with psycopg.connect(owner_url) as database:
            withhold_defaults(database, owner=owner, runtime=runtime)
    whole = ["--no-owner", "--exit-on-error", "--single-transaction"]
    _run("pg_restore", *whole, "--clean", "--if-exists", f"--dbname={owner_url}", dump)


def _real_url() -> str | None:
    return os.environ.get("DATABASE_OWNER_URL") or os.environ.get("DATABASE_URL")


@contextlib.contextmanager
def _database(home: Path) -> Iterator[str]:
    """Give the owner's URL of the database, served for the while if nobody does."""
    url = _real_url()
    if url or is_claimed(home):
        yield url or places.database_url(home, OWNER)
        return
    with claimed(home):
        server = Postgres(home)
        server.start()
        try:
            yield server.url(OWNER)
        finally:
            server.stop()


@contextlib.contextmanager
def _settling(home: Path, patience_s: float) -> Iterator[None]:
    """Hold the lake's two writers, so that no row is between database and lake."""
    folder = home / "spool"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.ExitStack() as held_locks:
        for role in ("tidy", "settler"):
            path = folder / f"{role}.lock"
            lock = held_locks.enter_context(path.open("a", encoding="utf-8"))
            held_by_us = functools.partial(_locked, lock.fileno())
            if not await_condition(held_by_us, within_s=patience_s):
                raise EmbeddedServiceError(
                    f"The {role} is at work and nobody stops it; stop run_settler and "
                    "the worker, then save again."
                )
        yield


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _write(home: Path, fresh: Path, dump: Path, manifest: dict[str, object]) -> None:
    private = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    about = json.dumps(manifest).encode()
    entry = tarfile.TarInfo(MANIFEST)
    entry.size = len(about)
    with os.fdopen(private, "wb") as out, tarfile.open(fileobj=out, mode="w") as tar:
        tar.addfile(entry, io.BytesIO(about))
        tar.add(dump, DUMP)
        for found in sorted(home.iterdir()):
            # Before the first dot: the schedule of beat is three files.
            if found.name.split(".")[0] not in LEFT_OUT:
                _add(tar, found, found.name)


def _add(tar: tarfile.TarFile, path: Path, name: str) -> None:
    """Add a file or folder; one that vanished meanwhile was not promised."""
    if path.name.startswith("replaced-") or path.is_socket():
        return
    with contextlib.suppress(FileNotFoundError):
        tar.add(path, name, recursive=False)
        if path.is_dir() and not path.is_symlink():
            for found in sorted(path.iterdir()):
                _add(tar, found, f"{name}/{found.name}")


def _check(source: Path) -> None:
    """Refuse what is no whole backup before anything is touched."""
    if not source.is_file():
        raise EmbeddedServiceError(f"There is no backup at {source}.")
    seal = _seal(source)
    if seal.exists() and seal.read_text(encoding="utf-8").split()[0] != _digest(source):
        raise EmbeddedServiceError(f"{source} is not what {seal.name} says it was.")
    try:
        with tarfile.open(source) as archive:
            names = archive.getnames()
            about = archive.extractfile(MANIFEST)
            known = about is not None and json.load(about)["format"] == FORMAT
    except (tarfile.TarError, KeyError, ValueError) as error:
        raise EmbeddedServiceError(f"{source} is not a whole backup.") from error
    if DUMP not in names or not known:
        raise EmbeddedServiceError(f"{source} is no backup this version reads.")


def _seal(target: Path) -> Path:
    return target.with_name(f"{target.name}.sha256")


def _digest(path: Path) -> str:
    with path.open("rb") as readable:
        return hashlib.file_digest(readable, "sha256").hexdigest()


def _run(program: str, *arguments: str | Path) -> None:
    done = subprocess.run(  # noqa: S603
        [str(binaries() / program), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise EmbeddedServiceError(f"{program} failed: {done.stderr.strip()}")


def main(verb: str, *paths: str) -> int:
    os.umask(0o077)
    home = places.home()
    try:
        if verb == "save":
            target = save(home, *(Path(path).resolve() for path in paths))
            say(f"saved {target} (it holds keys: keep it closed)")
        else:
            aside = restore(home, Path(paths[0] if paths else ""))
            say(f"restored; what was there before lies in {aside}")
    except EmbeddedServiceError as error:
        say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
