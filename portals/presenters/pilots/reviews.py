"""A gate review as a page: verdicts, signatures, override, what it stands on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pilots.enums import GateAnswer, GateStep
from pilots.evidence import criteria_of
from pilots.forms import OverrideForm, SignatureForm
from pilots.gate import Criterion
from pilots.models import GateReview, GateVerdict
from pilots.reports.sentences import kpi_title
from pilots.services import override_offer, signing_offer, why_closed
from pilots.services.offers import next_step
from portals.navigation import here, link_here
from portals.presenters.audit import history_links
from portals.presenters.figures import figure_text, hash_text, moment_text
from portals.presenters.interval import Interval
from portals.presenters.pieces import Answer, Event, Link, Move, Task
from portals.presenters.pilots.kpis import trail_to
from portals.presenters.pilots.verdict import (
    bound_text,
    day_text,
    finite,
    interval_of,
    reason_words,
    review_card,
)
from portals.requests import actor


@dataclass(frozen=True)
class VerdictRow:
    """One criterion's verdict, ready to draw."""

    title: str
    url: str
    verdict: GateVerdict
    interval: Interval
    asked: str
    reasons: str
    coverage: str


def review_page(
    request: HttpRequest, review: GateReview, form: SignatureForm | None = None
) -> dict[str, Any]:
    """Return all of the page; `form` is one that was filled in wrongly."""
    user, pilot = actor(request), review.pilot
    offer = signing_offer(review, user)
    return {
        "title": _("Gate review %(code)s") % {"code": review.code},
        "trail": [*trail_to(request, pilot), Link(review.code)],
        "subtitle": " · ".join(
            [
                pilot.title,
                _("look %(number)s of %(on)s")
                % {"number": review.look.number, "on": day_text(review.look.on)},
            ]
        ),
        "is_demo": pilot.is_demo,
        "review": review,
        "card": review_card(review),
        "rows": verdict_rows(request, review),
        "steps": steps(review),
        "events": signature_events(review),
        "why_closed": why_closed(review),
        "offer": offer,
        "form": form or (_form(offer) if offer and not offer.objection else None),
        "sign_url": here(request, "gate_sign", review.code, offer.step)
        if offer
        else "",
        "actions": [
            *file_links(request, review),
            *history_links(request, review.code),
        ],
        "stands_on": stands_on(review),
        **override_box(request, review),
    }


def _form(offer: Any) -> SignatureForm:
    return SignatureForm(may_say_yes=offer.may_say_yes)


def verdict_rows(request: HttpRequest, review: GateReview) -> list[VerdictRow]:
    known = {each.kpi: each for each in criteria_of(review.pilot.contract)}
    return [
        _verdict_row(request, review, each, known[each.kpi])
        for each in review.verdicts.all()
        if each.kpi in known
    ]


def _verdict_row(
    request: HttpRequest, review: GateReview, verdict: GateVerdict, criterion: Criterion
) -> VerdictRow:
    told = (verdict.estimate, verdict.low, verdict.high)
    return VerdictRow(
        title=kpi_title(verdict.kpi),
        url=here(request, "gate_kpi", review.code, verdict.kpi),
        verdict=verdict,
        interval=interval_of(criterion, told, str(verdict.outcome)),
        asked=bound_text(criterion),
        reasons=reason_words(verdict.reasons, criterion.unit),
        coverage=figure_text(finite(verdict.coverage), "1"),
    )


def steps(review: GateReview) -> list[Task]:
    """List the three signatures; the next one says whose it is."""
    signed = {each.step: each for each in review.signatures.all()}
    waiting = next_step(review)
    return [
        Task(
            str(step.label),
            _step_status(signed.get(step), is_next=step == waiting),
            hint=_signed_words(signed[step]) if step in signed else asked_of(step),
            current=step == waiting,
        )
        for step in GateStep
    ]


def _step_status(signature: Any, *, is_next: bool) -> str:
    if signature is None:
        return "waiting" if is_next else "cannot_start"
    return "done" if signature.answer == GateAnswer.YES else "refused"


def _signed_words(signature: Any) -> str:
    return f"{signature.person} · {signature.get_answer_display()}"


def asked_of(step: GateStep) -> str:
    return {
        GateStep.RECOMMEND: pgettext("signs", "An institute's reviewer"),
        GateStep.DECIDE: pgettext("signs", "An official of the city"),
        GateStep.APPROVE: pgettext("signs", "A second official"),
    }[step]


def signature_events(review: GateReview) -> list[Event]:
    return [
        Event(
            each.signed_at,
            f"{each.person} · {each.person.organisation}",
            f"{each.get_step_display()}: {each.get_answer_display()}",
            each.reason,
            "good" if each.answer == GateAnswer.YES else "bad",
        )
        for each in reversed(list(review.signatures.all()))
    ]


def file_links(request: HttpRequest, review: GateReview) -> list[Link]:
    links = [
        Link(
            label,
            here(request, "gate_dossier", review.code, language),
            icon="download",
        )
        for label, language in (
            (_("Dossier (PDF, Chinese)"), "zh-hans"),
            (_("Dossier (PDF, English)"), "en"),
        )
    ]
    if review.evidence_sha256:
        url = here(request, "gate_evidence", review.code)
        links.append(Link(_("Evidence bundle (ZIP)"), url, icon="download"))
    return links


def stands_on(review: GateReview) -> list[Answer]:
    """Say what lets anyone compute the verdict again."""
    measured: Sequence[Any] = review.bundle.get("measurements", [])
    return [
        Answer(_("Digest of the criteria"), hash_text(review.criteria_digest)),
        Answer(_("Digest of the evidence"), hash_text(review.bundle_digest)),
        Answer(_("Evidence bundle, SHA-256"), hash_text(review.evidence_sha256)),
        Answer(_("Evidence bundle, size"), filesizeformat(review.evidence_bytes)),
        Answer(_("Engine version"), review.engine_version),
        Answer(_("Measurements kept"), len(measured)),
        Answer(_("Assessed"), moment_text(review.assessed_at)),
    ]


def override_box(request: HttpRequest, review: GateReview) -> dict[str, Any]:
    """Return the override there is, and this reader's part in one."""
    offer = override_offer(review, actor(request))
    override = getattr(review, "override", None)
    shown: dict[str, Any] = {"override": override}
    if offer is None:
        return shown
    if not offer.approves:
        url = link_here(request, "override_propose", review.code)
        return shown | {"override_form": OverrideForm(), "override_url": url}
    move = Move(
        _("Approve the override"),
        here(request, "override_approve", review.code),
        "outline-danger",
        confirm=_("It is published with both names, and unlocks the volume."),
        objection=offer.objection,
    )
    return shown | {"override_moves": [move]}
