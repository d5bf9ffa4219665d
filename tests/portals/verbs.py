"""The verbs that the platform's own code records in the audit."""

import ast
from collections.abc import Iterator
from pathlib import Path

from config.places import CHECKOUT

APPS = ("accounts", "dispatch", "robot_bridge", "kpis", "procurement", "pilots")
SECOND = 1


def recorded_verbs() -> set[str]:
    """Read every call of audit.record; a verb made from parts is spelled out here."""
    found = {"gate recommend", "gate decide", "gate approve"}
    for path in (file for app in (*APPS, "portals") for file in _sources(app)):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record":
                found |= set(_texts(node.args[SECOND]))
    return found


def _sources(app: str) -> Iterator[Path]:
    return (CHECKOUT / app).rglob("*.py")


def _texts(verb: ast.expr) -> Iterator[str]:
    if isinstance(verb, ast.IfExp):
        yield from _texts(verb.body)
        yield from _texts(verb.orelse)
    elif isinstance(verb, ast.Constant):
        yield str(verb.value)
