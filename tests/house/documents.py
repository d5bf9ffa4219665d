"""What the documents say of the code, and of each other."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.sources import files, sources, storeys

LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)\s]*)?\)")
READERS = {"environ.get", "environ", "flag", "listed", "number", "getenv"}
VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{2,}")
# Not a person's to set: the system's own, the tests', and what manage.py tells itself.
OTHERS = {
    "CI",
    "PATH",
    "PILOTGATE_AS_OWNER",
    "PILOTGATE_RECORDINGS",
    "PILOTGATE_TEST_HOME",
    "PYTEST_XDIST_WORKER",
    "DJANGO_SETTINGS_MODULE",
}


def broken_links(root: Path) -> list[str]:
    """Find links in documents to files that are not there."""
    return [
        f"{path.relative_to(root)}: no file at {target}"
        for path in files(root, ".md")
        for target in LINK.findall(path.read_text(encoding="utf-8"))
        if not (path.parent / target).exists()
    ]


def undocumented_variables(root: Path) -> list[str]:
    """Find environment variables that docs/operating.md does not explain."""
    told = (root / "docs" / "operating.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([A-Z][A-Z0-9_]+)`", told))
    read = {
        name: source.place
        for source in sources(root, *storeys(root))
        for name in _variables(source.tree)
    }
    return [
        f"{place}: {name} is not in docs/operating.md"
        for name, place in sorted(read.items())
        if name not in named | OTHERS
    ]


def _variables(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            reader, name = ast.unparse(node.func), node.args[0]
        elif isinstance(node, ast.Subscript):
            reader, name = ast.unparse(node.value), node.slice
        else:
            continue
        reads = reader in READERS or reader.endswith((".environ.get", ".environ"))
        if reads and isinstance(name, ast.Constant):
            text = str(name.value)
            if VARIABLE.fullmatch(text):
                yield text
