"""A gate is assessed at its looks, and shown as it stands in between."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.enums import Role
from accounts.errors import DomainError
from accounts.models import User
from accounts.services import clock
from accounts.workflow import advance
from dispatch.enums import JobKind, NoticeKind
from dispatch.models import Job
from dispatch.services import enqueue, post
from kpis import services as kpis
from kpis.engine.definition import ENGINE_VERSION
from kpis.engine.figures import Figure
from kpis.models import Measurement
from pilots import evidence as gathering
from pilots import gate as weighing
from pilots.enums import GateOutcome, PilotState
from pilots.errors import NotMeasuredYetError, refusals
from pilots.gate import Criterion, Reason, capsule
from pilots.models import Gate, GateLook, GateReview, GateVerdict, Pilot
from pilots.models.gate import review_code
from pilots.services.alone import Reading, alone
from pilots.services.bundles import Kept, keep_bundle
from pilots.services.documents import Finding, Weighed
from pilots.services.dossiers import ask_dossiers
from pilots.services.hands import check_official
from pilots.workflow import TRANSITIONS, gate_has_come_to_an_end
from procurement import sealing
from robot_bridge.services import open_spool

# Robots have this long after a look's day to hand in what they kept.
GRACE: Final = timedelta(hours=1)
# A segment in the spool older than this means that the settler is behind.
SPOOL_LAG_S: Final = 3.0


def current_gate(pilot: Pilot) -> Gate:
    """Return the newest gate registered; a stage opens when the one before ordered."""
    newest: Gate = pilot.gates.order_by("-stage")[0]
    return newest


def latest_review(gate: Gate) -> GateReview | None:
    newest = gate.reviews.defer("bundle").order_by("-look__number")
    found: GateReview | None = newest.first()
    return found


def looks_due(pilot: Pilot, *, grace: timedelta = GRACE) -> list[GateLook]:
    """Return the closed looks of the current gate that nobody has read yet."""
    gate = current_gate(pilot)
    if gate.reviews.deciding().exists():
        return []
    read = latest_review(gate)
    today = timezone.localdate(timezone.now() - grace, timezone=pilot.timezone)
    looks = gate.looks.filter(on__lt=today).order_by("number")
    return list(looks.filter(number__gt=read.look.number) if read else looks)


def assess_gate(*, pilot: Pilot) -> GateReview | None:
    """Read every closed look not read yet, in order, until one decides.

    Returns the newest review, or None while no look has closed.

    Raises:
        UnavailableError: what was received has not reached the lake yet; try again.
    """
    with alone(Reading.LOOKS, pilot) as is_alone:
        looks = looks_due(pilot, grace=timedelta(0)) if is_alone else []
        if looks:
            refuse_backlog()
            _assess_looks(pilot, looks)
    move_into_review(pilot)
    return latest_review(current_gate(pilot))


@transaction.atomic
def ask_assessment(*, pilot: Pilot, by: User) -> None:
    """Have the closed looks read now, in the background, instead of at the next tick.

    Raises:
        DomainError: no look has closed that was not read.
    """
    check_official(pilot.city, by)
    if not looks_due(pilot, grace=timedelta(0)):
        raise DomainError(_("No look has closed that was not read yet."))
    enqueue("pilots.assess_gate", pilot_id=pilot.pk)
    audit.record(pilot, "assessment asked for", by=by)


def refuse_backlog() -> None:
    """Refuse while messages wait in the spool longer than a moment.

    Raises:
        NotMeasuredYetError: the settler is behind.
    """
    now = timezone.now().timestamp()
    waiting = open_spool().segments()
    if any(now - _sealed_at(segment.path) > SPOOL_LAG_S for segment in waiting):
        raise NotMeasuredYetError(
            _("What was received is still being stored; try again in a moment.")
        )


def _sealed_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # settled meanwhile
        return float("inf")


def _refuse_past_under_way(pilot: Pilot) -> None:
    """Refuse while a pilot's past is being sent, or some of it waits in the spool."""
    past = Job.objects.filter(
        kind=JobKind.FAST_FORWARD,
        subject_type=Pilot._meta.label,
        subject_code=pilot.code,
    ).first()
    if past is None:
        return
    sent_at = past.finished_at
    if sent_at is None or any(
        _sealed_at(segment.path) <= sent_at.timestamp()
        for segment in open_spool().segments()
    ):
        raise NotMeasuredYetError(
            _("What was received is still being stored; try again in a moment.")
        )


def move_into_review(pilot: Pilot) -> None:
    """Hand a pilot to its signatories once its gate is decided or has ended."""
    pilot.refresh_from_db(fields=["state"])
    if pilot.state != PilotState.RUNNING or gate_has_come_to_an_end(pilot):
        return
    with transaction.atomic():
        advance(TRANSITIONS, pilot, PilotState.IN_REVIEW, by=clock())
        reviewers = User.objects.filter(
            pk__in=pilot.assignments.values("reviewer"), role=Role.REVIEWER
        )
        post(reviewers, NoticeKind.GATE_TO_RECOMMEND, subject=pilot)


def _assess_looks(pilot: Pilot, looks: Sequence[GateLook]) -> None:
    """Measure once up to the last look; each look reads the days before it."""
    _refuse_past_under_way(looks[-1].gate.pilot)
    scope = gathering.scope_of(looks[-1].gate, looks[-1].on)
    if kpis.is_dirty(scope.robots, scope.window):
        raise NotMeasuredYetError(
            _("Late data is still being worked in; assess again in a moment.")
        )
    fleet = kpis.measure_fleet(
        robots=scope.robots,
        window=scope.window,
        kpis=gathering.kpis_of(pilot.contract),
        evidence=scope.evidence_kind,
        duty=scope.duty,
    )
    measured = gathering.Measured(
        fleet=_figures(pilot, fleet.pooled),
        robots={robot: _figures(pilot, each) for robot, each in fleet.alone.items()},
    )
    for look in looks:
        review = _assess_look(look, measured, fleet)
        if review.outcome != GateOutcome.NOT_ENOUGH_EVIDENCE:
            break


def _figures(pilot: Pilot, measurement: Measurement) -> dict[str, Figure]:
    kpis = gathering.kpis_of(pilot.contract)
    return {kpi.key: measurement.figure(kpi.key) for kpi in kpis}


def _assess_look(
    look: GateLook,
    measured: gathering.Measured,
    fleet: kpis.Fleet,
) -> GateReview:
    pilot = look.gate.pilot
    scope = gathering.scope_of(look.gate, look.on)
    weighed = [
        _weigh(told, criterion, scope, measured) for told, criterion in criteria(pilot)
    ]
    together = weighing.overall(
        [each.verdict for each in weighed],
        blocking=gathering.exclusions_over_cap(scope),
        voiding=gathering.objections_to(pilot.contract),
    )
    finding = Finding(review_code(), look, scope, weighed, together)
    measurements = [fleet.pooled, *fleet.alone.values()]
    told = _bundle(pilot, look, weighed, measurements)
    return _keep(finding, told, keep_bundle(finding, fleet))


def criteria(pilot: Pilot) -> list[tuple[Mapping[str, Any], Criterion]]:
    contract = pilot.contract
    return list(zip(contract.criteria, gathering.criteria_of(contract), strict=True))


def _weigh(
    told: Mapping[str, Any],
    criterion: Criterion,
    scope: gathering.Scope,
    measured: gathering.Measured,
) -> Weighed:
    known = gathering.known_of(measured.robots)
    evidence = gathering.evidence_of(scope, told, measured, known, dirty=False)
    looks = gathering.looks_of(scope, told)
    verdict = weighing.assess(criterion, evidence, looks)
    figure = measured.fleet[criterion.kpi]
    return Weighed(told, criterion, evidence, looks, figure, verdict)


def _bundle(
    pilot: Pilot,
    look: GateLook,
    weighed: Sequence[Weighed],
    measurements: Sequence[Measurement],
) -> dict[str, Any]:
    """Gather all a verdict stands on; integers and texts, so that it has one digest."""
    return {
        "format": 1,
        "pilot": pilot.code,
        "contract": pilot.contract.code,
        "stage": look.gate.stage,
        "look": [look.number, look.on.isoformat()],
        "criteria": pilot.contract.criteria,
        "criteria_digest": pilot.contract.criteria_digest,
        "engine_version": ENGINE_VERSION,
        "measurements": [[each.code, each.digest] for each in measurements],
        "kpis": [
            {
                "criterion": capsule.criterion_json(each.criterion),
                "looks": capsule.looks_json(each.looks),
                "evidence": capsule.evidence_json(each.evidence),
                "outcome": str(each.verdict.outcome),
                "definition_digest": each.figure.definition_digest,
            }
            for each in weighed
        ],
    }


@transaction.atomic
def _keep(finding: Finding, bundle: dict[str, Any], evidence: Kept) -> GateReview:
    look, together = finding.look, finding.together
    pilot = look.gate.pilot
    Gate.objects.select_for_update().get(pk=look.gate_id)
    if read := GateReview.objects.filter(look=look).first():
        return read
    with refusals():
        review = GateReview.objects.create(
            code=finding.code,
            gate=look.gate,
            look=look,
            outcome=str(together.outcome),
            reasons=_reasons(together.reasons),
            earliest_on=together.earliest_on,
            criteria_digest=pilot.contract.criteria_digest,
            criteria_count=len(finding.weighed),
            bundle=bundle,
            bundle_digest=sealing.digest(bundle),
            evidence_sha256=evidence.sha256,
            evidence_bytes=evidence.size,
            engine_version=ENGINE_VERSION,
        )
        for number, each in enumerate(finding.weighed, start=1):
            _keep_verdict(review, number, each)
    audit.record(
        review,
        "assessed",
        by=clock(),
        outcome=review.outcome,
        look=look.number,
        bundle_digest=review.bundle_digest,
        evidence_sha256=review.evidence_sha256,
    )
    if review.outcome != GateOutcome.NOT_ENOUGH_EVIDENCE:
        ask_dossiers(review)  # of the rest, who opens one asks for it
    post([*_followers(pilot)], NoticeKind.GATE_ASSESSED, subject=pilot, email=False)
    return review


def _followers(pilot: Pilot) -> list[User]:
    houses = [pilot.contract.city_id, pilot.contract.vendor_id]
    people = User.objects.filter(organisation__in=houses, is_active=True)
    return list(people.exclude(role=Role.AUDITOR))


def _keep_verdict(review: GateReview, number: int, each: Weighed) -> None:
    verdict = each.verdict
    coverage = each.evidence.coverage
    GateVerdict.objects.create(
        review=review,
        number=number,
        kpi=each.criterion.kpi,
        decides=verdict.decides,
        outcome=str(verdict.outcome),
        reasons=_reasons(verdict.reasons),
        num=verdict.num,
        den=verdict.den,
        estimate=_finite(verdict.estimate),
        low=_finite(verdict.low),
        high=_finite(verdict.high),
        coverage=None if coverage is None else float(coverage),
        decided_on=verdict.look.on if verdict.look else None,
        earliest_on=verdict.earliest_on,
    )


def _reasons(reasons: Sequence[Reason]) -> list[list[Any]]:
    return [
        [
            reason.code,
            {
                key: _finite(value) if isinstance(value, float) else value
                for key, value in reason.facts.items()
            },
        ]
        for reason in reasons
    ]


def _finite(value: float | None) -> float | None:
    """Leave out what JSON and a column cannot say: no limit at all."""
    return None if value is None or value in {float("inf"), float("-inf")} else value
