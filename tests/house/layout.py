"""Where files lie, what they are called, how long they are."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.sources import Source, data_apps, files, rooms, sources

LONGEST = 400
DRAWERS = {"utils", "util", "helpers", "helper", "common", "core", "misc", "base"}
DOORS = {"__init__.py", "apps.py", "migrations", "__pycache__"}
TOP = {
    "README.md",
    "CHANGELOG.md",
    "LICENSE",
    "SECURITY.md",
    "THIRD_PARTY.md",
    "Makefile",
    "Procfile",
    "manage.py",
    "pyproject.toml",
    "requirements.in",
    "requirements.txt",
    "requirements-dev.in",
    "requirements-spark.in",
    "requirements-spark.txt",
    "requirements-dev.txt",
    "config",
    "accounts",
    "dispatch",
    "robot_bridge",
    "kpis",
    "procurement",
    "pilots",
    "institutes",
    "portals",
    "edge",
    "pilotgate_offline",
    "templates",
    "static",
    "locale",
    "docs",
    "bench",
    "tests",
}
UNTRACKED = {"build", "staticfiles"}
# Written by a machine, or one list by nature.
LONG_BY_NATURE = re.compile(r"(/migrations/0001_\w+\.py|^docs/kpis\.md)$")
# The one place that waits for a condition by looking again and again.
SLEEPERS = {"config/embedded/processes.py"}
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError)\b")
OUTSIDE_NAMES = {"sys", "os", "builtins", "time", "socket", "shutil"}


def strangers_at_the_top(root: Path) -> list[str]:
    """Find top-level entries that the house plan does not name."""
    found = {entry.name for entry in root.iterdir() if not entry.name.startswith(".")}
    return [
        f"{name}: the house plan names no such entry"
        for name in sorted(found - TOP - UNTRACKED)
    ]


def unlisted_rooms(root: Path) -> list[str]:
    """Find files in a data app whose name is no room."""
    listed = rooms(root) | DOORS
    return [
        f"{app}/{entry.name}: no such room; the rooms stand in pyproject.toml"
        for app in data_apps(root)
        for entry in sorted((root / app).iterdir())
        if entry.name not in listed and entry.name.removesuffix(".py") not in listed
    ]


def long_files(root: Path) -> list[str]:
    found = []
    for path in files(root, ".py", ".html", ".css", ".js", ".md"):
        place = path.relative_to(root).as_posix()
        if LONG_BY_NATURE.search(place):
            continue
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > LONGEST:
            found.append(f"{place}: {lines} lines; at most {LONGEST}")
    return found


def drawers(root: Path) -> list[str]:
    """Find modules and folders whose name says nothing."""
    places = {path.relative_to(root).with_suffix("") for path in files(root, ".py")}
    return sorted(
        f"{place}: a drawer; say what is in it"
        for place in places
        if DRAWERS & set(place.parts)
    )


def unfinished(root: Path) -> list[str]:
    """Find what is left to do, what waits blindly, and what hides its failure."""
    return [finding for source in sources(root) for finding in _unfinished_in(source)]


def _unfinished_in(source: Source) -> Iterator[str]:
    if source.place.startswith("tests/house/"):
        return
    text = source.path.read_text(encoding="utf-8")
    for number, line in enumerate(text.splitlines(), start=1):
        if match := UNFINISHED.search(line):
            yield f"{source.place}:{number}: {match[0]}"
    for node in ast.walk(source.tree):
        if words := _bad_habit(node, source.place):
            yield source.at(node, words)


def _bad_habit(node: ast.AST, place: str) -> str:
    if isinstance(node, ast.ExceptHandler):
        hides = len(node.body) == 1 and isinstance(node.body[0], ast.Pass)
        return "an error is swallowed" if hides else ""
    if isinstance(node, ast.Call):
        return _bad_call(ast.unparse(node.func), node, place)
    if isinstance(node, ast.ImportFrom | ast.Import):
        named = {alias.name for alias in node.names} | {getattr(node, "module", "")}
        return "a mock" if named & {"mock", "unittest.mock"} else ""
    return ""


def _bad_call(function: str, call: ast.Call, place: str) -> str:
    if function == "time.sleep" and place not in SLEEPERS:
        return "sleeps; await a condition instead"
    if function.endswith("monkeypatch.setattr") and call.args:
        target = ast.unparse(call.args[0]).strip("'\"").split(".")[0]
        return "" if target in OUTSIDE_NAMES else "our own code is replaced in a test"
    return ""
