"""Objections as sentences in the reader's language, naming rule and article."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from kpis.services import title_of_key
from procurement.errors import Problem, RulesRefusedError
from procurement.rules import Objection, Rule


def problems(objections: Iterable[Objection]) -> list[Problem]:
    return [Problem(each.rule.key, each.field, sentence(each)) for each in objections]


def sentence(objection: Objection) -> str:
    text = _(objection.text) % spoken(objection.facts)
    return f"{text} ({citation(objection.rule)})"


def sentences(objections: Iterable[Objection]) -> str:
    return " ".join(sentence(each) for each in objections)


def citation(rule: Rule) -> str:
    """Name the rule: its article of the law, or its title among the house's own."""
    if rule.article:
        return _("%(source)s, article %(article)s") % {
            "source": rule.source,
            "article": rule.article,
        }
    return _("rule: %(title)s") % {"title": _(rule.title)}


def spoken(facts: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: title_of_key(value) if name == "kpi" else speak(value)
        for name, value in facts.items()
    }


def speak(value: object) -> str:
    if isinstance(value, datetime):
        return formats.date_format(timezone.localtime(value), "DATETIME_FORMAT")
    if isinstance(value, Decimal | int):
        return formats.number_format(value, force_grouping=True)
    return _(str(value)) if value else ""


def refuse(objections: list[Objection]) -> None:
    """Let nothing pass that a rule objects to.

    Raises:
        RulesRefusedError: with every problem as a sentence.
    """
    if objections:
        raise RulesRefusedError(problems(objections))
