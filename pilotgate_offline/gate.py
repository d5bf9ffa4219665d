"""From integers to verdicts: registered looks decide, the first decisive one stands.

What is missing, stale, sparse or of the wrong kind never passes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from math import inf

from pilotgate_offline import law, rare
from pilotgate_offline.law import OPEN, REFUTED, SHOWN, Reading
from pilotgate_offline.terms import Criterion

PASS, FAIL, NOT_ENOUGH = "pass", "fail", "not_enough_evidence"
OUTCOMES = {SHOWN: PASS, REFUTED: FAIL, OPEN: NOT_ENOUGH}
NOT_YET = {"shown": "shown_only", "share_of_cases": "not_at_the_end"}
COUNTS = {"count_per_time", "time_per_count"}


@dataclass(frozen=True)
class Day:
    on: date
    num: int
    den: int
    rows: int


@dataclass(frozen=True)
class Evidence:
    """What was counted for one criterion, up to the day that is judged."""

    kind: str
    days: tuple[Day, ...]
    due_days: tuple[date, ...]
    as_of: date
    coverage: Fraction | None
    robots: Mapping[str, tuple[Day, ...]]
    robots_due: int
    # Robot days due and heard, over the days due so far.
    roll: tuple[int, int]
    disagreement: Fraction | None


@dataclass(frozen=True)
class Look:
    number: int
    on: date


@dataclass(frozen=True)
class Verdict:
    kpi: str
    decides: bool
    outcome: str
    reasons: tuple[str, ...]
    num: int
    den: int
    decided_at: int | None
    readings: tuple[tuple[Look, Reading], ...]


def assess(criterion: Criterion, evidence: Evidence, looks: Sequence[Look]) -> Verdict:
    """Weigh one criterion at every registered look that has closed."""
    if broken := _contradictions(criterion, evidence):
        return _verdict(criterion, NOT_ENOUGH, broken)
    due = set(evidence.due_days)
    days = _with_data(criterion, [day for day in evidence.days if day.on in due])
    readings = _readings(criterion, evidence, days, looks)
    decisive = next((each for each in readings if each[1].finding != OPEN), None)
    told = decisive or (readings[-1] if readings else None)
    finding = told[1].finding if told else OPEN
    reason = told[1].reason if told else NOT_YET.get(criterion.law, "no_look_closed")
    seen = [day for day in days if told is None or day.on <= told[0].on]
    verdict = Verdict(
        criterion.kpi,
        criterion.decides,
        OUTCOMES[finding],
        (reason or finding,),
        sum(day.num for day in seen),
        sum(day.den for day in seen),
        decisive[0].number if decisive else None,
        tuple(readings),
    )
    against = tuple(_objections(criterion, evidence))
    if against and criterion.decides:
        still = verdict.reasons if verdict.outcome == NOT_ENOUGH else ()
        return replace(
            verdict, outcome=NOT_ENOUGH, reasons=(*against, *still), decided_at=None
        )
    return verdict


def overall(
    verdicts: Sequence[Verdict], *, blocking: Sequence[str], voiding: Sequence[str]
) -> str:
    """Every deciding criterion must pass; one that fails decides."""
    deciding = [each.outcome for each in verdicts if each.decides]
    if voiding:
        return NOT_ENOUGH
    if FAIL in deciding:
        return FAIL
    if blocking or not deciding or NOT_ENOUGH in deciding:
        return NOT_ENOUGH
    return PASS


def _verdict(criterion: Criterion, outcome: str, reasons: Sequence[str]) -> Verdict:
    return Verdict(
        criterion.kpi, criterion.decides, outcome, tuple(reasons), 0, 0, None, ()
    )


def _contradictions(criterion: Criterion, evidence: Evidence) -> list[str]:
    found = []
    if len({day.on for day in evidence.days}) != len(evidence.days):
        found.append("day_told_twice")
    share = criterion.law in {"rate_by_day", "share_of_cases"}
    if any(
        min(day.num, day.den) < 0 or (share and day.num > day.den)
        for day in evidence.days
    ):
        found.append("impossible_integers")
    return found


def _objections(criterion: Criterion, evidence: Evidence) -> list[str]:
    """Return every reason why this evidence may decide nothing."""
    found = _contradictions(criterion, evidence)
    if evidence.kind != criterion.evidence_kind:
        found.append("evidence_kind")
    found += _absences(evidence)
    due, heard = evidence.roll
    if due and Fraction(heard, due) < criterion.coverage_min:
        found.append("robots_absent")
    if evidence.coverage is None:
        found.append("coverage_unknown")
    elif evidence.coverage < criterion.coverage_min:
        found.append("coverage")
    return [*found, *_disagreements(criterion, evidence)]


def _disagreements(criterion: Criterion, evidence: Evidence) -> list[str]:
    if criterion.disagreement_max is None:
        return []
    if evidence.disagreement is None:
        return ["disagreement_unknown"]
    far = abs(evidence.disagreement) > criterion.disagreement_max
    return ["disagreement"] if far else []


def _absences(evidence: Evidence) -> list[str]:
    heard = [day.on for day in evidence.days if day.rows > 0]
    if not heard:
        return ["no_data"]
    found = []
    due = [on for on in evidence.due_days if on <= evidence.as_of]
    if due and max(heard) < due[-1]:
        found.append("stale")
    speaking = sum(
        any(day.rows > 0 for day in days) for days in evidence.robots.values()
    )
    if speaking < evidence.robots_due:
        found.append("silent_robots")
    return found


def _with_data(criterion: Criterion, days: Sequence[Day]) -> list[Day]:
    """Return the days that say something: tasks due, or time at work."""
    told = [day for day in days if _exposure(criterion, day) > 0]
    return sorted(told, key=lambda day: day.on)


def _exposure(criterion: Criterion, day: Day) -> int:
    return day.num if criterion.law == "time_per_count" else day.den


def _readings(
    criterion: Criterion,
    evidence: Evidence,
    days: Sequence[Day],
    looks: Sequence[Look],
) -> list[tuple[Look, Reading]]:
    """Read the days of each closed look; a look without a new day is passed over."""
    if criterion.law == "shown" or not looks:
        return []
    last = max(looks, key=lambda look: look.on)
    if criterion.law == "share_of_cases":
        if last.on > evidence.as_of:
            return []
        return [(last, _divided_once(criterion, days, _read(criterion, days, 0.0)))]
    planned = max(len(evidence.due_days), 1)
    taken: list[tuple[Look, Reading]] = []
    spent: list[tuple[int, float]] = []
    for look in sorted(looks, key=lambda each: each.on):
        seen = [day for day in days if day.on <= look.on]
        if look.on > evidence.as_of or (spent and len(seen) <= spent[-1][0]):
            continue
        bound = 0.0
        if sum(day.rows > 0 for day in seen) >= law.MINIMUM_DAYS:
            share = 1.0 if look == last else min(len(seen) / planned, 1.0)
            spent.append((len(seen), share))
            bound = law.spending_bounds(tuple(spent))[-1]
        reading = _silence_proves_nothing(criterion, seen, bound)
        reading = _no_robot_below(criterion, evidence, reading, look)
        taken.append((look, _divided_once(criterion, seen, reading)))
    return taken


def _silence_proves_nothing(
    criterion: Criterion, days: Sequence[Day], bound: float
) -> Reading:
    """Read days of which 28 must have data; silent ones alone never refute."""
    told = [day for day in days if day.rows > 0]
    if len(told) < law.MINIMUM_DAYS:
        return replace(_read(criterion, told, bound), days=len(told))
    reading = replace(_read(criterion, days, bound), days=len(told))
    if reading.finding == REFUTED and len(told) < len(days):
        known = _read(criterion, told, bound)
        if known.finding != REFUTED:
            return replace(reading, finding=OPEN, reason="silence", days=len(days))
    return reading


def _no_robot_below(
    criterion: Criterion, evidence: Evidence, reading: Reading, look: Look
) -> Reading:
    """Withhold a pass while one robot alone is shown to lie on the wrong side."""
    if reading.finding != SHOWN:
        return reading
    due = set(evidence.due_days)
    for own in evidence.robots.values():
        seen = [day for day in own if day.on in due and day.on <= look.on]
        alone = _read(criterion, _with_data(criterion, seen), law.single_bound())
        if alone.finding == REFUTED:
            return replace(reading, finding=OPEN, reason="robot_below")
    return reading


def _divided_once(
    criterion: Criterion, days: Sequence[Day], reading: Reading
) -> Reading:
    num, den = sum(day.num for day in days), sum(day.den for day in days)
    if not den:
        return reading
    return replace(reading, estimate=float(num * criterion.scale / den))


def _read(criterion: Criterion, days: Sequence[Day], bound: float) -> Reading:
    """Read days by the criterion's law, in the criterion's unit."""
    side = 1 if criterion.wants_more else -1
    nums, dens = [day.num for day in days], [day.den for day in days]
    if criterion.law in COUNTS:
        return _read_counts(criterion, days, bound)
    if criterion.law == "share_of_cases":
        minimum = float(criterion.minimum)
        reading = rare.read_share(sum(nums), sum(dens), minimum, side=side)
        return replace(reading, days=len(days))
    edge = float(criterion.minimum / criterion.scale)
    share = criterion.law == "rate_by_day"
    reading = law.read_days(nums, dens, edge, bound, side=side, share=share)
    scale = float(criterion.scale)
    return replace(
        reading,
        estimate=_times(reading.estimate, scale),
        low=_times(reading.low, scale),
        high=_times(reading.high, scale),
    )


def _read_counts(criterion: Criterion, days: Sequence[Day], bound: float) -> Reading:
    """Judge the time between two events, whichever way up the KPI is written."""
    scale, minimum = criterion.scale, criterion.minimum
    upright = criterion.law == "time_per_count"
    if upright != criterion.wants_more or minimum <= 0:
        return Reading(OPEN, "unsuitable", method="mixture")
    reading = rare.read_counts(
        [day.den if upright else day.num for day in days],
        [float(_exposure(criterion, day)) for day in days],
        float(minimum / scale if upright else scale / minimum),
        bound,
    )
    if upright:
        return replace(
            reading,
            estimate=_times(reading.estimate, float(scale)),
            low=_times(reading.low, float(scale)),
            high=_times(reading.high, float(scale)),
        )
    estimate = _per_time(reading.estimate, scale)
    if reading.estimate is None and days:
        estimate = 0.0
    return replace(
        reading,
        estimate=estimate,
        low=_per_time(reading.high, scale),
        high=_per_time(reading.low, scale),
    )


def _times(value: float | None, scale: float) -> float | None:
    return None if value is None else value * scale


def _per_time(gap: float | None, scale: Fraction) -> float | None:
    """Turn the time between two events into events per time; never is none."""
    if gap is None:
        return None
    return (0.0 if gap == inf else law.inverse(gap)) * float(scale)
