"""From evidence to a verdict: registered looks decide, and the first one stands."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import cycle, islice
from typing import Any, Final

from kpis.engine import statistics
from kpis.engine.statistics import (
    AUTOCORRELATION_MAX,
    MINIMUM_DAYS,
    Finding,
    Reading,
    single_bound,
    spending_bounds,
)
from pilots.gate.laws import read, with_data
from pilots.gate.objections import contradictions, objections
from pilots.gate.terms import (
    Criterion,
    Day,
    Evidence,
    Law,
    Look,
    LookReading,
    Outcome,
    Overall,
    Reason,
    Verdict,
)

OUTCOMES: Final = {
    Finding.SHOWN: Outcome.PASS,
    Finding.REFUTED: Outcome.FAIL,
    Finding.OPEN: Outcome.NOT_ENOUGH_EVIDENCE,
}

NOT_YET: Final = {
    Law.SHOWN: "shown_only",
    Law.SHARE_OF_CASES: "not_at_the_end",
}


def assess(criterion: Criterion, evidence: Evidence, looks: Sequence[Look]) -> Verdict:
    """Weigh one criterion at every registered look that has closed.

    Missing, stale, sparse, disputed or wrong evidence is never a pass.
    """
    if broken := contradictions(criterion, evidence):
        return Verdict(criterion, Outcome.NOT_ENOUGH_EVIDENCE, broken)
    days = _due_with_data(criterion, evidence)
    readings = _readings(criterion, evidence, days, looks)
    decisive = next(
        (r for r in readings if r.reading.finding is not Finding.OPEN), None
    )
    told = decisive or (readings[-1] if readings else None)
    reading = told.reading if told else _so_far(criterion, days)
    seen = [day for day in days if told is None or day.on <= told.look.on]
    verdict = Verdict(
        criterion,
        OUTCOMES[reading.finding],
        reasons=(_finding_reason(criterion, told, reading, looks),),
        estimate=reading.estimate,
        low=reading.low,
        high=reading.high,
        num=sum(day.num for day in seen),
        den=sum(day.den for day in seen),
        look=decisive.look if decisive else None,
        readings=tuple(readings),
    )
    verdict = _closed_by_objections(verdict, evidence)
    if verdict.outcome is Outcome.NOT_ENOUGH_EVIDENCE and verdict.decides:
        earliest = _earliest(criterion, evidence, days, looks)
        return replace(verdict, earliest_on=earliest)
    return verdict


def preview(criterion: Criterion, evidence: Evidence, looks: Sequence[Look]) -> Verdict:
    """Say how things stand today, as if the next look were now; decides nothing."""
    ahead = next((look for look in looks if look.on > evidence.as_of), None)
    if ahead is None or not looks:
        return assess(criterion, evidence, looks)
    today = replace(ahead, on=evidence.as_of)
    kept = [look for look in looks if look.on <= evidence.as_of]
    end = [] if criterion.law is Law.SHARE_OF_CASES else [looks[-1]]
    verdict = assess(criterion, evidence, [*kept, today, *end])
    if verdict.outcome is not Outcome.NOT_ENOUGH_EVIDENCE or not verdict.decides:
        return verdict
    days = _due_with_data(criterion, evidence)
    return replace(verdict, earliest_on=_earliest(criterion, evidence, days, looks))


def overall(
    verdicts: Sequence[Verdict],
    *,
    blocking: Sequence[Reason] = (),
    voiding: Sequence[Reason] = (),
) -> Overall:
    """Weigh all criteria together; every deciding one must pass.

    `voiding` reasons let nothing be decided, `blocking` ones only forbid a pass.
    """
    deciding = [verdict for verdict in verdicts if verdict.decides]
    open_ones = _kpis(deciding, Outcome.NOT_ENOUGH_EVIDENCE)
    failed = _kpis(deciding, Outcome.FAIL)
    if voiding:
        return Overall(Outcome.NOT_ENOUGH_EVIDENCE, (*voiding, *blocking))
    if failed:
        return Overall(
            Outcome.FAIL, (Reason("kpis_failed", {"kpis": failed}), *blocking)
        )
    reasons = list(blocking)
    if not deciding:
        reasons.append(Reason("no_criteria"))
    if open_ones:
        reasons.append(Reason("kpis_open", {"kpis": open_ones}))
    if reasons:
        return Overall(
            Outcome.NOT_ENOUGH_EVIDENCE, tuple(reasons), _latest_of(deciding)
        )
    passed = _kpis(deciding, Outcome.PASS)
    return Overall(Outcome.PASS, (Reason("kpis_passed", {"kpis": passed}),))


def _due_with_data(criterion: Criterion, evidence: Evidence) -> tuple[Day, ...]:
    due = set(evidence.due_days)
    return with_data(criterion, [day for day in evidence.days if day.on in due])


def _readings(
    criterion: Criterion,
    evidence: Evidence,
    days: Sequence[Day],
    looks: Sequence[Look],
) -> list[LookReading]:
    """Read the days of each closed look; looks without a new day are passed over."""
    if criterion.law is Law.SHOWN or not looks:
        return []
    last = max(looks, key=lambda look: look.on)
    if criterion.law is Law.SHARE_OF_CASES:
        closed = [last] if last.on <= evidence.as_of else []
        reading = _with_one_division(criterion, days, read(criterion, days, 0.0))
        return [LookReading(look, reading) for look in closed]
    planned = max(len(evidence.due_days), 1)
    taken: list[LookReading] = []
    spent: list[statistics.Look] = []
    for look in sorted(looks, key=lambda look: look.on):
        seen = [day for day in days if day.on <= look.on]
        if look.on > evidence.as_of or (spent and len(seen) <= spent[-1].days):
            continue
        bound = 0.0
        if sum(day.rows > 0 for day in seen) >= MINIMUM_DAYS:
            share = 1.0 if look == last else min(len(seen) / planned, 1.0)
            spent.append(statistics.Look(len(seen), share))
            bound = spending_bounds(tuple(spent))[-1]
        reading = _without_silence(criterion, seen, bound)
        reading = _with_every_robot(criterion, evidence, reading, look)
        taken.append(LookReading(look, _with_one_division(criterion, seen, reading)))
    return taken


def _with_one_division(
    criterion: Criterion, days: Sequence[Day], reading: Reading
) -> Reading:
    """Tell the estimate as what was counted on all these days, divided once.

    The interval is the law's, around the mean of days or the count.
    """
    pooled = _pooled(criterion, days)
    return reading if pooled is None else replace(reading, estimate=pooled)


def _pooled(criterion: Criterion, days: Sequence[Day]) -> float | None:
    num, den = sum(day.num for day in days), sum(day.den for day in days)
    return float(num * criterion.scale / den) if den else None


def _without_silence(
    criterion: Criterion, days: Sequence[Day], bound: float
) -> Reading:
    """Read days of which 28 must have data; silence alone never refutes."""
    told = [day for day in days if day.rows > 0]
    reading = read(criterion, told if len(told) < MINIMUM_DAYS else days, bound)
    if reading.finding is Finding.REFUTED and len(told) < len(days):
        known = read(criterion, told, bound)
        if known.finding is not Finding.REFUTED:
            return replace(reading, finding=Finding.OPEN, reason="silence")
    return replace(reading, days=len(told))


def _with_every_robot(
    criterion: Criterion, evidence: Evidence, reading: Reading, look: Look
) -> Reading:
    """Withhold a pass while one robot's interval lies wholly on the wrong side."""
    if reading.finding is not Finding.SHOWN:
        return reading
    due = set(evidence.due_days)
    for own in evidence.robots.values():
        seen = [day for day in own if day.on in due and day.on <= look.on]
        alone = read(criterion, with_data(criterion, seen), single_bound())
        if alone.finding is Finding.REFUTED:
            return replace(reading, finding=Finding.OPEN, reason="robot_below")
    return reading


def _so_far(criterion: Criterion, days: Sequence[Day]) -> Reading:
    """Return the plain estimate where no look has closed or none may decide."""
    reason = NOT_YET.get(criterion.law, "no_look_closed")
    return Reading(Finding.OPEN, reason, _pooled(criterion, days), days=len(days))


def _finding_reason(
    criterion: Criterion,
    told: LookReading | None,
    reading: Reading,
    looks: Sequence[Look],
) -> Reason:
    facts: dict[str, Any] = {
        "minimum": float(criterion.minimum),
        "low": reading.low,
        "high": reading.high,
        "days": reading.days,
    }
    if told:
        facts |= {"look": told.look.number, "on": told.look.on.isoformat()}
    elif looks:
        exact = criterion.law is Law.SHARE_OF_CASES
        facts |= {"on": looks[-1 if exact else 0].on.isoformat()}
    if reading.reason == "too_few_days":
        facts["needed"] = MINIMUM_DAYS
    if reading.reason == "days_depend" and reading.autocorrelation is not None:
        facts |= {"found": reading.autocorrelation, "limit": AUTOCORRELATION_MAX}
    return Reason(reading.reason or str(reading.finding), facts)


def _closed_by_objections(verdict: Verdict, evidence: Evidence) -> Verdict:
    against = objections(verdict.criterion, evidence)
    if not against or not verdict.decides:
        return verdict
    still_open = verdict.outcome is Outcome.NOT_ENOUGH_EVIDENCE
    return replace(
        verdict,
        outcome=Outcome.NOT_ENOUGH_EVIDENCE,
        reasons=(*against, *(verdict.reasons if still_open else ())),
        look=None,
    )


def _earliest(
    criterion: Criterion,
    evidence: Evidence,
    days: Sequence[Day],
    looks: Sequence[Look],
) -> date | None:
    """Return the first look to come that would decide if days went on as so far."""
    ahead = [look for look in looks if look.on > evidence.as_of]
    if not ahead or not days:
        return None
    if criterion.law is Law.SHARE_OF_CASES:
        return ahead[-1].on
    future = [on for on in evidence.due_days if on > evidence.as_of]
    again = islice(cycle(days), len(future))
    imagined = tuple(
        replace(day, on=on) for day, on in zip(again, future, strict=False)
    )
    for look in ahead:
        seen = replace(evidence, days=(*days, *imagined), as_of=look.on)
        found = _readings(criterion, replace(seen, robots={}), seen.days, looks)
        if found and found[-1].reading.finding is not Finding.OPEN:
            return look.on
    return None


def _kpis(verdicts: Sequence[Verdict], outcome: Outcome) -> list[str]:
    return [v.criterion.kpi for v in verdicts if v.outcome is outcome]


def _latest_of(verdicts: Sequence[Verdict]) -> date | None:
    """Return the day by which every open criterion would be decided, if known."""
    wanted = [
        v.earliest_on for v in verdicts if v.outcome is Outcome.NOT_ENOUGH_EVIDENCE
    ]
    known = [on for on in wanted if on is not None]
    return max(known) if known and len(known) == len(wanted) else None
