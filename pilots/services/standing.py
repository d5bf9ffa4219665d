"""How a gate stands today, for pages: fresh, from states, deciding nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from kpis import services as kpis
from kpis.engine.figures import Figure
from kpis.models import Watermark
from pilots import evidence as gathering
from pilots import gate as weighing
from pilots.gate import Criterion, Evidence, Overall
from pilots.models import Gate, GateLook, GateReview, Pilot
from pilots.services.gates import Weighed, criteria, current_gate, latest_review
from robot_bridge.telemetry import Window


@dataclass(frozen=True, slots=True)
class GateState:
    """How a gate stands today; a verdict here is a preview and decides nothing."""

    gate: Gate
    as_of: date
    next_look: GateLook | None
    review: GateReview | None
    kpis: tuple[Weighed, ...]
    overall: Overall


def gate_state(pilot: Pilot, *, now: datetime | None = None) -> GateState:
    """Say how the current gate stands, from live states; nothing is kept."""
    gate = current_gate(pilot)
    at = now or timezone.now()
    today = timezone.localdate(at, timezone=pilot.timezone)
    as_of = min(max(today - timedelta(days=1), gate.starts_on), gate.ends_on)
    scope = gathering.scope_of(gate, as_of)
    until = Window(
        scope.window.start_us,
        max(scope.window.end_us, gathering.microseconds(at)),
    )
    figures = kpis.compute(
        robots=list(scope.robots),
        window=until,
        kpis=gathering.kpis_of(pilot.contract),
        evidence=scope.evidence_kind,
        duty=scope.duty,
    )
    measured = gathering.Measured(fleet=figures, robots={})
    dirty = kpis.is_dirty(scope.robots, scope.window)
    heard = _heard_from(scope)
    weighed = tuple(
        _preview(
            told,
            criterion,
            scope,
            gathering.with_presence(
                gathering.evidence_of(scope, told, measured, dirty=dirty), scope, heard
            ),
            figures[criterion.kpi],
        )
        for told, criterion in criteria(pilot)
    )
    return GateState(
        gate=gate,
        as_of=as_of,
        next_look=gate.looks.filter(on__gte=today).order_by("number").first(),
        review=latest_review(gate),
        kpis=weighed,
        overall=weighing.overall(
            [each.verdict for each in weighed],
            blocking=gathering.exclusions_over_cap(scope),
            voiding=gathering.objections_to(pilot.contract),
        ),
    )


def _preview(
    told: Mapping[str, Any],
    criterion: Criterion,
    scope: gathering.Scope,
    evidence: Evidence,
    figure: Figure,
) -> Weighed:
    looks = gathering.looks_of(scope, told)
    verdict = weighing.preview(criterion, evidence, looks)
    return Weighed(told, criterion, evidence, looks, figure, verdict)


def _heard_from(scope: gathering.Scope) -> set[int]:
    seen = Watermark.objects.of(scope.robots, scope.evidence_kind)
    return set(seen.values_list("robot_id", flat=True))
