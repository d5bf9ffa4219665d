"""What keeps a gate from deciding at all: it fails closed."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from pilots.gate.terms import Criterion, Evidence, Law, Reason


def objections(criterion: Criterion, evidence: Evidence) -> tuple[Reason, ...]:
    """Return every reason why this evidence may decide nothing, worst first."""
    return tuple(reason for check in CHECKS for reason in check(criterion, evidence))


def contradictions(criterion: Criterion, evidence: Evidence) -> tuple[Reason, ...]:
    """Return what makes the integers impossible to read at all."""
    found = []
    if len({day.on for day in evidence.days}) != len(evidence.days):
        found.append(Reason("day_told_twice"))
    share = criterion.law in {Law.RATE_BY_DAY, Law.SHARE_OF_CASES}
    if any(
        min(day.num, day.den) < 0 or (share and day.num > day.den)
        for day in evidence.days
    ):
        found.append(Reason("impossible_integers"))
    return tuple(found)


def _kind(criterion: Criterion, evidence: Evidence) -> Iterator[Reason]:
    if evidence.kind != criterion.evidence_kind:
        yield Reason(
            "evidence_kind",
            {"found": evidence.kind, "accepted": criterion.evidence_kind},
        )
    if evidence.dirty:
        yield Reason("dirty")


def _presence(_criterion: Criterion, evidence: Evidence) -> Iterator[Reason]:
    if not any(day.rows > 0 for day in evidence.days):
        yield Reason("no_data")
        return
    due = [on for on in evidence.due_days if on <= evidence.as_of]
    if due and (evidence.fresh_on is None or evidence.fresh_on < due[-1]):
        last = evidence.fresh_on.isoformat() if evidence.fresh_on else ""
        yield Reason("stale", {"last_on": last, "needed_on": due[-1].isoformat()})
    silent = evidence.robots_due - sum(
        any(day.rows > 0 for day in days) for days in evidence.robots.values()
    )
    if silent > 0:
        yield Reason("silent_robots", {"silent": silent, "due": evidence.robots_due})


def _roll_call(criterion: Criterion, evidence: Evidence) -> Iterator[Reason]:
    """Object when too many contracted robots were missing on too many days."""
    if evidence.roll is None:
        return
    rolls = {roll.on: roll for roll in evidence.roll}
    days = [on for on in evidence.due_days if on <= evidence.as_of]
    if unknown := sum(on not in rolls for on in days):
        yield Reason("roll_unknown", {"days": unknown})
        return
    due = sum(rolls[on].due for on in days)
    heard = sum(len(rolls[on].heard) for on in days)
    if due and Fraction(heard, due) < criterion.coverage_min:
        least = float(criterion.coverage_min)
        yield Reason("robots_absent", {"found": heard / due, "minimum": least})


def _coverage(criterion: Criterion, evidence: Evidence) -> Iterator[Reason]:
    least = float(criterion.coverage_min)
    if evidence.coverage is None:
        yield Reason("coverage_unknown", {"minimum": least})
    elif evidence.coverage < criterion.coverage_min:
        yield Reason("coverage", {"found": float(evidence.coverage), "minimum": least})


def _agreement(criterion: Criterion, evidence: Evidence) -> Iterator[Reason]:
    bound = criterion.disagreement_max
    if bound is None:
        return
    if evidence.disagreement is None:
        yield Reason("disagreement_unknown", {"bound": float(bound)})
    elif abs(evidence.disagreement) > Fraction(bound):
        yield Reason(
            "disagreement",
            {"found": float(abs(evidence.disagreement)), "bound": float(bound)},
        )


CHECKS: Final = (contradictions, _kind, _presence, _roll_call, _coverage, _agreement)
