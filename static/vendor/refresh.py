"""Fetch the front-end files that lock.json names, or check those that are here.

    python static/vendor/refresh.py            npm pack, unpack, write files and lock
    python static/vendor/refresh.py --check    recompute the hashes, offline

A file without "from" is kept by hand. Source-map comments are cut, because the maps
are not kept and the static storage refuses a reference to a missing file.
"""

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "static/vendor/lock.json"
SOURCE_MAP = re.compile(rb"\s*(?:/\*|//)[#@] sourceMappingURL=[^\n*]*(?:\*/)?\s*")
SHAPES = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


def pack(spec: str, folder: str) -> tuple[tarfile.TarFile, str]:
    """Download a package; return its opened tarball and npm's integrity word."""
    command = ["npm", "pack", "--json", "--silent", "--pack-destination", folder, spec]
    done = subprocess.run(command, check=True, capture_output=True)
    answer = json.loads(done.stdout)[0]
    return tarfile.open(Path(folder) / answer["filename"]), answer["integrity"]


def member(tarball: tarfile.TarFile, path: str) -> bytes:
    found = tarball.extractfile(f"package/{path}")
    if found is None:
        raise FileNotFoundError(f"{tarball.name} holds no file {path}.")
    return found.read()


def sprite(tarball: tarfile.TarFile, folder: str, icons: list[str]) -> bytes:
    """Join the named icons into one file of symbols; the page's CSS draws them."""
    symbols = []
    for icon in sorted(icons):
        drawn = SHAPES.search(member(tarball, f"{folder}/{icon}.svg").decode())
        if drawn is None:
            raise ValueError(f"{icon}.svg is not an SVG drawing.")
        shapes = " ".join(drawn[1].split())
        symbols.append(f'<symbol id="{icon}" viewBox="0 0 24 24">{shapes}</symbol>')
    body = "\n".join(symbols)
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{body}\n</svg>\n'.encode()


def refresh(package: dict[str, Any], folder: str) -> None:
    tarball, integrity = pack(f"{package['name']}@{package['version']}", folder)
    if package["integrity"] not in {"", integrity}:
        raise SystemExit(f"{package['name']}: integrity {integrity} is not the locked")
    package["integrity"] = integrity
    with tarball:
        for file in package["files"]:
            target = ROOT / file["to"]
            if "from" in file:
                icons = package.get("icons")
                drawn = icons and file["to"].endswith(".svg")
                content = (
                    sprite(tarball, file["from"], icons)
                    if drawn
                    else SOURCE_MAP.sub(b"\n", member(tarball, file["from"]))
                )
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
            file["sha256"] = hashlib.sha256(target.read_bytes()).hexdigest()


def objections(lock: dict[str, Any]) -> list[str]:
    """Name each locked file that is missing or differs."""
    wrong = []
    for package in lock["packages"]:
        for file in package["files"]:
            path = ROOT / file["to"]
            if not path.is_file():
                wrong.append(f"{file['to']}: missing")
            elif hashlib.sha256(path.read_bytes()).hexdigest() != file["sha256"]:
                wrong.append(f"{file['to']}: differs from lock.json")
    return wrong


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--check", action="store_true")
    lock = json.loads(LOCK.read_text())
    if words.parse_args().check:
        wrong = objections(lock)
        print("\n".join(wrong) or "static/vendor: every file is as locked")
        return 1 if wrong else 0
    with tempfile.TemporaryDirectory() as folder:
        for package in lock["packages"]:
            refresh(package, folder)
    LOCK.write_text(json.dumps(lock, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
