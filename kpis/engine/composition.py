"""A KPI composed from declared metrics and events: read, checked, made a definition.

What is told is plain data of any kind; each thing wrong with it is a fault at its
field, so that a form, an API and a page can say it where it stands.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from kpis.engine.definition import (
    Condition,
    Family,
    Kpi,
    Law,
    Part,
    Source,
    gettext_noop,
)
from kpis.engine.errors import EngineError
from kpis.engine.parts import DUE_US, EXPECTED, FACTS, STORED
from kpis.engine.selection import Fault, read_part
from kpis.engine.shape import is_share, law_of, measures, units_of
from kpis.engine.vocabulary import COUNT

MOST_PARTS: Final = 6
NAME: Final = re.compile(r"[a-z][a-z0-9_]{1,31}")
DIRECTIONS: Final = ("higher", "lower")
SIDES: Final = ("numerator", "denominator")
LONGEST: Final = {
    "title_zh": 60,
    "title": 120,
    "explanation_zh": 300,
    "explanation": 600,
}
# Told beside the lake's rows, by the ledger and by who asks.
ELSEWHERE: Final = (Source.LEDGER, Source.DUTY)
# Integers that can be named; the rest of a definition is made of new parts.
NAMED: Final = {part.key: part for part in (*FACTS, EXPECTED, STORED, DUE_US)}

MISSING: Final = gettext_noop("Fill this in.")
TOO_LONG: Final = gettext_noop("%(n)s signs at most; this has %(found)s.")
BAD_NAME: Final = gettext_noop(
    "A key begins with a small letter and goes on with small letters, digits and "
    "underscores, 2 to 32 in all."
)
BAD_DIRECTION: Final = gettext_noop("Say “higher” or “lower”.")
NO_PARTS: Final = {
    "numerator": gettext_noop("Say what is counted: one part at least."),
    "denominator": gettext_noop(
        "Say what it is divided by: one part at least. A KPI is never divided by "
        "nothing."
    ),
}
TOO_MANY: Final = gettext_noop("%(n)s parts at most.")
TWICE: Final = gettext_noop("This part stands here already; it would count twice.")
UNKNOWN_FACT: Final = gettext_noop("No integer is called “%(told)s”.")
UNEQUAL: Final = gettext_noop(
    "Parts that are added must be of one kind: these mix counts, times or readings."
)
ALWAYS_ONE: Final = gettext_noop(
    "The same stands above and below the line, so the value would always be 1."
)
NO_UNIT: Final = gettext_noop(
    "Nothing that can be said in a unit comes of dividing these; divide counts by "
    "counts or time, time by counts or time, or a reading's sum by the number of the "
    "same readings."
)
BAD_UNIT: Final = gettext_noop(
    "The unit “%(told)s” does not fit what is divided; it would be: %(fits)s."
)
NOT_FEW: Final = gettext_noop(
    "Only a share of counted cases can be judged over all cases at the end."
)


class CompositionError(EngineError):
    """A composed KPI that cannot be; `faults` says all that is wrong with it."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{each.field}: {each.text}" for each in faults))
        self.faults = tuple(faults)


@dataclass(slots=True)
class _Reading:
    """What was told, and what was found wrong with it so far."""

    told: Mapping[str, Any]
    faults: list[Fault] = field(default_factory=list)

    def wrong(self, at: str, text: str, **facts: str | int) -> None:
        self.faults.append(Fault(at, text, facts))

    def text(self, name: str) -> str:
        value = self.told.get(name)
        if not isinstance(value, str) or not value.strip():
            self.wrong(name, MISSING)
            return ""
        if len(value) > LONGEST.get(name, len(value)):
            self.wrong(name, TOO_LONG, n=LONGEST[name], found=len(value))
        return value.strip()


def compose(told: Mapping[str, Any], *, prefix: str = "", suffix: str = "") -> Kpi:
    """Make a definition of what was told, or say all that is wrong with it.

    Args:
        told: key, title, title_zh, explanation, explanation_zh, unit, better,
            few_cases, and numerator and denominator: lists of {"fact": name} or of
            {"over", "sums", "where": [{"column", "one_of" or "at_most"}]}.
        prefix: stands before the key, as "city.<code>.".
        suffix: stands behind it, as ".v<version>".

    Raises:
        CompositionError: with every fault, each at its field.
    """
    reading = _Reading(told)
    texts = {name: reading.text(name) for name in LONGEST}
    key, unit = reading.text("key"), reading.text("unit")
    if key and not NAME.fullmatch(key):
        reading.wrong("key", BAD_NAME)
    if told.get("better") not in DIRECTIONS:
        reading.wrong("better", BAD_DIRECTION)
    sides = [_parts(reading, side) for side in SIDES]
    few = bool(told.get("few_cases"))
    if not any(fault.field.startswith(SIDES) for fault in reading.faults):
        _check_shape(reading, *sides, unit=unit, few=few)
    if reading.faults:
        raise CompositionError(reading.faults)
    return Kpi(
        key=f"{prefix}{key}{suffix}",
        family=Family.CITY,
        unit=unit,
        better=told["better"],
        source=prefix.rstrip("."),
        numerator=sides[0],
        denominator=sides[1],
        law=law_of(*sides, better=told["better"], few_cases=few),
        scale=units_of(*sides)[unit],
        title=texts["title"],
        title_zh=texts["title_zh"],
        explanation=texts["explanation"],
        explanation_zh=texts["explanation_zh"],
    )


def _parts(reading: _Reading, side: str) -> tuple[Part, ...]:
    told = reading.told.get(side)
    if not isinstance(told, Sequence) or isinstance(told, str) or not told:
        reading.wrong(side, NO_PARTS[side])
        return ()
    if len(told) > MOST_PARTS:
        reading.wrong(side, TOO_MANY, n=MOST_PARTS)
        return ()
    parts: list[Part] = []
    for number, each in enumerate(told):
        at = f"{side}.{number}"
        part = _part(reading, at, each)
        if part in parts:
            reading.wrong(at, TWICE)
        elif part is not None:
            parts.append(part)
    return tuple(parts)


def _part(reading: _Reading, at: str, told: Any) -> Part | None:
    """Read one part: a named integer, or rows counted or summed under conditions."""
    if isinstance(told, Mapping) and told.get("fact"):
        found = NAMED.get(told["fact"]) if isinstance(told["fact"], str) else None
        if found is None:
            reading.wrong(f"{at}.fact", UNKNOWN_FACT, told=str(told["fact"])[:60])
        return found
    part, faults = read_part(told, at)
    reading.faults += faults
    return None if part is None else named_alike(part)


def named_alike(part: Part) -> Part:
    """Return the named integer that is the same, or the part under a name of its own.

    The name is made of what the part is, so that equal parts are one.
    """
    same = _content(part)
    for fact in NAMED.values():
        if _content(fact) == same:
            return fact
    text = json.dumps(same, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    name = hashlib.sha256(text.encode()).hexdigest()[:12]
    return Part(f"own_{name}", part.over, part.sums, part.where)


def _content(part: Part) -> list[Any]:
    where = [
        [each.column, sorted(each.one_of, key=str), each.at_most] for each in part.where
    ]
    return [str(part.over), part.sums, sorted(where, key=str)]


def _check_shape(
    reading: _Reading,
    numerator: tuple[Part, ...],
    denominator: tuple[Part, ...],
    *,
    unit: str,
    few: bool,
) -> None:
    for side, parts in zip(SIDES, (numerator, denominator), strict=True):
        if len({measures(part) for part in parts}) > 1:
            reading.wrong(side, UNEQUAL)
            return
    fits = units_of(numerator, denominator)
    if set(numerator) == set(denominator):
        reading.wrong("numerator", ALWAYS_ONE)
    elif not fits:
        reading.wrong("denominator", NO_UNIT)
    elif unit and unit not in fits:
        reading.wrong("unit", BAD_UNIT, told=unit[:20], fits=", ".join(fits))
    elif few and not _counts_cases(numerator, denominator):
        reading.wrong("few_cases", NOT_FEW)


def _counts_cases(numerator: tuple[Part, ...], denominator: tuple[Part, ...]) -> bool:
    return is_share(numerator, denominator) and all(
        part.over is Source.EDGES and measures(part) == COUNT
        for part in (*numerator, *denominator)
    )


def extra_parts(kpis: Iterable[Kpi]) -> tuple[Part, ...]:
    """Return the parts that no state holds, each once."""
    every = dict.fromkeys(part for kpi in kpis for part in kpi.parts)
    return tuple(
        part for part in every if part not in FACTS and part.over not in ELSEWHERE
    )


def told_of(kpi: Kpi) -> dict[str, Any]:
    """Return what would compose a definition's parts again."""
    return {
        "few_cases": kpi.law is Law.SHARE_OF_CASES,
        "numerator": [told_part(part) for part in kpi.numerator],
        "denominator": [told_part(part) for part in kpi.denominator],
    }


def told_part(part: Part) -> dict[str, Any]:
    if NAMED.get(part.key) == part:
        return {"fact": part.key}
    return {
        "over": str(part.over),
        "sums": part.sums,
        "where": [_told_condition(each) for each in part.where],
    }


def _told_condition(condition: Condition) -> dict[str, Any]:
    if condition.at_most is not None:
        return {"column": condition.column, "at_most": condition.at_most}
    return {"column": condition.column, "one_of": list(condition.one_of)}
