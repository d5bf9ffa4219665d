"""Serve tests a database of their own before Django reads its settings."""

import fcntl
import ipaddress
import os
import shutil
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import IO, Any, TypeVar

import pytest

from config import places, translations
from config.embedded import EmbeddedServiceError
from config.embedded.postgres import OWNER, Postgres

Reporting = Generator[None, pytest.TestReport, pytest.TestReport]
Collecting = Generator[None, pytest.CollectReport, pytest.CollectReport]
Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)

_running: list[tuple[Postgres, IO[str]]] = []


def _test_home() -> Path:
    named = os.environ.get("PILOTGATE_TEST_HOME")
    if named:
        return Path(named)
    checkout = places.short_name(places.CHECKOUT)
    return Path(tempfile.gettempdir()) / f"pilotgate-test-{os.geteuid()}-{checkout}"


def _claim_slot() -> tuple[Path, IO[str]]:
    """Return a home no other run uses now; runs side by side get one each."""
    base = _test_home()
    base.mkdir(mode=0o711, parents=True, exist_ok=True)
    number = 0
    while True:
        slot = base / str(number)
        slot.mkdir(mode=0o711, exist_ok=True)
        lock = (slot / "lock").open("w", encoding="utf-8")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            number += 1
        else:
            return slot, lock


def _serve(slot: Path) -> Postgres:
    server = Postgres(slot, durable=False)
    try:
        server.start()
    except EmbeddedServiceError:
        # Without fsync a power cut may spoil it; nothing in it is worth keeping.
        shutil.rmtree(server.folder, ignore_errors=True)
        server.start()
    return server


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None, None, None]:
    """Run before pytest-django, which reads the settings in this hook."""
    os.environ["PILOTGATE_ENV"] = "test"
    if "PYTEST_XDIST_WORKER" not in os.environ:
        translations.compile_stale(places.CHECKOUT / "locale")
        slot, lock = _claim_slot()
        os.environ["PILOTGATE_HOME"] = str(slot)
        (slot / "static").mkdir(exist_ok=True)  # WhiteNoise warns where it is missing
        if not os.environ.get("DATABASE_URL"):
            server = _serve(slot)
            os.environ["DATABASE_URL"] = server.url(OWNER)
            _running.append((server, lock))
    sys.addaudithook(_refuse_strangers)
    yield


def pytest_unconfigure() -> None:
    while _running:
        server, lock = _running.pop()
        server.stop()
        lock.close()


def _refuse_strangers(event: str, args: tuple[Any, ...]) -> None:
    """Keep tests on this machine: only loopback and Unix sockets connect."""
    if event != "socket.connect" or not isinstance(args[1], tuple):
        return
    host = args[1][0]
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = host == "localhost"
    if not loopback:
        raise ConnectionRefusedError(f"A test may not connect to {host}.")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Reporting:
    """Let nothing skip in CI, where everything a test may need is installed."""
    return _failed_if_skipped_in_ci((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Collecting:
    return _failed_if_skipped_in_ci((yield))


def _failed_if_skipped_in_ci(report: Report) -> Report:
    skipped = report.outcome == "skipped" and not hasattr(report, "wasxfail")
    if skipped and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"Skipped, which CI does not allow: {report.longrepr}"
    return report
