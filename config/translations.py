"""Compile and check translations without gettext's own programs.

Run: python -m config.translations
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from config import places


def compile_stale(locale: Path) -> list[Path]:
    """Write each .mo that is older than its .po, and return those written."""
    written = []
    for source in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        catalogue = read(source)
        fresh = target.with_suffix(".mo.new")
        with fresh.open("wb") as out:
            write_mo(out, catalogue)
        fresh.replace(target)
        written.append(target)
    return written


def read(source: Path) -> Catalog:
    with source.open("rb") as readable:
        return read_po(readable)


def faults(source: Path) -> Iterator[str]:
    """Yield each text of a catalogue that a reader would not see translated."""
    for message in read(source):
        texts = message.string or ""
        translated = [texts] if isinstance(texts, str) else list(texts)
        singular = message.id if isinstance(message.id, str) else message.id[0]
        if not singular:
            continue
        if message.fuzzy:
            yield f"{source}: fuzzy: {singular!r}"
        elif not all(translated):
            yield f"{source}: missing: {singular!r}"
        elif translated[0] == singular and any(c.islower() for c in singular):
            yield f"{source}: same as in English: {singular!r}"


def main() -> int:
    sources = sorted((places.CHECKOUT / "locale").glob("*/LC_MESSAGES/*.po"))
    found = [fault for source in sources for fault in faults(source)]
    print(*found, sep="\n", end="\n" if found else "")  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
