"""What a form must answer."""

from collections.abc import Iterable, Mapping
from typing import Any

from procurement.rules.named import Objection, Rule, gettext_noop


def empty(value: object) -> bool:
    return value is None or value in ("", [], ()) or not str(value).strip()


def headings_are_filled(
    rule: Rule, headings: Iterable[tuple[str, str]], facts: Mapping[str, Any]
) -> list[Objection]:
    return [
        Objection(
            rule,
            gettext_noop("“%(heading)s” is empty; fill it in."),
            {"heading": name},
            field=key,
        )
        for key, name in headings
        if empty(facts.get(key))
    ]
