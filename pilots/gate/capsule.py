"""A gate's evidence as JSON and back: integers and decimal strings, never a float."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from pilots.gate.terms import Comparator, Criterion, Day, Evidence, Law, Look, Roll


def criterion_json(criterion: Criterion) -> dict[str, Any]:
    return {
        "kpi": criterion.kpi,
        "law": str(criterion.law),
        "comparator": str(criterion.comparator),
        "minimum": str(criterion.minimum),
        "target": str(criterion.target),
        "coverage_min": str(criterion.coverage_min),
        "evidence_kind": criterion.evidence_kind,
        "unit": criterion.unit,
        "scale": str(criterion.scale),
        "disagreement_max": _told(criterion.disagreement_max),
        "mandatory": criterion.mandatory,
    }


def criterion_from(told: Mapping[str, Any]) -> Criterion:
    """Read a criterion as frozen; numbers are decimal strings or exact fractions.

    Raises:
        KeyError, ValueError: a term is missing or cannot be read.
    """
    return Criterion(
        kpi=told["kpi"],
        law=Law(told["law"]),
        comparator=Comparator(told["comparator"]),
        minimum=Fraction(told["minimum"]),
        target=Fraction(told["target"]),
        coverage_min=Fraction(told["coverage_min"]),
        evidence_kind=told["evidence_kind"],
        unit=told.get("unit", "1"),
        scale=Fraction(told.get("scale", 1)),
        disagreement_max=_fraction(told.get("disagreement_max")),
        mandatory=told.get("mandatory", True),
    )


def evidence_json(evidence: Evidence) -> dict[str, Any]:
    return {
        "kind": evidence.kind,
        "days": _days_json(evidence.days),
        "due_days": [on.isoformat() for on in evidence.due_days],
        "as_of": evidence.as_of.isoformat(),
        "fresh_on": evidence.fresh_on.isoformat() if evidence.fresh_on else None,
        "coverage": _told(evidence.coverage),
        "samples": evidence.samples,
        "robots": {
            code: _days_json(days) for code, days in sorted(evidence.robots.items())
        },
        "robots_due": evidence.robots_due,
        "roll": None if evidence.roll is None else _rolls_json(evidence.roll),
        "dirty": evidence.dirty,
        "disagreement": _told(evidence.disagreement),
    }


def evidence_from(told: Mapping[str, Any]) -> Evidence:
    fresh = told["fresh_on"]
    return Evidence(
        kind=told["kind"],
        days=_days_from(told["days"]),
        due_days=tuple(date.fromisoformat(on) for on in told["due_days"]),
        as_of=date.fromisoformat(told["as_of"]),
        fresh_on=date.fromisoformat(fresh) if fresh else None,
        coverage=_fraction(told["coverage"]),
        samples=told["samples"],
        robots={code: _days_from(days) for code, days in told["robots"].items()},
        robots_due=told["robots_due"],
        roll=_rolls_from(told.get("roll")),
        dirty=told["dirty"],
        disagreement=_fraction(told["disagreement"]),
    )


def looks_json(looks: Sequence[Look]) -> list[list[Any]]:
    return [[look.number, look.on.isoformat()] for look in looks]


def looks_from(told: Iterable[Sequence[Any]]) -> tuple[Look, ...]:
    return tuple(Look(number, date.fromisoformat(on)) for number, on in told)


def _days_json(days: Sequence[Day]) -> list[list[Any]]:
    return [[day.on.isoformat(), day.num, day.den, day.rows] for day in days]


def _days_from(told: Iterable[Sequence[Any]]) -> tuple[Day, ...]:
    return tuple(Day(date.fromisoformat(on), *integers) for on, *integers in told)


def _rolls_json(rolls: Sequence[Roll]) -> list[list[Any]]:
    return [[roll.on.isoformat(), roll.due, list(roll.heard)] for roll in rolls]


def _rolls_from(told: Iterable[Sequence[Any]] | None) -> tuple[Roll, ...] | None:
    if told is None:
        return None
    return tuple(
        Roll(date.fromisoformat(on), due, tuple(heard)) for on, due, heard in told
    )


def _told(value: Fraction | None) -> str | None:
    return None if value is None else str(value)


def _fraction(told: str | None) -> Fraction | None:
    return None if told is None else Fraction(told)
