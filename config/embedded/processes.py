"""Child processes that do not outlive the one that started them."""

import contextlib
import ctypes
import os
import pwd
import select
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from config.embedded import EmbeddedServiceError

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def spawn(
    command: list[str],
    *,
    log: IO[bytes] | int,
    on_orphaned: signal.Signals = signal.SIGTERM,
    user: str | None = None,
    **options: Any,
) -> subprocess.Popen[bytes]:
    """Start a process that gets `on_orphaned` when its launcher dies.

    Call it from the main thread: the kernel watches the thread, not the process.
    """
    parent = os.getpid()

    def die_with_parent() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, [])  # the supervisor blocks some
        _libc.prctl(_PR_SET_PDEATHSIG, on_orphaned)
        if os.getppid() != parent:
            os.kill(os.getpid(), on_orphaned)

    if user is not None:
        account = pwd.getpwnam(user)
        options |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    return subprocess.Popen(  # noqa: S603
        command,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=die_with_parent,  # noqa: PLW1509
        **options,
    )


def await_condition(
    holds: Callable[[], bool], *, within_s: float, pause_s: float = 0.02
) -> bool:
    """Return whether the condition came to hold in time."""
    deadline = time.monotonic() + within_s
    while not holds():
        if time.monotonic() > deadline:
            return False
        select.select([], [], [], pause_s)
    return True


def stop(
    process: subprocess.Popen[bytes],
    *,
    by: signal.Signals = signal.SIGTERM,
    within_s: float = 15,
) -> None:
    """Ask a process to end, then end it with all it started."""
    if process.poll() is not None:
        return
    process.send_signal(by)
    try:
        process.wait(within_s)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def is_running(pid: int, name: str) -> bool:
    """Return whether this pid is alive and still the program we mean."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return ") Z" not in state and name.encode() in command


def service_account(*wanted: str) -> str | None:
    """Return an unprivileged account to run a service as, when we are root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in (*wanted, "nobody") if name in known)


def give_folder(folder: Path, user: str | None) -> None:
    """Make a private folder that belongs to the service's account."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    wanted = pwd.getpwnam(user).pw_uid if user else os.geteuid()
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {wanted, os.geteuid()}:
        raise EmbeddedServiceError(f"{folder} is not a folder of our own.")
    folder.chmod(0o700)
    if user is not None:
        os.chown(folder, wanted, pwd.getpwnam(user).pw_gid)


def check_port_is_free(host: str, port: int, *, variable: str) -> None:
    """Refuse a port that cannot be had, naming the variable that chooses it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise EmbeddedServiceError(
                f"Port {port} on {host} cannot be had ({error.strerror}); "
                f"name a free one in {variable}."
            ) from error


def marked(mark: str) -> list[int]:
    """Return the processes whose environment holds this NAME=value."""
    wanted = mark.encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            variables = (folder / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        pid = int(folder.name)
        if wanted in variables and pid != os.getpid():
            found.append(pid)
    return found


def end_orphans(mark: str) -> None:
    """End what a killed supervisor left; each was told to stop when it died."""
    if await_condition(lambda: not marked(mark), within_s=5):
        return
    for pid in marked(mark):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    await_condition(lambda: not marked(mark), within_s=5)


if __name__ == "__main__":
    print(*marked(sys.argv[1]))  # noqa: T201
