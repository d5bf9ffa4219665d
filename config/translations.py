"""Compile translations, and put them in order, without gettext's own programs.

Run, to put them in order: python -m config.translations
"""

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

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


def sort(source: Path) -> None:
    """Put a catalogue in order of its texts, one line each, for readable changes."""
    catalogue = read(source)
    with source.open("wb") as out:
        write_po(out, catalogue, sort_output=True, width=0, no_location=True)


if __name__ == "__main__":
    for each in sorted((places.CHECKOUT / "locale").glob("*/LC_MESSAGES/*.po")):
        sort(each)
