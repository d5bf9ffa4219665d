"""The KPI catalogue in words: what is divided by what, and how a gate judges it."""

from collections.abc import Iterable
from typing import Any, Final

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kpis.engine.definition import CATALOGUE, ENGINE_VERSION, Family, Kpi, Law, Part
from kpis.reports import unit_word
from kpis.services import explanation_of, title_of
from portals.navigation import here, link_here
from portals.presenters.figures import hash_text
from portals.presenters.pieces import Answer, Cell, Link, Table, table_of

FAMILIES: Final = {
    Family.DEPENDABILITY: gettext_lazy("Dependability"),
    Family.PRODUCTIVITY: gettext_lazy("Productivity"),
    Family.AUTONOMY: gettext_lazy("Autonomy"),
    Family.SAFETY: gettext_lazy("Safety"),
    Family.ENERGY: gettext_lazy("Energy"),
    Family.DATA: gettext_lazy("Data"),
    Family.SOFTWARE: gettext_lazy("Software"),
    Family.CITY: gettext_lazy("Composed by a city"),
}
LAWS: Final = {
    Law.RATE_BY_DAY: gettext_lazy("A share, judged by how it varies from day to day"),
    Law.MEAN_BY_DAY: gettext_lazy("A mean, judged by how it varies from day to day"),
    Law.COUNT_PER_TIME: gettext_lazy("A count over time, judged as rare events"),
    Law.TIME_PER_COUNT: gettext_lazy("Time per event, judged as rare events"),
    Law.SHARE_OF_CASES: gettext_lazy("A share of few cases, with an exact bound"),
    Law.SHOWN: gettext_lazy("Shown beside, never decided on"),
}


def better_text(kpi: Kpi) -> str:
    return _("Higher is better") if kpi.better == "higher" else _("Lower is better")


def family_tables(request: HttpRequest) -> list[Table]:
    """Draw the catalogue, a table a family."""
    return [
        family_table(
            request, family, [k for k in CATALOGUE.values() if k.family == family]
        )
        for family in FAMILIES
        if family is not Family.CITY
    ]


def own_link(request: HttpRequest) -> list[Link]:
    """Lead a city's people to the KPIs that their city composed."""
    url = link_here(request, "own_kpi_list")
    return [Link(_("KPIs of your city"), url)] if url else []


def family_table(request: HttpRequest, family: Family, kpis: Iterable[Kpi]) -> Table:
    rows = [
        [
            Cell(
                _(kpi.title),
                url=here(request, "kpi_detail", kpi.key),
                note=_(kpi.explanation),
            ),
            unit_word(kpi.unit),
            better_text(kpi),
            _("Yes") if kpi.law is not Law.SHOWN else _("Shown beside"),
            kpi.source,
        ]
        for kpi in kpis
    ]
    labels = [
        _("KPI"),
        _("Unit"),
        _("Direction"),
        _("May a gate decide on it?"),
        _("Source"),
    ]
    return table_of(str(FAMILIES[family]), labels, rows)


def kpi_page(request: HttpRequest, kpi: Kpi) -> dict[str, Any]:
    return {
        "title": title_of(kpi),
        "subtitle": str(FAMILIES[kpi.family]),
        "trail": [Link(_("KPI catalogue"), here(request, "kpi_list")), Link(kpi.key)],
        "explanation": explanation_of(kpi),
        "above": ") × (".join(formula(each.above) for each in kpi.factors),
        "below": ") × (".join(formula(each.below) for each in kpi.factors),
        "scale": "" if kpi.scale == 1 else str(kpi.scale),
        "answers": [
            Answer(_("Key"), kpi.key),
            Answer(_("Unit (UCUM)"), f"{unit_word(kpi.unit)} · {kpi.unit}"),
            Answer(_("Direction"), better_text(kpi)),
            Answer(_("How a gate judges it"), str(LAWS[kpi.law])),
            Answer(_("Source"), kpi.source),
            Answer(_("Engine version"), ENGINE_VERSION),
            Answer(_("SHA-256 of the definition"), hash_text(kpi.digest)),
        ],
        "parts": parts_table(dict.fromkeys(kpi.parts)),
    }


def formula(parts: Iterable[Part]) -> str:
    return " + ".join(part.key for part in parts)


def parts_table(parts: Iterable[Part]) -> Table:
    rows = [
        [
            part.key,
            part.over,
            _("sum of %(column)s") % {"column": part.sums}
            if part.sums
            else _("number of rows"),
            "; ".join(condition_text(each) for each in part.where) or _("all"),
        ]
        for part in parts
    ]
    labels = [_("Part"), _("Counted over"), _("What"), _("Where")]
    return table_of(_("Its integers"), labels, rows)


def condition_text(condition: Any) -> str:
    if condition.at_most is not None:
        return f"{condition.column} ≤ {condition.at_most}"
    values = ", ".join(str(value) for value in condition.one_of)
    return f"{condition.column} ∈ {{{values}}}"
