"""People sign a gate review: recommend, decide, approve; or override a failed one."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.enums import Role
from accounts.errors import NotAllowedError
from accounts.models import User
from accounts.workflow import advance
from dispatch.enums import NoticeKind
from dispatch.services import post
from pilots.enums import GateAnswer, GateStep, PilotState
from pilots.errors import refusals
from pilots.models import GateOverride, GateReview, GateSignature
from pilots.services.bundles import refuse_without_bundle
from pilots.services.dossiers import ask_dossiers
from pilots.services.hands import check_official
from pilots.workflow import TRANSITIONS, first_review


def recommend(
    *, review: GateReview, answer: GateAnswer, reason: str, by: User
) -> GateSignature:
    """Sign as the institute's reviewer; the city's officials are told."""
    signature = _sign(review, GateStep.RECOMMEND, (answer, reason), by)
    post(review.city, NoticeKind.GATE_TO_DECIDE, subject=review.pilot)
    return signature


def decide(
    *, review: GateReview, answer: GateAnswer, reason: str, by: User
) -> GateSignature:
    """Sign as the official in charge; a second official is asked."""
    signature = _sign(review, GateStep.DECIDE, (answer, reason), by)
    post(review.city, NoticeKind.GATE_TO_APPROVE, subject=review.pilot)
    return signature


@transaction.atomic
def approve(
    *, review: GateReview, answer: GateAnswer, reason: str, by: User
) -> GateSignature:
    """Sign as the second official; with this the pilot is promoted or refused."""
    signature = _sign(review, GateStep.APPROVE, (answer, reason), by)
    pilot = review.pilot
    if review.gate.stage == 1 and pilot.state == PilotState.IN_REVIEW:
        newest = first_review(pilot)
        unlocks = newest is not None and newest.unlocks
        target = PilotState.PROMOTED if unlocks else PilotState.REFUSED
        advance(TRANSITIONS, pilot, target, by=by, reason=reason)
    for side in (pilot.vendor, pilot.city):
        post(side, NoticeKind.GATE_DECIDED, subject=pilot)
    return signature


@transaction.atomic
def propose_override(*, review: GateReview, reason: str, by: User) -> GateOverride:
    """Propose volume in spite of a failed gate."""
    check_official(review.city, by)
    with refusals(NotAllowedError):
        override = GateOverride.objects.create(
            review=review, reason=reason.strip(), proposed_by=by
        )
    audit.record(review, "override proposed", by=by, reason=reason)
    ask_dossiers(review)
    post(review.city, NoticeKind.GATE_TO_APPROVE, subject=review.pilot)
    return override


@transaction.atomic
def approve_override(*, override: GateOverride, by: User) -> GateOverride:
    """Approve an override as the second official; it is public from here on."""
    check_official(override.review.city, by)
    override.approved_by, override.published_at = by, timezone.now()
    with refusals(NotAllowedError):
        override.save(update_fields=["approved_by", "published_at"])
    review = override.review
    audit.record(review, "override published", by=by, reason=override.reason)
    ask_dossiers(review)
    pilot = review.pilot
    if pilot.state in {PilotState.IN_REVIEW, PilotState.REFUSED}:
        advance(TRANSITIONS, pilot, PilotState.PROMOTED, by=by, reason=override.reason)
    post(pilot.vendor, NoticeKind.GATE_DECIDED, subject=pilot)
    return override


@transaction.atomic
def _sign(
    review: GateReview, step: GateStep, words: tuple[GateAnswer, str], by: User
) -> GateSignature:
    _check_step(review, step, by)
    refuse_without_bundle(review)
    answer, reason = words
    with refusals(NotAllowedError):
        signature = GateSignature.objects.create(
            review=review,
            step=step,
            person=by,
            answer=answer,
            reason=reason.strip(),
        )
    audit.record(
        review,
        f"gate {step}",
        by=by,
        answer=str(answer),
        reason=reason,
        bundle_digest=review.bundle_digest,
        evidence_sha256=review.evidence_sha256,
    )
    ask_dossiers(review)
    return signature


def _check_step(review: GateReview, step: GateStep, by: User) -> None:
    if step != GateStep.RECOMMEND:
        check_official(review.city, by)
    elif by.role != Role.REVIEWER:
        raise NotAllowedError(_("An institute's reviewer recommends."))
