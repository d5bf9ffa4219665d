"""Where a gate stands, said in words and numbers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from math import isfinite
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pilots.enums import GateOutcome
from pilots.evidence import criteria_of
from pilots.gate import Criterion
from pilots.models import GateReview
from pilots.reports.sentences import kpi_title, sentence
from pilots.services import GateState
from pilots.services.gates import Weighed
from portals.presenters.figures import figure_text
from portals.presenters.interval import Interval

OPEN = GateOutcome.NOT_ENOUGH_EVIDENCE


@dataclass(frozen=True)
class Card:
    """What components/verdict.html draws."""

    status: str
    title: str
    summary: str
    reasons: Sequence[str] = field(default_factory=tuple)
    url: str = ""


def gate_words(stage: int, quantity: int) -> str:
    return _("Volume gate %(stage)s, for %(robots)s") % {
        "stage": stage,
        "robots": robots_words(quantity),
    }


def robots_words(quantity: int) -> str:
    return ngettext("%(n)s robot", "%(n)s robots", quantity) % {"n": f"{quantity:,}"}


def bound_text(criterion: Criterion) -> str:
    """Say what a criterion asks for, as in "at least 95 %"."""
    value = figure_text(float(criterion.minimum), criterion.unit)
    if criterion.comparator == "at_least":
        return _("at least %(value)s") % {"value": value}
    return _("at most %(value)s") % {"value": value}


def finite(value: float | None) -> float | None:
    """Leave out what cannot be drawn: no limit at all."""
    return value if value is not None and isfinite(value) else None


def interval_of(
    criterion: Criterion,
    told: tuple[float | None, float | None, float | None],
    out: str,
) -> Interval:
    """Shape estimate, lower and upper limit into a bar."""
    estimate, low, high = (finite(each) for each in told)
    return Interval(
        title=kpi_title(criterion.kpi),
        unit=criterion.unit,
        minimum=float(criterion.minimum),
        better="higher" if criterion.comparator == "at_least" else "lower",
        estimate=estimate,
        low=low,
        high=high,
        target=float(criterion.target),
        outcome=out,
    )


def live_card(state: GateState) -> Card:
    """Say where the gate stands: as it was decided, else as the days so far have it.

    Only a registered look decides, so that a preview never reads as a pass.
    """
    review = state.review
    if review is not None and (state.coming or review.outcome != OPEN):
        card = review_card(review)
        return replace(card, summary=" ".join([card.summary, *_begins(state)]))
    blocking = [
        sentence(each.code, each.facts)
        for each in state.overall.reasons
        if not each.code.startswith("kpis_")
    ]
    return Card(
        status=OPEN,
        title=_("%(gate)s: not decided yet")
        % {"gate": gate_words(state.gate.stage, state.gate.quantity)},
        summary=" ".join(_summary(state)),
        reasons=[] if state.coming else [*blocking, *kpi_reasons(state.kpis)],
    )


def _begins(state: GateState) -> Iterable[str]:
    """Say when a gate begins that is yet to come."""
    if coming := state.coming:
        yield _("Gate %(stage)s, for %(robots)s, begins on %(on)s.") % {
            "stage": coming.stage,
            "robots": robots_words(coming.quantity),
            "on": day_text(coming.starts_on),
        }


def _summary(state: GateState) -> Iterable[str]:
    if state.coming:
        yield from _begins(state)
        return
    yield count_words(_outcomes(state.kpis))
    yield _("So the days up to %(on)s have it; only a registered look decides.") % {
        "on": day_text(state.as_of)
    }
    if state.overall.earliest_on:
        yield _("If days go on as so far, it decides on %(on)s.") % {
            "on": day_text(state.overall.earliest_on)
        }
    if state.next_look:
        yield _("Next look: %(on)s.") % {"on": day_text(state.next_look.on)}


def review_card(review: GateReview) -> Card:
    """Say what a review found at its look."""
    verdicts = review.verdicts.all()
    outcomes = [str(each.outcome) for each in verdicts if each.decides]
    words = [
        count_words(outcomes),
        _("Found at look %(number)s, the close of %(on)s.")
        % {"number": review.look.number, "on": day_text(review.look.on)},
    ]
    if review.outcome == OPEN and review.earliest_on:
        words.append(
            _("If days go on as so far, it decides on %(on)s.")
            % {"on": day_text(review.earliest_on)}
        )
    gate = review.gate
    return Card(
        status=str(review.outcome),
        title=gate_words(gate.stage, gate.quantity),
        summary=" ".join(words),
        reasons=[
            *(sentence(code, facts) for code, facts in review.reasons),
            *_why_not_shown(review),
        ],
    )


def _why_not_shown(review: GateReview) -> Iterable[str]:
    units = {each.kpi: each.unit for each in criteria_of(review.pilot.contract)}
    for each in review.verdicts.all():
        if each.decides and each.outcome != GateOutcome.PASS:
            words = reason_words(each.reasons, units.get(each.kpi, "1"))
            yield _("%(kpi)s: %(reasons)s") % {
                "kpi": kpi_title(each.kpi),
                "reasons": words,
            }


def count_words(outcomes: Sequence[str]) -> str:
    return _(
        "Of %(all)s KPIs that decide, %(passed)s are shown, %(failed)s are missed and "
        "%(open)s are not decided."
    ) % {
        "all": len(outcomes),
        "passed": outcomes.count(GateOutcome.PASS),
        "failed": outcomes.count(GateOutcome.FAIL),
        "open": outcomes.count(OPEN),
    }


def _outcomes(weighed: Iterable[Weighed]) -> list[str]:
    return [str(each.verdict.outcome) for each in weighed if each.criterion.decides]


def kpi_reasons(weighed: Iterable[Weighed]) -> list[str]:
    """Say why each KPI that is not shown is not."""
    return [
        _("%(kpi)s: %(reasons)s")
        % {"kpi": kpi_title(each.criterion.kpi), "reasons": _why(each)}
        for each in weighed
        if each.criterion.decides and each.verdict.outcome != GateOutcome.PASS
    ]


def _why(each: Weighed) -> str:
    verdict, criterion = each.verdict, each.criterion
    registered = {look.on for look in each.looks}
    if verdict.outcome == GateOutcome.FAIL and (
        verdict.look is None or verdict.look.on not in registered
    ):
        told = (verdict.estimate, verdict.low, verdict.high)
        return _("missed on the days so far, %(interval)s against %(bound)s.") % {
            "interval": interval_of(criterion, told, OPEN).bounds_text,
            "bound": bound_text(criterion),
        }
    pairs = ((reason.code, reason.facts) for reason in verdict.reasons)
    return reason_words(pairs, criterion.unit)


def reason_words(reasons: Iterable[tuple[str, Any]], unit: str) -> str:
    return " ".join(sentence(code, facts, unit) for code, facts in reasons)


def day_text(on: date | None) -> str:
    return date_format(on) if on else "—"
