"""The project's own files, as text and as syntax trees."""

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

SKIPPED = {
    ".git",
    ".venv",
    ".pilotgate",
    "__pycache__",
    "build",
    "node_modules",
    "vendor",
    "results",
}


@dataclass(frozen=True)
class Source:
    """One Python file below a root."""

    path: Path
    place: str  # the path from the root, with slashes

    @cached_property
    def tree(self) -> ast.Module:
        return _parsed(self.path, self.path.stat().st_mtime_ns)

    @property
    def app(self) -> str:
        return self.place.split("/", 1)[0]

    @property
    def room(self) -> str:
        """The room of a data app that the file belongs to, "" at the app's door."""
        parts = self.place.split("/")
        return parts[1].removesuffix(".py") if len(parts) > 1 else ""

    def at(self, node: ast.AST, words: str) -> str:
        return f"{self.place}:{getattr(node, 'lineno', 0)}: {words}"


@lru_cache(maxsize=4096)
def _parsed(path: Path, _changed: int) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def files(root: Path, *endings: str) -> Iterator[Path]:
    """Walk the project's own files; nothing fetched, built or cached."""
    for entry in sorted(root.iterdir()):
        if entry.name in SKIPPED or entry.name.startswith("."):
            continue
        if entry.is_dir():
            yield from files(entry, *endings)
        elif entry.name.endswith(endings):
            yield entry


def sources(root: Path, *folders: str) -> Iterator[Source]:
    for folder in folders or (".",):
        if (root / folder).is_dir():
            for path in files(root / folder, ".py"):
                yield Source(path, path.relative_to(root).as_posix())


def contracts(root: Path) -> dict[str, dict]:
    """Read the import contracts, by id."""
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return {each["id"]: each for each in settings["tool"]["importlinter"]["contracts"]}


def storeys(root: Path) -> list[str]:
    """Name the apps from the highest to the lowest."""
    return contracts(root)["storeys"]["layers"]


def data_apps(root: Path) -> list[str]:
    return contracts(root)["rooms"]["containers"]


def rooms(root: Path) -> set[str]:
    """Name the rooms a data app may have."""
    layers = contracts(root)["rooms"]["layers"]
    return {room.strip(" ()") for layer in layers for room in layer.split(":")}
