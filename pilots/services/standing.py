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
from pilots.gate import Criterion, Evidence, Outcome, Overall, Reason, assess, capsule
from pilots.models import Gate, GateLook, GateReview, Pilot
from pilots.services.city_figures import live_figures
from pilots.services.gates import Weighed, criteria, current_gate, latest_review
from robot_bridge.telemetry import Window


@dataclass(frozen=True, slots=True)
class GateState:
    """How a gate stands today; a verdict here is a preview and decides nothing.

    Before the first day of a gate, `coming` is that gate, and all else tells of the
    gate before it as its newest review found it; of no gate before the first one.
    """

    gate: Gate
    as_of: date
    next_look: GateLook | None
    review: GateReview | None
    kpis: tuple[Weighed, ...]
    overall: Overall
    coming: Gate | None = None


def gate_state(pilot: Pilot, *, now: datetime | None = None) -> GateState:
    """Say how the current gate stands, from live states; nothing is kept."""
    gate = current_gate(pilot)
    at = now or timezone.now()
    today = timezone.localdate(at, timezone=pilot.timezone)
    coming = gate if today < gate.starts_on else None
    if coming and (review := review_before(coming)):
        return _as_found(review, coming)
    yesterday = today - timedelta(days=1)
    as_of = min(max(yesterday, gate.starts_on), gate.ends_on, today)
    scope = gathering.scope_of(gate, as_of)
    until = Window(
        scope.window.start_us,
        max(scope.window.end_us, gathering.microseconds(at)),
    )
    figures = live_figures(scope, until)
    measured = gathering.Measured(fleet=figures, robots={})
    dirty = kpis.is_dirty(scope.robots, scope.window)
    heard = _heard_from(scope)
    known = gathering.known_live(scope)
    weighed = tuple(
        _preview(
            told,
            criterion,
            scope,
            gathering.with_presence(
                gathering.evidence_of(scope, told, measured, known, dirty=dirty),
                scope,
                heard,
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
        coming=coming,
    )


def review_before(gate: Gate) -> GateReview | None:
    """Return the newest review of the gates before one."""
    former = GateReview.objects.filter(
        gate__pilot=gate.pilot_id, gate__stage__lt=gate.stage
    )
    newest = former.select_related("gate__pilot", "look")
    found: GateReview | None = newest.order_by("-gate__stage", "-look__number").first()
    return found


def review_shown(pilot: Pilot) -> GateReview | None:
    """Return the review that stands in for a gate whose first day is to come."""
    gate = current_gate(pilot)
    coming = timezone.localdate(timezone=pilot.timezone) < gate.starts_on
    return review_before(gate) if coming else None


def _as_found(review: GateReview, coming: Gate) -> GateState:
    """Say a gate as its review found it, from the review's own integers."""
    scope = gathering.scope_of(review.gate, review.look.on)
    figures = live_figures(scope, scope.window)
    reasons = tuple(Reason(code, facts) for code, facts in review.reasons)
    return GateState(
        gate=review.gate,
        as_of=review.look.on,
        next_look=None,
        review=review,
        kpis=tuple(_judged(told, figures) for told in review.bundle.get("kpis", [])),
        overall=Overall(Outcome(review.outcome), reasons, review.earliest_on),
        coming=coming,
    )


def _judged(told: Mapping[str, Any], figures: Mapping[str, Figure]) -> Weighed:
    criterion = capsule.criterion_from(told["criterion"])
    evidence = capsule.evidence_from(told["evidence"])
    looks = capsule.looks_from(told["looks"])
    verdict = assess(criterion, evidence, looks)
    figure = figures[criterion.kpi]
    return Weighed(told["criterion"], criterion, evidence, looks, figure, verdict)


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
