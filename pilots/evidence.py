"""From a pilot and what was measured to the evidence its gate weighs."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any, Final

from django.utils import timezone

from kpis.engine import duty as agreed
from kpis.engine.definition import Kpi, definition_from_json
from kpis.engine.figures import Figure
from kpis.engine.statistics import look_days
from kpis.services import definition_of, definitions, known_by_day
from pilots.gate import Criterion, Day, Evidence, Look, Reason, Roll
from pilots.gate.capsule import criterion_from
from pilots.models import Gate, Pilot
from procurement import sealing
from procurement.models import PocContract
from robot_bridge.telemetry import MINUTE_US, Window

EXCLUSIONS_CAP: Final = Fraction(5, 100)
COVERAGE: Final = "coverage"
CLAIMED: Final = "claimed_per_counted_task"
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_US: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a gate measures: whose robots, which days so far, what was agreed."""

    gate: Gate
    looks: tuple[Look, ...]  # all that are registered
    as_of: date
    window: Window
    robots: Mapping[int, str]  # id -> code
    robots_due: int
    contracted: int
    arrived: tuple[date, ...]  # the day each deployment began, by the site's clock
    duty: agreed.Duty
    evidence_kind: str


def criteria_of(contract: PocContract) -> tuple[Criterion, ...]:
    """Read the criteria as frozen; what one does not say its definition does."""
    return tuple(
        criterion_from(
            _by_definition(told) | {"evidence_kind": contract.evidence_kind} | told
        )
        for told in contract.criteria
    )


def _by_definition(told: Mapping[str, Any]) -> dict[str, Any]:
    kpi = definition_of(told["kpi"])
    return {"unit": kpi.unit, "scale": str(kpi.scale)} if kpi else {}


def objections_to(contract: PocContract) -> tuple[Reason, ...]:
    """Return what makes the criteria not those both sides signed."""
    if sealing.digest(contract.criteria) != contract.criteria_digest:
        return (Reason("criteria_changed"),)
    changed = [
        told["kpi"]
        for told in contract.criteria
        if told.get("definition_digest")
        and _definition_digest(told) != told["definition_digest"]
    ]
    return (Reason("definition_changed", {"kpis": changed}),) if changed else ()


def _definition_digest(told: Mapping[str, Any]) -> str:
    kpi = frozen(told)
    return kpi.digest if kpi else ""


def frozen(told: Mapping[str, Any]) -> Kpi | None:
    """Return the definition that a criterion froze; else the one its key has now."""
    if "definition" in told:
        return definition_from_json(told["definition"])
    return definition_of(told["kpi"])


def days_of_looks(told: Mapping[str, Any], length: int) -> tuple[int, ...]:
    """Return the days, from the start, on which one criterion may decide."""
    window = min(int(told.get("window_days") or length), length)
    days = told.get("looks") or look_days(window)
    return tuple(day for day in days if day <= length)


def registered_days(contract: PocContract, length: int) -> tuple[int, ...]:
    """Return every day on which some criterion may decide; the last day always."""
    days = {day for told in contract.criteria for day in days_of_looks(told, length)}
    return tuple(sorted(days | {length}))


def looks_of(scope: Scope, told: Mapping[str, Any]) -> tuple[Look, ...]:
    """Return the registered looks at which one criterion may decide."""
    gate = scope.gate
    length = (gate.ends_on - gate.starts_on).days + 1
    own = {
        gate.starts_on + timedelta(days=day - 1) for day in days_of_looks(told, length)
    }
    return tuple(look for look in scope.looks if look.on in own)


def scope_of(gate: Gate, as_of: date) -> Scope:
    """Say what is measured for a gate up to the close of an operational day."""
    looks = tuple(Look(look.number, look.on) for look in gate.looks.all())
    return scope_between(gate, as_of, looks)


def scope_between(gate: Gate, as_of: date, looks: tuple[Look, ...]) -> Scope:
    """Say what is measured between the start of a gate, kept or not, and a day."""
    pilot = gate.pilot
    start_us = microseconds(pilot.midnight(gate.starts_on))
    close_us = microseconds(pilot.midnight(as_of + timedelta(days=1)))
    close_us += _overrun_us(pilot)
    window = Window(start_us, max(start_us, close_us))
    deployments = [
        each
        for each in pilot.deployments.select_related("robot")
        if each.end_at is None or microseconds(each.end_at) > start_us
    ]
    robots = {each.robot_id: each.robot.code for each in deployments}
    return Scope(
        gate=gate,
        looks=looks,
        as_of=as_of,
        window=window,
        robots=robots,
        robots_due=max(pilot.contract.robots, len(robots)),
        contracted=pilot.contract.robots,
        arrived=tuple(
            timezone.localdate(each.start_at, timezone=pilot.timezone)
            for each in deployments
        ),
        duty=_duty(pilot, window),
        evidence_kind=pilot.contract.evidence_kind,
    )


def _duty(pilot: Pilot, window: Window) -> agreed.Duty:
    shifts = tuple(
        agreed.Shift(*_minutes(shift), weekdays=_weekdays(shift.weekdays))
        for shift in pilot.shifts.all()
    )
    presence = tuple(
        agreed.Presence(
            each.robot_id,
            microseconds(each.start_at),
            microseconds(each.end_at) if each.end_at else window.end_us,
        )
        for each in pilot.deployments.all()
        if each.end_at or microseconds(each.start_at) < window.end_us
    )
    exclusions = tuple(
        agreed.Exclusion(
            each.robot_id,
            microseconds(each.start_at),
            microseconds(each.end_at),
            each.reason,
        )
        for each in pilot.exclusions.all().counting()
    )
    return agreed.Duty(
        timezone=pilot.site.timezone,
        shifts=shifts or (agreed.Shift(),),
        presence=presence,
        exclusions=exclusions,
    )


def _overrun_us(pilot: Pilot) -> int:
    """Return how far the last shift of a day runs past midnight."""
    ends = [_minutes(shift)[1] for shift in pilot.shifts.all()]
    return max([0, *(end - agreed.DAY_MINUTES for end in ends)]) * MINUTE_US


def _minutes(shift: Any) -> tuple[int, int]:
    start = 60 * shift.starts_at.hour + shift.starts_at.minute
    end = 60 * shift.ends_at.hour + shift.ends_at.minute
    return start, end if end > start else end + agreed.DAY_MINUTES


def _weekdays(mask: int) -> tuple[int, ...]:
    return tuple(day for day in range(7) if mask >> day & 1)


def due_days(gate: Gate, duty: agreed.Duty, length: int) -> tuple[date, ...]:
    """Return the operational days of a gate's first `length` days."""
    at_work = {day for shift in duty.shifts for day in shift.weekdays}
    days = (gate.starts_on + timedelta(days=day) for day in range(length))
    return tuple(on for on in days if on <= gate.ends_on and on.weekday() in at_work)


def exclusions_over_cap(scope: Scope) -> tuple[Reason, ...]:
    """Object when more time is excluded than the rules allow."""
    whole, kept = (
        sum(
            span.length_us
            for span in agreed.due_spans(
                scope.robots, scope.window, scope.duty, exclude=exclude
            )
        )
        for exclude in (False, True)
    )
    if not whole or Fraction(whole - kept, whole) <= EXCLUSIONS_CAP:
        return ()
    found = Fraction(whole - kept, whole)
    facts = {"found": float(found), "cap": float(EXCLUSIONS_CAP)}
    return (Reason("exclusions_over_cap", facts),)


@dataclass(frozen=True, slots=True)
class Measured:
    """Figures by KPI key, of the fleet and of each robot alone.

    They may reach beyond the day that is judged; what came later is left out.
    """

    fleet: Mapping[str, Figure]
    robots: Mapping[int, Mapping[str, Figure]]


def kpis_of(contract: PocContract) -> list[Kpi]:
    """Return what must be measured: the criteria, and how much was known.

    Where a criterion bounds the disagreement, so is what others counted.

    Raises:
        UnknownKpiError: a criterion froze no definition, and nobody has its key.
    """
    kpis = definitions(frozen(told) or told["kpi"] for told in contract.criteria)
    others = any(map(_bounds_disagreement, contract.criteria))
    beside = definitions([COVERAGE, *([CLAIMED] if others else [])])
    return list({kpi.key: kpi for kpi in (*kpis, *beside)}.values())


def _bounds_disagreement(told: Mapping[str, Any]) -> bool:
    return told.get("disagreement_max") is not None


@dataclass(frozen=True, slots=True)
class Known:
    """How long one robot was due on one operational day, and known, in µs."""

    robot_id: int
    on: date
    due_us: int
    known_us: int


def known_of(robots: Mapping[int, Mapping[str, Figure]]) -> list[Known]:
    """Read from robots' own figures when each was due and known."""
    return [
        Known(robot_id, day.day, due_us=day.den, known_us=day.num)
        for robot_id, figures in robots.items()
        for day in figures[COVERAGE].by_day
    ]


def known_live(scope: Scope) -> list[Known]:
    """Read from states when each robot was due and known."""
    found = known_by_day(
        robots=list(scope.robots),
        window=scope.window,
        evidence=scope.evidence_kind,
        duty=scope.duty,
    )
    return [
        Known(robot_id, on, due_us=due_us, known_us=known_us)
        for (robot_id, on), (due_us, known_us) in found.items()
    ]


def roll_of(
    scope: Scope, known: Iterable[Known], days: Iterable[date]
) -> tuple[Roll, ...]:
    """Call the roll of each day: who was due, and who was heard.

    A contracted robot not deployed by a day is due on it, and missing.
    """
    due: dict[date, int] = defaultdict(int)
    heard: dict[date, list[str]] = defaultdict(list)
    for each in known:
        due[each.on] += each.due_us > 0
        if each.known_us > 0:
            heard[each.on].append(scope.robots[each.robot_id])
    return tuple(
        Roll(on, due[on] + _not_arrived(scope, on), tuple(sorted(heard[on])))
        for on in days
        if on <= scope.as_of
    )


def _not_arrived(scope: Scope, on: date) -> int:
    return max(0, scope.contracted - sum(day <= on for day in scope.arrived))


def evidence_of(
    scope: Scope,
    told: Mapping[str, Any],
    measured: Measured,
    known: Iterable[Known],
    *,
    dirty: bool,
) -> Evidence:
    """Shape one KPI's figures up to the scope's day into evidence."""
    kpi = told["kpi"]
    length = (scope.gate.ends_on - scope.gate.starts_on).days + 1
    window = min(int(told.get("window_days") or length), length)
    due = due_days(scope.gate, scope.duty, window)
    days = _days(measured.fleet[kpi], scope.as_of)
    with_rows = [day.on for day in days if day.rows > 0]
    return Evidence(
        kind=scope.evidence_kind,
        days=days,
        due_days=due,
        as_of=scope.as_of,
        fresh_on=max(with_rows, default=None),
        coverage=_coverage(measured.fleet[COVERAGE], scope.as_of, due),
        samples=sum(day.rows for day in days),
        robots={
            scope.robots[robot_id]: _days(figures[kpi], scope.as_of)
            for robot_id, figures in measured.robots.items()
        },
        robots_due=scope.robots_due,
        roll=roll_of(scope, known, due),
        dirty=dirty,
        disagreement=(
            _disagreement(measured, scope.as_of) if _bounds_disagreement(told) else None
        ),
    )


def _disagreement(measured: Measured, as_of: date) -> Fraction | None:
    """Return how far the robots' count of tasks lies above what was counted of them.

    Robots nobody counted are left out; None where nobody was counted.
    """
    figures = [each[CLAIMED] for each in measured.robots.values() if CLAIMED in each]
    claimed = counted = 0
    for figure in figures or [measured.fleet[CLAIMED]]:
        days = _days(figure, as_of)
        of_others = sum(day.den for day in days)
        if of_others:
            claimed += sum(day.num for day in days)
            counted += of_others
    return Fraction(claimed - counted, counted) if counted else None


def _coverage(figure: Figure, as_of: date, due: tuple[date, ...]) -> Fraction | None:
    """Return known time / time due over the days judged."""
    counted = [day for day in _days(figure, as_of) if day.on in set(due)]
    den = sum(day.den for day in counted)
    return Fraction(sum(day.num for day in counted), den) if den else None


def with_presence(evidence: Evidence, scope: Scope, heard: set[int]) -> Evidence:
    """Tell only which robots were heard from, where their own days are not asked."""
    sign = (Day(scope.as_of, 0, 0),)
    robots = {
        code: sign for robot_id, code in scope.robots.items() if robot_id in heard
    }
    return replace(evidence, robots=robots)


def _days(figure: Figure, as_of: date) -> tuple[Day, ...]:
    return tuple(
        Day(each.day, each.num, each.den, each.rows)
        for each in figure.by_day
        if each.day <= as_of
    )


def microseconds(at: datetime) -> int:
    return (at - EPOCH) // _US
