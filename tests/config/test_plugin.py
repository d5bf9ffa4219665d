import subprocess
import sys

import pytest

from config import places

SKIPPING = {
    "a test": "import pytest\ndef test_x(): pytest.skip('no such program')\n",
    "a module": "import pytest\npytest.skip('none', allow_module_level=True)\n",
    "a marked test": (
        "import pytest\n@pytest.mark.skipif(True, reason='none')\ndef test_x(): ...\n"
    ),
}
STRANGER = """
import socket
def test_x():
    socket.create_connection(("192.0.2.1", 80), 1)
"""
EXPECTED = "import pytest\n@pytest.mark.xfail\ndef test_x(): assert 0\n"


def run(tmp_path, source: str, **variables: str) -> subprocess.CompletedProcess:
    (tmp_path / "test_it.py").write_text(source)
    settings = ["-p", "config.pytest_plugin", "-p", "no:cacheprovider"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *settings, "-c", "/dev/null", str(tmp_path)],
        cwd=tmp_path,
        env={
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(places.CHECKOUT),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": "postgresql://unused",
            "PILOTGATE_TEST_HOME": str(tmp_path / "home"),
            **variables,
        },
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("what", SKIPPING)
def test_skip_fails_in_ci_and_only_there(tmp_path, what):
    in_ci = run(tmp_path, SKIPPING[what], CI="true")
    elsewhere = run(tmp_path, SKIPPING[what])

    assert "Skipped, which CI does not allow" in in_ci.stdout
    assert in_ci.returncode != 0
    assert "1 skipped" in elsewhere.stdout


def test_expected_failure_is_no_skip(tmp_path):
    assert "1 xfailed" in run(tmp_path, EXPECTED, CI="true").stdout


def test_stranger_cannot_be_called(tmp_path):
    assert "A test may not connect to 192.0.2.1" in run(tmp_path, STRANGER).stdout
