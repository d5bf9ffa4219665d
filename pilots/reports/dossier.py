"""The gate dossier: a review with all that it stands on, as one PDF."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kpis import services as kpis
from pilots.enums import GateOutcome, GateStep
from pilots.gate import Criterion, Day, capsule
from pilots.models import GateReview, GateSignature, GateVerdict
from pilots.reports.figures import Interval, interval_svg
from pilots.reports.pdf import pdf_of
from pilots.reports.sentences import bound, figure, kpi_title, sentence
from pilots.reports.verdicts import plain_verdict
from robot_bridge.telemetry import SECOND_US, Window


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """One criterion as the dossier tells it; texts are in the reader's language."""

    title: str
    kpi: str
    outcome: str
    outcome_label: str
    asked: str
    target: str
    estimate: str
    interval: str
    drawing: SafeString
    coverage: str
    reasons: tuple[str, ...]
    num: int
    den: int
    definition_digest: str
    decided_on: date | None
    earliest_on: date | None
    decides: bool
    days: tuple[Day, ...]


@dataclass(frozen=True, slots=True)
class SignatureRow:
    step: str
    person: str
    house: str
    answer: str
    reason: str
    signed_at: datetime | None


@dataclass(frozen=True, slots=True)
class DeploymentRow:
    """A robot's time in the pilot; `software`: its versions, oldest first."""

    robot: str
    software: str
    start_at: datetime
    end_at: datetime | None


def gate_dossier(review: GateReview, language: str) -> bytes:
    """Return the dossier of a review as a tagged PDF, in zh-hans or en.

    Raises:
        PdfUnavailableError: a library or font is missing, or it is too large.
    """
    return pdf_of(dossier_html(review, language))


def dossier_html(review: GateReview, language: str) -> str:
    with translation.override(language):
        return render_to_string("reports/gate_dossier.html", dossier(review, language))


def dossier(review: GateReview, language: str) -> dict[str, Any]:
    """Gather what the dossier tells; figures come from the review's own bundle."""
    pilot = review.pilot
    told = {each["criterion"]["kpi"]: each for each in review.bundle.get("kpis", [])}
    return {
        "language": "zh-Hans" if language.startswith("zh") else "en",
        "review": review,
        "pilot": pilot,
        "contract": pilot.contract,
        "site": pilot.site,
        "zone": ZoneInfo(pilot.site.timezone),
        "outcome": GateOutcome(review.outcome).label,
        "reasons": [sentence(code, facts) for code, facts in review.reasons],
        "rows": [
            criterion_row(verdict, told[verdict.kpi])
            for verdict in review.verdicts.all()
            if verdict.kpi in told
        ],
        "signatures": signature_rows(review),
        "override": getattr(review, "override", None),
        "deployments": deployment_rows(review),
        "exclusions": pilot.exclusions.all().counting(),
        "measurements": review.bundle.get("measurements", []),
    }


def criterion_row(verdict: GateVerdict, told: Mapping[str, Any]) -> CriterionRow:
    """Say a verdict in words and as a drawing."""
    criterion = capsule.criterion_from(told["criterion"])
    evidence = capsule.evidence_from(told["evidence"])
    unit = criterion.unit
    interval = _("%(low)s to %(high)s") % {
        "low": figure(verdict.low, unit),
        "high": figure(verdict.high, unit),
    }
    return CriterionRow(
        title=kpi_title(verdict.kpi),
        kpi=verdict.kpi,
        outcome=verdict.outcome,
        outcome_label=str(GateOutcome(verdict.outcome).label),
        asked=bound(criterion),
        target=figure(criterion.target, unit),
        estimate=figure(verdict.estimate, unit),
        interval=interval,
        drawing=draw(verdict, criterion),
        coverage=figure(verdict.coverage, "1"),
        reasons=(
            plain_verdict(
                criterion, verdict.outcome, verdict.estimate, verdict.earliest_on
            ),
            *(sentence(code, facts, unit) for code, facts in verdict.reasons),
        ),
        num=verdict.num,
        den=verdict.den,
        definition_digest=told["definition_digest"],
        decided_on=verdict.decided_on,
        earliest_on=verdict.earliest_on,
        decides=verdict.decides,
        days=evidence.days,
    )


def draw(verdict: GateVerdict, criterion: Criterion) -> SafeString:
    """Draw one verdict's interval; the label carries the same in words."""
    unit = criterion.unit
    label = _(
        "%(kpi)s: estimate %(estimate)s, interval %(low)s to %(high)s, asked %(asked)s"
    ) % {
        "kpi": kpi_title(verdict.kpi),
        "estimate": figure(verdict.estimate, unit),
        "low": figure(verdict.low, unit),
        "high": figure(verdict.high, unit),
        "asked": bound(criterion),
    }
    interval = Interval(
        verdict.estimate,
        verdict.low,
        verdict.high,
        float(criterion.minimum),
        float(criterion.target),
    )
    return interval_svg(interval, verdict.outcome, label)


def deployment_rows(review: GateReview) -> list[DeploymentRow]:
    """Say when each robot worked, and on which software, as it told up to the look."""
    pilot = review.pilot
    close_at = pilot.midnight(review.look.on + timedelta(days=1))
    rows = []
    for each in pilot.deployments.select_related("robot", "span"):
        end_at = min(each.end_at or close_at, close_at)
        told = kpis.software_runs(
            robots=[each.robot_id],
            window=Window(
                _whole_us(each.start_at), _whole_us(max(each.start_at, end_at))
            ),
            evidence=pilot.contract.evidence_kind,
        )
        versions = dict.fromkeys(run.software for run in told)
        if each.span and not versions:
            versions = dict.fromkeys([each.span.software])
        robot = str(each.robot)
        software = " → ".join(versions)
        rows.append(DeploymentRow(robot, software, each.start_at, each.end_at))
    return rows


def _whole_us(at: datetime) -> int:
    return int(at.timestamp()) * SECOND_US


def signature_rows(review: GateReview) -> list[SignatureRow]:
    """Return the three steps in order, signed or not."""
    signed = {
        each.step: each
        for each in review.signatures.select_related("person__organisation")
    }
    return [_signature_row(step, signed.get(step)) for step in GateStep]


def _signature_row(step: GateStep, signature: GateSignature | None) -> SignatureRow:
    if signature is None:
        return SignatureRow(str(step.label), "", "", "", "", None)
    return SignatureRow(
        str(step.label),
        signature.person.name,
        signature.person.organisation.name,
        signature.get_answer_display(),
        signature.reason,
        signature.signed_at,
    )
