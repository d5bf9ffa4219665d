"""What was agreed, as a bundle's documents tell it.

A document that does not read as it should is refused.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import prod
from typing import Any

from pilotgate_offline.errors import UnreadableError

LAWS = {
    "rate_by_day",
    "mean_by_day",
    "count_per_time",
    "time_per_count",
    "share_of_cases",
    "shown",
}
COMPARATORS = {"at_least", "at_most"}
MINIMUM_DAYS = 28
LOOK_EVERY_DAYS = 7


@dataclass(frozen=True)
class Condition:
    """A column is one of these values, or at most this bound; a null is neither."""

    column: str
    one_of: tuple[str | int, ...]
    at_most: int | None

    def holds(self, row: Mapping[str, Any]) -> bool:
        value = row.get(self.column)
        if value is None:
            return False
        if self.at_most is not None:
            return bool(value <= self.at_most)
        return value in self.one_of


@dataclass(frozen=True)
class Part:
    """One integer: a column's sum, or a count of rows, where all conditions hold."""

    key: str
    over: str
    sums: str
    where: tuple[Condition, ...]


@dataclass(frozen=True)
class Definition:
    """A KPI: a ratio of sums of parts, or a product of such ratios."""

    key: str
    unit: str
    scale: Fraction
    factors: tuple[tuple[tuple[Part, ...], tuple[Part, ...]], ...]
    digest: str  # computed here, from all that could change a value

    @property
    def parts(self) -> tuple[Part, ...]:
        return tuple(part for each in self.factors for side in each for part in side)

    def divide(self, integers: Mapping[Part, int]) -> tuple[int, int]:
        """Return the integers above and below the line."""
        return (
            prod(sum(integers[part] for part in above) for above, _ in self.factors),
            prod(sum(integers[part] for part in below) for _, below in self.factors),
        )


@dataclass(frozen=True)
class Scope:
    """Whose robots, which days, which looks, and when they were due."""

    pilot: str
    starts_on: date
    ends_on: date
    look: tuple[int, date]
    looks: tuple[tuple[int, date], ...]
    window: tuple[int, int]
    evidence: str
    robots: Mapping[int, str]
    duty: Mapping[str, Any]
    exclusions_cap: Fraction
    contracted: int  # robots
    arrived: tuple[date, ...]  # the day each deployment began

    @property
    def length(self) -> int:
        return (self.ends_on - self.starts_on).days + 1


@dataclass(frozen=True)
class Criterion:
    """One line of the contract as frozen."""

    kpi: str
    law: str
    comparator: str
    minimum: Fraction
    scale: Fraction
    coverage_min: Fraction
    evidence_kind: str
    disagreement_max: Fraction | None
    mandatory: bool
    window_days: int
    look_days: tuple[int, ...]
    definition_digest: str

    @property
    def decides(self) -> bool:
        return self.mandatory and self.law != "shown"

    @property
    def wants_more(self) -> bool:
        return self.comparator == "at_least"


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Turn what a strange document causes into one sentence."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, ZeroDivisionError) as why:
        raise UnreadableError(f"{name}: {type(why).__name__}: {why}") from None


def digest_of(told: Any) -> str:
    """Return the SHA-256 of canonical JSON: sorted keys, no spaces, UTF-8."""
    text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def definitions_from(told: Sequence[Mapping[str, Any]]) -> dict[str, Definition]:
    with reading("definitions.json"):
        return {each["key"]: _definition(each) for each in told}


def _definition(told: Mapping[str, Any]) -> Definition:
    return Definition(
        key=str(told["key"]),
        unit=str(told["unit"]),
        scale=Fraction(*told["scale"]),
        factors=(
            _factor(told["numerator"], told["denominator"]),
            *(_factor(each["above"], each["below"]) for each in told.get("times", ())),
        ),
        digest=_definition_digest(told),
    )


def _factor(
    above: Sequence[Mapping[str, Any]], below: Sequence[Mapping[str, Any]]
) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    return tuple(map(_part, above)), tuple(map(_part, below))


def _part(told: Mapping[str, Any]) -> Part:
    _only(told, {"key", "over", "sums", "where"})
    return Part(
        key=str(told["key"]),
        over=str(told["over"]),
        sums=str(told["sums"]),
        where=tuple(_condition(each) for each in told["where"]),
    )


def _condition(told: Mapping[str, Any]) -> Condition:
    _only(told, {"column", "one_of", "at_most"})
    return Condition(str(told["column"]), tuple(told["one_of"]), told["at_most"])


def _only(told: Mapping[str, Any], known: set[str]) -> None:
    """Refuse what a newer platform may mean by words this program does not know."""
    if strange := sorted(set(told) - known):
        raise ValueError(f"this program does not know what {strange[0]} means")


def _definition_digest(told: Mapping[str, Any]) -> str:
    names = ("key", "unit", "better", "law", "scale", "numerator", "denominator")
    kept = {name: told[name] for name in names}
    if told.get("times"):
        kept["times"] = told["times"]
    text = json.dumps(kept, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def scope_from(told: Mapping[str, Any]) -> Scope:
    with reading("scope.json"):
        return Scope(
            pilot=told["pilot"],
            starts_on=date.fromisoformat(told["starts_on"]),
            ends_on=date.fromisoformat(told["ends_on"]),
            look=_look(told["look"]),
            looks=tuple(_look(each) for each in told["looks"]),
            window=(int(told["window"][0]), int(told["window"][1])),
            evidence=told["evidence"],
            robots={int(number): str(code) for number, code in told["robots"]},
            duty=told["duty"],
            exclusions_cap=Fraction(told["exclusions_cap"]),
            contracted=int(told["contracted"]),
            arrived=tuple(map(date.fromisoformat, told["arrived"])),
        )


def _look(told: Sequence[Any]) -> tuple[int, date]:
    number, on = told
    return int(number), date.fromisoformat(on)


def criteria_from(
    contract: Mapping[str, Any], definitions: Mapping[str, Definition], length: int
) -> list[Criterion]:
    """Read the criteria; `length` is the days of the gate."""
    with reading("contract.json"):
        return [
            _criterion(told, contract, definitions[told["kpi"]], length)
            for told in contract["criteria"]
        ]


def _criterion(
    told: Mapping[str, Any],
    contract: Mapping[str, Any],
    definition: Definition,
    length: int,
) -> Criterion:
    if told["law"] not in LAWS or told["comparator"] not in COMPARATORS:
        raise ValueError(f"no law {told['law']}, or no {told['comparator']}")
    window = min(int(told.get("window_days") or length), length)
    disagreement = told.get("disagreement_max")
    days = told.get("looks") or weekly_look_days(window)
    return Criterion(
        kpi=told["kpi"],
        law=told["law"],
        comparator=told["comparator"],
        minimum=Fraction(told["minimum"]),
        scale=Fraction(told.get("scale") or definition.scale),
        coverage_min=Fraction(told["coverage_min"]),
        evidence_kind=told.get("evidence_kind") or contract["evidence_kind"],
        disagreement_max=None if disagreement is None else Fraction(disagreement),
        mandatory=bool(told.get("mandatory", True)),
        window_days=window,
        look_days=tuple(day for day in days if day <= length),
        definition_digest=str(told.get("definition_digest") or ""),
    )


def weekly_look_days(planned: int) -> list[int]:
    """Return the days of weekly looks: from the 28th, and the last."""
    if planned < MINIMUM_DAYS:
        return []
    return [*range(MINIMUM_DAYS, planned, LOOK_EVERY_DAYS), planned]


def days_from(start: date, count: int) -> list[date]:
    return [start + timedelta(days=number) for number in range(count)]
