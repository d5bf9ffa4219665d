"""A gate's reasons and figures in words, in the reader's language."""

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any, Final

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kpis.reports import amount
from kpis.services import title_of_key
from pilots.gate import Criterion
from robot_bridge.enums import EvidenceKind

Facts = Mapping[str, Any]
Said = Callable[[Facts, str], str]


def kpi_title(key: str) -> str:
    """Return a KPI's name in the reader's language; an unknown key stays itself."""
    return title_of_key(key)


def figure(value: float | Fraction | None, unit: str) -> str:
    """Write a value with its unit; a share as percent; nothing known as a dash."""
    if value is None:
        return "–"
    number = float(value)
    if number == float("inf"):
        return "∞"
    if unit == "1":
        return f"{_rounded(100 * number, 2)} %"
    places = 2 if abs(number) < 100 else 1  # noqa: PLR2004
    return amount(_rounded(number, places), unit)


def _rounded(number: float, places: int) -> str:
    """Write in the reader's way; number_format by itself would cut, not round."""
    return number_format(round(number, places), places)


def bound(criterion: Criterion) -> str:
    """Say what a criterion asks for, as in "at least 95.00 %"."""
    minimum = figure(criterion.minimum, criterion.unit)
    if criterion.comparator == "at_least":
        return _("at least %(value)s") % {"value": minimum}
    return _("at most %(value)s") % {"value": minimum}


def sentence(code: str, facts: Facts, unit: str = "1") -> str:
    """Say one reason; `unit` is that of the criterion it is about."""
    said = SAID.get(code)
    return said(facts, unit) if said else _("Reason: %(code)s.") % {"code": code}


def _percent(facts: Facts, key: str) -> str:
    return figure(facts.get(key), "1")


def _day(told: str | None) -> str:
    return date_format(date.fromisoformat(told)) if told else "–"


def _interval(facts: Facts, unit: str) -> str:
    if facts.get("low") is None and facts.get("high") is None:
        return "–"
    return f"[{figure(facts.get('low'), unit)}, {figure(facts.get('high'), unit)}]"


def _names(facts: Facts) -> str:
    return _(", ").join(kpi_title(key) for key in facts["kpis"])


def _shown(facts: Facts, unit: str) -> str:
    return _(
        "Shown: the interval %(interval)s keeps to the agreed %(minimum)s, decided at "
        "look %(look)s of %(on)s."
    ) % {
        "interval": _interval(facts, unit),
        "minimum": figure(facts["minimum"], unit),
        "look": facts["look"],
        "on": _day(facts["on"]),
    }


def _refuted(facts: Facts, unit: str) -> str:
    return _(
        "Missed: the interval %(interval)s lies wholly on the wrong side of the agreed "
        "%(minimum)s, decided at look %(look)s of %(on)s."
    ) % {
        "interval": _interval(facts, unit),
        "minimum": figure(facts["minimum"], unit),
        "look": facts["look"],
        "on": _day(facts["on"]),
    }


def _undecided(facts: Facts, unit: str) -> str:
    return _(
        "The interval %(interval)s still holds the agreed %(minimum)s; more days are "
        "needed to tell."
    ) % {"interval": _interval(facts, unit), "minimum": figure(facts["minimum"], unit)}


def _too_few_days(facts: Facts, _unit: str) -> str:
    return ngettext(
        "%(days)s day with data so far; %(needed)s are needed.",
        "%(days)s days with data so far; %(needed)s are needed.",
        facts["days"],
    ) % {"days": facts["days"], "needed": facts["needed"]}


def _days_depend(facts: Facts, _unit: str) -> str:
    return _(
        "Days depend on each other too much to be counted (autocorrelation "
        "%(found)s; it must lie surely below %(limit)s)."
    ) % {
        "found": _rounded(facts["found"], 2),
        "limit": _rounded(facts["limit"], 2),
    }


def _coverage(facts: Facts, _unit: str) -> str:
    return _(
        "%(found)s of what was expected is known; the contract asks for %(minimum)s."
    ) % {"found": _percent(facts, "found"), "minimum": _percent(facts, "minimum")}


def _stale(facts: Facts, _unit: str) -> str:
    if not facts.get("last_on"):
        return _("Nothing was received from any robot.")
    return _("The last data is of %(last)s; data up to %(needed)s is needed.") % {
        "last": _day(facts["last_on"]),
        "needed": _day(facts["needed_on"]),
    }


def _silent_robots(facts: Facts, _unit: str) -> str:
    return ngettext(
        "%(silent)s of the %(due)s contracted robots has reported nothing.",
        "%(silent)s of the %(due)s contracted robots have reported nothing.",
        facts["silent"],
    ) % {"silent": facts["silent"], "due": facts["due"]}


def _evidence_kind(facts: Facts, _unit: str) -> str:
    return _(
        "The evidence is of kind %(found)s; the contract accepts %(accepted)s only."
    ) % {"found": _kind(facts["found"]), "accepted": _kind(facts["accepted"])}


def _kind(told: str) -> str:
    known = dict(EvidenceKind.choices)
    return str(known.get(told, told))


def _disagreement(facts: Facts, _unit: str) -> str:
    return _(
        "Robots and plant disagree by %(found)s; the contract allows %(bound)s."
    ) % {"found": _percent(facts, "found"), "bound": _percent(facts, "bound")}


def _not_at_the_end(facts: Facts, _unit: str) -> str:
    return _("Judged over all cases at the registered end, %(on)s.") % {
        "on": _day(facts.get("on"))
    }


def _no_look_closed(facts: Facts, _unit: str) -> str:
    return _("The first registered look is %(on)s.") % {"on": _day(facts.get("on"))}


def _plain(text: Callable[[], str]) -> Said:
    return lambda _facts, _unit: text()


SAID: Final[dict[str, Said]] = {
    "shown": _shown,
    "refuted": _refuted,
    "undecided": _undecided,
    "too_few_days": _too_few_days,
    "days_depend": _days_depend,
    "coverage": _coverage,
    "stale": _stale,
    "silent_robots": _silent_robots,
    "roll_unknown": lambda facts, _unit: (
        ngettext(
            "For %(days)s day it is not known which robots were heard.",
            "For %(days)s days it is not known which robots were heard.",
            facts["days"],
        )
        % {"days": facts["days"]}
    ),
    "robots_absent": lambda facts, _unit: (
        _(
            "Of the robots contracted, day by day, %(found)s were heard; the contract "
            "asks for %(minimum)s."
        )
        % {"found": _percent(facts, "found"), "minimum": _percent(facts, "minimum")}
    ),
    "evidence_kind": _evidence_kind,
    "disagreement": _disagreement,
    "not_at_the_end": _not_at_the_end,
    "no_look_closed": _no_look_closed,
    "no_spread": _plain(
        lambda: _("Every day is alike, so that nothing can be said of other days.")
    ),
    "on_the_boundary": _plain(
        lambda: _("The figure lies exactly on its boundary; that decides nothing.")
    ),
    "nothing_seen": _plain(lambda: _("There was no case to judge.")),
    "no_data": _plain(lambda: _("Nothing was measured.")),
    "shown_only": _plain(lambda: _("Shown for information; it decides nothing.")),
    "robot_below": _plain(
        lambda: _("The fleet keeps to it, but one robot alone surely does not.")
    ),
    "silence": _plain(
        lambda: _(
            "Counting silent days as down it is missed, but the days with data alone "
            "do not show that."
        )
    ),
    "unsuitable": _plain(
        lambda: _("The criterion is written the wrong way round for its law.")
    ),
    "dirty": _plain(
        lambda: _("Late data is still being worked in; assess again in a moment.")
    ),
    "day_told_twice": _plain(lambda: _("A day appears twice in the evidence.")),
    "impossible_integers": _plain(
        lambda: _("The evidence holds numbers that cannot be.")
    ),
    "coverage_unknown": _plain(
        lambda: _("It is not known how much of the data has arrived.")
    ),
    "disagreement_unknown": _plain(
        lambda: _("No count by plant or observer stands beside the robots' word.")
    ),
    "no_criteria": _plain(lambda: _("The contract names no criterion that decides.")),
    "criteria_changed": _plain(
        lambda: _("The criteria are not those whose digest was signed.")
    ),
    "definition_changed": lambda facts, _unit: (
        _("The platform no longer computes by the contracted definition: %(kpis)s.")
        % {"kpis": _names(facts)}
    ),
    "exclusions_over_cap": lambda facts, _unit: (
        _("%(found)s of the time due is excluded; at most %(cap)s may be.")
        % {"found": _percent(facts, "found"), "cap": _percent(facts, "cap")}
    ),
    "kpis_passed": lambda facts, _unit: (
        _("Every criterion is shown: %(kpis)s.") % {"kpis": _names(facts)}
    ),
    "kpis_failed": lambda facts, _unit: (
        _("Missed: %(kpis)s.") % {"kpis": _names(facts)}
    ),
    "kpis_open": lambda facts, _unit: (
        _("Not enough evidence yet for: %(kpis)s.") % {"kpis": _names(facts)}
    ),
}
