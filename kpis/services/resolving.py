"""Definitions by key: the catalogue's, and those that cities composed and published."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from django.utils.translation import get_language

from accounts.models import Organisation
from kpis.engine.definition import CATALOGUE, Kpi, chosen
from kpis.models import ComposedKpi

CITY: Final = "city."


def definition_of(key: str) -> Kpi | None:
    """Return what a key stands for; None where nothing published is called so."""
    if key in CATALOGUE:
        return CATALOGUE[key]
    if not key.startswith(CITY):
        return None
    try:
        return _published(key)
    except ComposedKpi.DoesNotExist:
        return None


@lru_cache(maxsize=4096)
def _published(key: str) -> Kpi:
    """Read a published definition, which the database lets nobody change.

    Raises:
        ComposedKpi.DoesNotExist: there is none, or not yet; it is asked again.
    """
    composed: ComposedKpi = ComposedKpi.objects.announced().get(key=key)
    return composed.kpi


def forget_published() -> None:
    """Forget what was read, where rows may have gone that are never to go."""
    _published.cache_clear()


def definitions(kpis: Iterable[str | Kpi]) -> tuple[Kpi, ...]:
    """Return the definitions of these keys; what is one already stays itself.

    Raises:
        UnknownKpiError: a key that neither the catalogue nor any city has.
    """
    found = [kpi if isinstance(kpi, Kpi) else definition_of(kpi) or kpi for kpi in kpis]
    strange = [kpi for kpi in found if not isinstance(kpi, Kpi)]
    chosen(strange)  # refuses them, and says what there is
    return tuple(kpi for kpi in found if isinstance(kpi, Kpi))


def offered_to(city: Organisation) -> dict[str, Kpi]:
    """Return what a brief of a city may name: the catalogue, and what it composed."""
    own = ComposedKpi.objects.offered_by(city.pk)
    return CATALOGUE | {each.key: each.kpi for each in own}


def title_of(kpi: Kpi) -> str:
    return kpi.title if _speaks_english() else kpi.title_zh


def explanation_of(kpi: Kpi) -> str:
    return kpi.explanation if _speaks_english() else kpi.explanation_zh


def title_of_key(key: str) -> str:
    """Return a KPI's name in the reader's language; an unknown key stays itself."""
    kpi = definition_of(key)
    return title_of(kpi) if kpi else key


def _speaks_english() -> bool:
    return (get_language() or "").startswith("en")
