"""What a KPI is: a name, a unit, a source, and integer parts divided once.

A part is declared as data, not as code, so that it has a digest, and so that a
reader without the platform can recompute it.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from fractions import Fraction
from math import prod
from typing import Any, Final, Literal

from kpis.engine.errors import UnknownKpiError

# Raised whenever equal rows could give other integers than before.
ENGINE_VERSION: Final = "1.1.0"


class Source(StrEnum):
    """The derived table a part counts over."""

    SPANS = "spans"  # known time: op_state, degraded, length_us
    # Changes: kind, ref, value, was, since_us, number, step, component, is_due, on_time
    EDGES = "edges"
    METERS = "meters"  # readings of meters and gauges: metric, level, up, elapsed_us
    SAMPLES = "samples"  # accepted sample rows: corrected, late
    EVENTS = "events"  # accepted event rows: corrected, late
    LEDGER = "ledger"  # messages: expected, stored
    READINGS = "readings"  # sample rows one by one: metric, reading
    DUTY = "duty"  # the time measured: length_us


class Law(StrEnum):
    """How a gate may judge the KPI."""

    RATE_BY_DAY = "rate_by_day"  # a share; the day is the unit
    MEAN_BY_DAY = "mean_by_day"  # a mean; the day is the unit
    COUNT_PER_TIME = "count_per_time"  # numerator counts, denominator is time in µs
    TIME_PER_COUNT = "time_per_count"  # numerator is time in µs, denominator counts
    SHARE_OF_CASES = "share_of_cases"  # few cases; exact bound over all of them
    SHOWN = "shown"  # never gated


class Family(StrEnum):
    DEPENDABILITY = "dependability"
    PRODUCTIVITY = "productivity"
    AUTONOMY = "autonomy"
    SAFETY = "safety"
    ENERGY = "energy"
    DATA = "data"
    SOFTWARE = "software"
    CITY = "city"  # composed by a city, beside the catalogue


def gettext_noop(text: str) -> str:
    """Mark a text for translation; the engine itself speaks no language."""
    return text


@dataclass(frozen=True, slots=True)
class Condition:
    """A column is one of these values, or at most this bound. A null is neither."""

    column: str
    one_of: tuple[str | int, ...] = ()
    at_most: int | None = None


def among(column: str, *values: str | int) -> Condition:
    return Condition(column, one_of=values)


def at_most(column: str, bound: int) -> Condition:
    return Condition(column, at_most=bound)


@dataclass(frozen=True, slots=True)
class Part:
    """One integer: a column's sum, or a count of rows, where all conditions hold."""

    key: str
    over: Source
    sums: str = ""
    where: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Factor:
    """One ratio of a product, each side a sum of parts."""

    above: tuple[Part, ...]
    below: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Kpi:
    """One KPI: value = numerator / denominator x scale, each a sum of parts.

    `times`: ratios it is multiplied by, whose integers go above and below the one
    line; such a product is shown, never gated.
    """

    key: str
    family: Family
    title: str
    title_zh: str
    unit: str  # UCUM
    better: Literal["higher", "lower"]
    source: str
    explanation: str
    explanation_zh: str
    numerator: tuple[Part, ...]
    denominator: tuple[Part, ...]
    law: Law
    scale: Fraction = Fraction(1)
    times: tuple[Factor, ...] = ()

    def __post_init__(self) -> None:
        if self.times and self.law is not Law.SHOWN:
            raise ValueError(
                f"{self.key} is a product under the law {self.law}; no law judges a "
                f"product, so it is {Law.SHOWN}."
            )

    @property
    def factors(self) -> tuple[Factor, ...]:
        return (Factor(self.numerator, self.denominator), *self.times)

    @property
    def parts(self) -> tuple[Part, ...]:
        return tuple(
            part for each in self.factors for part in (*each.above, *each.below)
        )

    def divide(self, part: Mapping[str, int]) -> tuple[int, int]:
        """Return the integers above and below the line."""
        return (
            prod(sum(part[p.key] for p in each.above) for each in self.factors),
            prod(sum(part[p.key] for p in each.below) for each in self.factors),
        )

    def finish(self, part: Mapping[str, int]) -> Fraction | None:
        """Divide, once and exactly; nothing to divide by gives None."""
        above, below = self.divide(part)
        return Fraction(above, below) * self.scale if below else None

    @property
    def digest(self) -> str:
        """Tell this definition from any that could give another value."""
        told: dict[str, Any] = {
            "key": self.key,
            "unit": self.unit,
            "better": self.better,
            "law": self.law,
            "scale": [self.scale.numerator, self.scale.denominator],
            "numerator": [asdict(part) for part in self.numerator],
            "denominator": [asdict(part) for part in self.denominator],
        }
        if self.times:
            told["times"] = [asdict(factor) for factor in self.times]
        text = json.dumps(told, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def definition_as_json(kpi: Kpi) -> dict[str, Any]:
    """Write a definition as data: texts, integers and lists, nothing else.

    `scale` is [numerator, denominator]; `times` stands only where there are factors.
    A part is {key, over, sums, where}, and each of `where` is {column, one_of,
    at_most}, one_of empty or at_most null.
    """
    told = {name: getattr(kpi, name) for name in Kpi.__slots__ if name != "times"}
    if kpi.times:
        told["times"] = [
            {
                "above": [_part_as_json(part) for part in factor.above],
                "below": [_part_as_json(part) for part in factor.below],
            }
            for factor in kpi.times
        ]
    return told | {
        "family": str(kpi.family),
        "law": str(kpi.law),
        "scale": [kpi.scale.numerator, kpi.scale.denominator],
        "numerator": [_part_as_json(part) for part in kpi.numerator],
        "denominator": [_part_as_json(part) for part in kpi.denominator],
    }


def _part_as_json(part: Part) -> dict[str, Any]:
    where = [asdict(each) | {"one_of": list(each.one_of)} for each in part.where]
    told = {name: getattr(part, name) for name in Part.__slots__}
    return told | {"over": str(part.over), "where": where}


def definition_from_json(told: Mapping[str, Any]) -> Kpi:
    """Read a definition back.

    Raises:
        KeyError, TypeError, ValueError: something is missing or cannot be read.
    """
    read = {name: told[name] for name in Kpi.__slots__ if name != "times"}
    return Kpi(
        **read
        | {
            "family": Family(told["family"]),
            "law": Law(told["law"]),
            "scale": Fraction(*told["scale"]),
            "numerator": tuple(part_from_json(part) for part in told["numerator"]),
            "denominator": tuple(part_from_json(part) for part in told["denominator"]),
            "times": tuple(_factor_from_json(each) for each in told.get("times", ())),
        }
    )


def _factor_from_json(told: Mapping[str, Any]) -> Factor:
    return Factor(
        above=tuple(part_from_json(part) for part in told["above"]),
        below=tuple(part_from_json(part) for part in told["below"]),
    )


def part_from_json(told: Mapping[str, Any]) -> Part:
    where = tuple(
        Condition(**each | {"one_of": tuple(each["one_of"])}) for each in told["where"]
    )
    return Part(**{**told, "over": Source(told["over"]), "where": where})


CATALOGUE: Final[dict[str, Kpi]] = {}


def register(kpi: Kpi) -> Kpi:
    """Put a KPI into the catalogue, where a key is taken once."""
    if kpi.key in CATALOGUE:
        raise ValueError(f"The KPI {kpi.key} is registered twice.")
    CATALOGUE[kpi.key] = kpi
    return kpi


def chosen(keys: Iterable[str]) -> tuple[Kpi, ...]:
    """Return the KPIs of these keys.

    Raises:
        UnknownKpiError: a key that the catalogue does not have.
    """
    keys = tuple(keys)
    if strange := sorted(set(keys) - CATALOGUE.keys()):
        raise UnknownKpiError(
            f"No KPI is called {', '.join(strange)}; "
            f"the catalogue has: {', '.join(sorted(CATALOGUE))}."
        )
    return tuple(CATALOGUE[key] for key in keys)
