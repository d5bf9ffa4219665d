"""Who works on a data directory, and what rests while someone else does."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from config.embedded import EmbeddedServiceError


@contextlib.contextmanager
def claimed(home: Path) -> Iterator[None]:
    """Hold a home for one supervisor."""
    with (home / "lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip() or "another process"
            raise EmbeddedServiceError(
                f"{home} is in use by process {holder}; stop it, or name another "
                "data directory in PILOTGATE_HOME."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def is_claimed(home: Path) -> bool:
    try:
        with claimed(home):
            return False
    except EmbeddedServiceError:
        return True


@contextlib.contextmanager
def held(home: Path, name: str) -> Iterator[None]:
    """Ask the supervisor, if there is one, to let a process rest for the while."""
    wish = home / "hold" / name
    wish.parent.mkdir(mode=0o700, exist_ok=True)
    wish.write_text(str(os.getpid()), encoding="utf-8")
    try:
        yield
    finally:
        wish.unlink(missing_ok=True)


def is_held(home: Path, name: str) -> bool:
    """Return whether a living process asked that this one rest."""
    try:
        holder = (home / "hold" / name).read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
    return holder.isdigit() and Path(f"/proc/{holder}").exists()


def show_life(home: Path, name: str) -> None:
    """Leave the heartbeat of a process that runs without Django."""
    folder = home / "heartbeat"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / name).touch()
