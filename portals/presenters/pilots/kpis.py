"""One KPI of a pilot: its interval, its days, its robots, its looks, its definition."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kpis.services import definition_of, explanation_of
from pilots.enums import GateOutcome
from pilots.gate import Criterion, Day, LookReading, Verdict, assess, capsule
from pilots.models import Deployment, GateReview, GateVerdict, Pilot
from pilots.reports.sentences import kpi_title
from pilots.reports.verdicts import plain_verdict
from pilots.services import GateState
from pilots.services.gates import Weighed
from portals.navigation import here, link_here
from portals.presenters import fleet
from portals.presenters.figures import NONE, figure_text, hash_text
from portals.presenters.pieces import Answer, Cell, Chart, Link, Table, table_of
from portals.presenters.pilots.opinions import opinion_answers
from portals.presenters.pilots.verdict import (
    bound_text,
    day_text,
    finite,
    interval_of,
    reason_words,
)
from portals.requests import actor

STALE_AFTER_S: Final = 60
FINDINGS: Final = {
    "shown": GateOutcome.PASS,
    "refuted": GateOutcome.FAIL,
    "open": GateOutcome.NOT_ENOUGH_EVIDENCE,
}


@dataclass(frozen=True, slots=True)
class KpiEvidence:
    """A criterion with what it was judged on, from live states or from a bundle."""

    criterion: Criterion
    outcome: str
    reasons: str
    told: tuple[float | None, float | None, float | None]  # estimate, low, high
    integers: tuple[int, int]
    coverage: float | None
    days: Sequence[Day]
    robots: Mapping[str, tuple[int, int]]
    readings: Sequence[LookReading]
    review: str = ""  # the code of the review it was judged in


def of_state(found: Weighed, codes: Mapping[int, str]) -> KpiEvidence:
    """Take a KPI as it stands today; `codes` names the robots."""
    verdict, coverage = found.verdict, found.figure.coverage
    pairs = ((each.code, each.facts) for each in verdict.reasons)
    return KpiEvidence(
        criterion=found.criterion,
        outcome=str(verdict.outcome),
        reasons=_words(found.criterion, verdict, pairs),
        told=(verdict.estimate, verdict.low, verdict.high),
        integers=(verdict.num, verdict.den),
        coverage=None if coverage is None else float(coverage),
        days=found.evidence.days,
        robots={
            codes[each.robot_id]: (each.num, each.den)
            for each in found.figure.by_robot
            if each.robot_id in codes
        },
        readings=[
            each
            for each in verdict.readings
            if each.look.on in {look.on for look in found.looks}
        ],
    )


def of_review(verdict: GateVerdict, told: Mapping[str, Any]) -> KpiEvidence:
    """Take a KPI as a review judged it, from the review's own bundle."""
    criterion = capsule.criterion_from(told["criterion"])
    evidence = capsule.evidence_from(told["evidence"])
    again = assess(criterion, evidence, capsule.looks_from(told["looks"]))
    return KpiEvidence(
        criterion=criterion,
        outcome=verdict.outcome,
        reasons=_words(criterion, verdict, verdict.reasons),
        told=(verdict.estimate, verdict.low, verdict.high),
        integers=(verdict.num, verdict.den),
        coverage=verdict.coverage,
        days=evidence.days,
        robots={
            code: (sum(day.num for day in days), sum(day.den for day in days))
            for code, days in evidence.robots.items()
        },
        readings=again.readings,
        review=verdict.review.code,
    )


def _words(
    criterion: Criterion, verdict: Verdict | GateVerdict, reasons: Iterable[Any]
) -> str:
    """Say a verdict plainly, then why."""
    plain = plain_verdict(
        criterion, str(verdict.outcome), verdict.estimate, verdict.earliest_on
    )
    return f"{plain} {reason_words(reasons, criterion.unit)}"


def live_kpi_page(
    request: HttpRequest, pilot: Pilot, state: GateState, found: Weighed
) -> dict[str, Any]:
    seen = Deployment.objects.visible_to(actor(request)).filter(pilot=pilot)
    codes = dict(seen.values_list("robot_id", "robot__code"))
    shown = kpi_page(request, pilot, of_state(found, codes))
    return shown | {
        "trail": [*trail_to(request, pilot), Link(shown["title"])],
        "subtitle": _("%(pilot)s, days up to %(on)s")
        % {"pilot": pilot.title, "on": day_text(state.as_of)},
        "fresh_at": fleet.instant(found.figure.fresh_at_us),
        "stale_after": STALE_AFTER_S,
    }


def gate_kpi_page(
    request: HttpRequest, review: GateReview, verdict: GateVerdict, told: Any
) -> dict[str, Any]:
    shown = kpi_page(request, review.pilot, of_review(verdict, told))
    return shown | {
        "trail": [
            *trail_to(request, review.pilot),
            Link(review.code, here(request, "gate_detail", review.code)),
            Link(shown["title"]),
        ],
        "subtitle": _("Review %(code)s, look %(number)s of %(on)s")
        % {
            "code": review.code,
            "number": review.look.number,
            "on": day_text(review.look.on),
        },
    }


def trail_to(request: HttpRequest, pilot: Pilot) -> list[Link]:
    return [
        Link(_("Pilots"), here(request, "pilot_list")),
        Link(pilot.title, here(request, "pilot_detail", pilot.code)),
    ]


def kpi_page(request: HttpRequest, pilot: Pilot, seen: KpiEvidence) -> dict[str, Any]:
    criterion = seen.criterion
    return {
        "title": kpi_title(criterion.kpi),
        "status": seen.outcome,
        "is_demo": pilot.is_demo,
        "interval": interval_of(criterion, seen.told, seen.outcome),
        "reasons": seen.reasons,
        "answers": _answers(seen),
        "definition": _definition(criterion),
        "definition_url": link_here(request, "kpi_detail", criterion.kpi),
        "chart": day_chart(seen),
        "robots": robot_table(request, pilot, seen),
        "looks": look_table(seen),
        "days": day_table(request, pilot, seen),
    }


def _answers(seen: KpiEvidence) -> list[Answer]:
    criterion = seen.criterion
    estimate, low, high = (finite(each) for each in seen.told)
    unit = criterion.unit
    return [
        Answer(_("Asked"), bound_text(criterion)),
        Answer(_("Target"), figure_text(float(criterion.target), unit)),
        Answer(_("Estimate"), figure_text(estimate, unit)),
        Answer(
            _("95 % interval"),
            f"{figure_text(low, unit)} – {figure_text(high, unit)}",
        ),
        Answer(_("Integers"), f"{seen.integers[0]:,} / {seen.integers[1]:,}"),
        Answer(
            _("Time known"),
            NONE
            if seen.coverage is None
            else _("%(share)s, at least %(least)s is agreed")
            % {
                "share": figure_text(seen.coverage, "1"),
                "least": figure_text(float(criterion.coverage_min), "1"),
            },
        ),
        Answer(_("Counts for the gate"), _("Yes") if criterion.decides else _("No")),
        *opinion_answers(criterion, seen.days),
    ]


def _definition(criterion: Criterion) -> list[Answer]:
    kpi = definition_of(criterion.kpi)
    if kpi is None:
        return [Answer(_("Definition"), _("No longer in the catalogue"))]
    return [
        Answer(_("What it says"), explanation_of(kpi)),
        Answer(_("Source"), kpi.source),
        Answer(_("Digest of the definition"), hash_text(kpi.digest)),
    ]


def value_of(criterion: Criterion, num: int, den: int) -> float | None:
    return float(num * criterion.scale / den) if den else None


def value_text(criterion: Criterion, num: int, den: int) -> str:
    return figure_text(value_of(criterion, num, den), criterion.unit)


def day_chart(seen: KpiEvidence) -> Chart:
    criterion = seen.criterion
    share = 100.0 if criterion.unit == "1" else 1.0
    values = [value_of(criterion, day.num, day.den) for day in seen.days]
    drawn = [
        None if value is None or day.rows == 0 else value * share
        for value, day in zip(values, seen.days, strict=True)
    ]
    minimum = float(criterion.minimum) * share
    return Chart(
        id="days",
        title=_("Day by day"),
        summary=_("%(days)s operational days, %(with_data)s of them with data.")
        % {
            "days": len(seen.days),
            "with_data": sum(day.rows > 0 for day in seen.days),
        },
        at=[_noon(day) for day in seen.days],
        lines=[
            (kpi_title(criterion.kpi), drawn),
            (bound_text(criterion), [minimum] * len(drawn)),
        ],
    )


def _noon(day: Day) -> float:
    """Place a day where its date reads the same in Beijing."""
    on = day.on
    return datetime(on.year, on.month, on.day, 4, tzinfo=UTC).timestamp()


def robot_table(request: HttpRequest, pilot: Pilot, seen: KpiEvidence) -> Table:
    asked = f"?review={seen.review}" if seen.review else ""
    rows = [
        [
            Cell(code, url=here(request, "pilot_robot", pilot.code, code) + asked),
            value_text(seen.criterion, num, den),
            f"{num:,}",
            f"{den:,}",
        ]
        for code, (num, den) in sorted(seen.robots.items())
    ]
    return table_of(
        _("Robot by robot"),
        [_("Robot"), _("Value") + "#", _("Numerator") + "#", _("Denominator") + "#"],
        rows,
        empty=_("No robot was due yet."),
    )


def look_table(seen: KpiEvidence) -> Table:
    return table_of(
        _("Look by look"),
        [_("Look"), _("Interval"), _("Days") + "#", _("Reading")],
        [_look_row(seen.criterion, each) for each in seen.readings],
        empty=_("No registered look has closed yet."),
    )


def _look_row(criterion: Criterion, each: LookReading) -> list[Any]:
    reading = each.reading
    outcome = FINDINGS[str(reading.finding)]
    told = (reading.estimate, reading.low, reading.high)
    return [
        Cell(
            _("Look %(number)s") % {"number": each.look.number},
            note=day_text(each.look.on),
        ),
        Cell(figure=interval_of(criterion, told, str(outcome)).svg),
        str(reading.days),
        Cell(outcome.label, status=str(outcome)),
    ]


def day_table(request: HttpRequest, pilot: Pilot, seen: KpiEvidence) -> Table:
    return table_of(
        _("Day by day"),
        [
            _("Day"),
            _("Value") + "#",
            _("Numerator") + "#",
            _("Denominator") + "#",
            _("Rows") + "#",
            _("Raw rows at noon"),
        ],
        list(_day_rows(request, pilot, seen)),
        empty=_("No operational day has closed yet."),
    )


def _day_rows(
    request: HttpRequest, pilot: Pilot, seen: KpiEvidence
) -> Iterable[list[Any]]:
    pages = [
        (here(request, "pilot_rows", pilot.code, code), code)
        for code in sorted(seen.robots)
    ]
    for day in reversed(seen.days):
        yield [
            day_text(day.on),
            value_text(seen.criterion, day.num, day.den) if day.rows else _("no data"),
            f"{day.num:,}",
            f"{day.den:,}",
            f"{day.rows:,}",
            _raw_links(pages, pilot, day) if day.rows else NONE,
        ]


def _raw_links(pages: list[tuple[str, str]], pilot: Pilot, day: Day) -> SafeString:
    """Lead to each robot's rows in the middle of a day at the site."""
    noon = pilot.midnight(day.on) + timedelta(hours=12)
    until_us = int(noon.timestamp()) * 1_000_000
    return format_html_join(
        " ", '<a href="{}?until_us={}">{}</a>', ((u, until_us, c) for u, c in pages)
    )
