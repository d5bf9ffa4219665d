"""What the plugin changes in every run, seen in a run of its own."""

import subprocess
import sys

import pytest

from config import places

SOURCES = {
    "test_module.py": """
        import pytest
        pytest.skip("no such program", allow_module_level=True)
        """,
    "test_functions.py": """
        import socket
        import pytest

        def test_skipping():
            pytest.skip("no such program")

        @pytest.mark.skipif(True, reason="no such program")
        def test_marked(): ...

        @pytest.mark.xfail
        def test_expected_failure():
            assert 0

        def test_stranger():
            with pytest.raises(ConnectionRefusedError, match="may not connect"):
                socket.create_connection(("192.0.2.1", 80), 1)
        """,
}


def run(tmp_path, **variables: str) -> subprocess.CompletedProcess:
    for name, source in SOURCES.items():
        lines = source.strip().splitlines()
        text = "\n".join(line.removeprefix(" " * 8) for line in lines)
        (tmp_path / name).write_text(text)
    options = [
        "-p",
        "config.pytest_plugin",
        "-p",
        "no:cacheprovider",
        "-c",
        "/dev/null",
    ]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, "--continue-on-collection-errors"],
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


@pytest.mark.parametrize(
    ("variables", "counts"),
    [
        ({}, "1 passed, 3 skipped, 1 xfailed"),
        ({"CI": "true"}, "1 failed, 1 passed, 1 xfailed, 2 errors"),
    ],
    ids=["elsewhere", "in CI"],
)
def test_skip_fails_in_ci_alone_and_strangers_are_never_called(
    tmp_path, variables, counts
):
    done = run(tmp_path, **variables)

    assert counts in done.stdout
    assert ("Skipped, which CI does not allow" in done.stdout) == bool(variables)
