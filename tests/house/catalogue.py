"""What every KPI must say, and who must judge it."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import polib

from kpis.engine.definition import Kpi
from tests.house.words import CATALOGUE as PO_FILE

ASKED = ("title", "title_zh", "unit", "source", "explanation", "explanation_zh")
DIRECTIONS = {"higher", "lower"}


def chinese(root: Path) -> dict[str, str]:
    return {entry.msgid: entry.msgstr for entry in polib.pofile(str(root / PO_FILE))}


def incomplete_kpis(
    kpis: Mapping[str, Kpi], twins: Collection[str], translations: Mapping[str, str]
) -> list[str]:
    """Find KPIs that lack a word, a direction or a twin; and twins of no KPI."""
    found = [
        f"{key}: {words}"
        for key, kpi in kpis.items()
        for words in _objections(kpi, translations)
    ]
    alone = [f"{key}: no twin in pilotgate_offline" for key in kpis if key not in twins]
    orphans = [f"{key}: a twin of no KPI" for key in twins if key not in kpis]
    return found + alone + orphans


def _objections(kpi: Kpi, translations: Mapping[str, str]) -> Iterator[str]:
    for name in ASKED:
        if not getattr(kpi, name).strip():
            yield f"no {name}"
    if kpi.better not in DIRECTIONS:
        yield f"{kpi.better!r} is no direction"
    for english, own in (
        (kpi.title, kpi.title_zh),
        (kpi.explanation, kpi.explanation_zh),
    ):
        if translations.get(english) != own:
            yield f"called {own!r} here and {translations.get(english)!r} on pages"
