"""What a bundle tells beside its rows: terms, definitions, scope and verdict.

Integers, texts and lists only; a float is told as the text Python reads it back from.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from django.utils.translation import gettext as _

from kpis.engine.definition import ENGINE_VERSION, Kpi, definition_as_json
from kpis.engine.figures import Figure
from pilots.errors import NotMeasuredYetError
from pilots.evidence import EXCLUSIONS_CAP, Scope, microseconds
from pilots.gate import (
    Criterion,
    Evidence,
    Look,
    LookReading,
    Overall,
    Reason,
    Verdict,
    capsule,
)
from pilots.models import GateLook
from robot_bridge.models import DeploymentSpan


@dataclass(frozen=True, slots=True)
class Weighed:
    """One criterion, what was measured for it, and what that comes to."""

    told: Mapping[str, Any]
    criterion: Criterion
    evidence: Evidence
    looks: tuple[Look, ...]
    figure: Figure
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Finding:
    """A look that was read, before it is written down."""

    code: str  # of the review to be
    look: GateLook
    scope: Scope
    weighed: Sequence[Weighed]
    together: Overall


Days = Mapping[str, Mapping[str, tuple[int, int, int]]]


@dataclass(frozen=True, slots=True)
class Counted:
    """The integers of integers.parquet added up: by KPI, of the fleet by day."""

    fleet: Days
    whole: Days  # had nothing been excluded


def counted_in(path: Path) -> Counted:
    fleet: dict[str, dict[str, list[int]]] = defaultdict(dict)
    whole: dict[str, dict[str, list[int]]] = defaultdict(dict)
    for row in pq.read_table(path).to_pylist():
        for days, prefix in ((fleet, ""), (whole, "all_")):
            if row[f"{prefix}den"] is None:
                continue
            day = days[row["kpi"]].setdefault(row["day"], [0, 0, 0])
            for place, name in enumerate(("num", "den", "rows")):
                day[place] += row[f"{prefix}{name}"]
    return Counted(_frozen(fleet), _frozen(whole))


def _frozen(days: dict[str, dict[str, list[int]]]) -> Days:
    return {
        kpi: {day: (each[0], each[1], each[2]) for day, each in own.items()}
        for kpi, own in days.items()
    }


def refuse_other_integers(finding: Finding, counted: Counted) -> None:
    """Refuse to bundle rows whose integers are not those the verdict was found on."""
    as_of = finding.scope.as_of.isoformat()
    for each in finding.weighed:
        weighed = {
            day.on.isoformat(): (day.num, day.den, day.rows)
            for day in each.evidence.days
        }
        days = counted.fleet.get(each.criterion.kpi, {})
        if {day: told for day, told in days.items() if day <= as_of} != weighed:
            raise NotMeasuredYetError(
                _("New data came while the gate was assessed; it is assessed again.")
            )


def documents(
    finding: Finding, kpis: Sequence[Kpi], counted: Counted
) -> dict[str, Any]:
    gate = finding.look.gate
    contract = gate.pilot.contract
    return {
        "contract": {
            "code": contract.code,
            "criteria": contract.criteria,
            "criteria_digest": contract.criteria_digest,
            "evidence_kind": contract.evidence_kind,
            "robots": contract.robots,
        },
        "definitions": [
            definition_as_json(kpi) | {"digest": kpi.digest} for kpi in kpis
        ],
        "scope": _scope(finding),
        "verdict": _verdict(finding, counted),
    }


def _scope(finding: Finding) -> dict[str, Any]:
    scope, gate = finding.scope, finding.look.gate
    return {
        "pilot": gate.pilot.code,
        "stage": gate.stage,
        "starts_on": gate.starts_on.isoformat(),
        "ends_on": gate.ends_on.isoformat(),
        "look": [finding.look.number, finding.look.on.isoformat()],
        "looks": capsule.looks_json(scope.looks),
        "window": [scope.window.start_us, scope.window.end_us],
        "evidence": scope.evidence_kind,
        "robots": [[robot_id, code] for robot_id, code in sorted(scope.robots.items())],
        "duty": scope.duty.as_json(),
        "contracted": scope.contracted,
        "arrived": [on.isoformat() for on in scope.arrived],
        "exclusions_cap": str(EXCLUSIONS_CAP),
        "software": [
            [
                scope.robots[each.robot_id],
                each.software,
                microseconds(each.start_at),
                microseconds(each.end_at) if each.end_at else None,
            ]
            for each in DeploymentSpan.objects.filter(robot__in=scope.robots)
        ],
    }


def _verdict(finding: Finding, counted: Counted) -> dict[str, Any]:
    return {
        "review": finding.code,
        "outcome": str(finding.together.outcome),
        "reasons": _reasons(finding.together.reasons),
        "kpis": [_of_kpi(finding.scope, each, counted) for each in finding.weighed],
        "engine_version": ENGINE_VERSION,
    }


def _of_kpi(scope: Scope, each: Weighed, counted: Counted) -> dict[str, Any]:
    verdict, kpi = each.verdict, each.criterion.kpi
    as_of = scope.as_of.isoformat()
    return {
        "kpi": kpi,
        "decides": verdict.decides,
        "outcome": str(verdict.outcome),
        "reasons": _reasons(verdict.reasons),
        "num": verdict.num,
        "den": verdict.den,
        "value": _pair(counted.fleet.get(kpi, {}), as_of),
        "unexcluded": _pair(counted.whole.get(kpi, {}), as_of),
        "coverage": _text(each.evidence.coverage),
        "decided_at": verdict.look.number if verdict.look else None,
        "readings": [_reading(told) for told in verdict.readings],
    }


def _pair(days: Mapping[str, tuple[int, int, int]], as_of: str) -> list[int]:
    """Add up the days up to the look: what is divided, and by what."""
    told = [each for day, each in days.items() if day <= as_of]
    return [sum(each[0] for each in told), sum(each[1] for each in told)]


def _reading(told: LookReading) -> dict[str, Any]:
    reading = told.reading
    floats = ("estimate", "low", "high", "statistic", "critical", "autocorrelation")
    return {
        "look": told.look.number,
        "on": told.look.on.isoformat(),
        "finding": str(reading.finding),
        "reason": reading.reason,
        "days": reading.days,
        "method": reading.method,
        **{name: _text(getattr(reading, name)) for name in floats},
    }


def _reasons(reasons: Sequence[Reason]) -> list[list[Any]]:
    return [
        [
            reason.code,
            {
                name: _text(fact) if isinstance(fact, float) else fact
                for name, fact in reason.facts.items()
            },
        ]
        for reason in reasons
    ]


def _text(value: float | Fraction | None) -> str | None:
    if value is None:
        return None
    return str(value) if isinstance(value, Fraction) else repr(float(value))
