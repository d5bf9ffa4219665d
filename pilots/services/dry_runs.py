"""A city's KPI tried out on a past pilot: what it would have been, and its gate said.

A dry run is a job whose result holds all it found; nothing of it can decide.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import InvalidInputError, NotFoundError
from accounts.models import User
from dispatch.models import Job
from dispatch.services import enqueue, running, start_job
from kpis import services as kpis
from kpis.engine.definition import Kpi
from kpis.engine.figures import Figure
from kpis.models import ComposedKpi
from kpis.services.instants import weeks_of
from pilots import evidence as gathering
from pilots.gate import Comparator, Criterion, Day, Evidence, Law, Look, Verdict, assess
from pilots.models import Gate, Pilot
from pilots.services.gates import refuse_backlog
from pilots.services.hands import check_official

DRY_RUN: Final = "dry_run"
LONGEST_DAYS: Final = 366
# What a gate asks for where a brief does not say otherwise.
COVERAGE_MIN: Final = Fraction(9, 10)


@transaction.atomic
def ask_dry_run(
    *,
    composed: ComposedKpi,
    pilot: Pilot,
    days: tuple[date, date],
    bounds: tuple[Decimal | None, Decimal | None] = (None, None),
    by: User,
) -> Job:
    """Have a KPI tried out on the days of a pilot, in the background.

    Args:
        composed: a KPI of one's own city, be it a draft.
        pilot: one of the city's.
        days: the first and the last, both past.
        bounds: minimum and target; with them the gate's law is asked as well.
        by: an official of the city.

    Raises:
        InvalidInputError: the days are not past days of the pilot, or the target is
            not stricter than the minimum.
    """
    check_official(composed.city, by)
    if not Pilot.objects.visible_to(by).filter(pk=pilot.pk).exists():
        raise NotFoundError(_("There is no such thing in your city."))
    _check_days(pilot, *days)
    _check_bounds(composed.kpi, *bounds)
    window = _scope(pilot, *days).window
    job = start_job(DRY_RUN, by=by, subject=composed, total=len(weeks_of(window)))
    job.result = {
        "kpi": composed.key,
        "digest": composed.digest,
        "definition": composed.definition,
        "pilot": pilot.code,
        "starts_on": days[0].isoformat(),
        "ends_on": days[1].isoformat(),
        "minimum": None if bounds[0] is None else f"{bounds[0]:f}",
        "target": None if bounds[1] is None else f"{bounds[1]:f}",
    }
    job.save(update_fields=["result"])
    enqueue("pilots.dry_run", job_id=job.pk)
    audit.record(composed, "dry run asked for", by=by, job=job.code, pilot=pilot.code)
    return job


def _check_days(pilot: Pilot, starts_on: date, ends_on: date) -> None:
    yesterday = timezone.localdate(timezone=pilot.timezone) - timedelta(days=1)
    if starts_on < pilot.starts_on or ends_on > yesterday or ends_on < starts_on:
        raise InvalidInputError(
            _(
                "A dry run reads past days of the pilot, from %(first)s to %(last)s, "
                "the first no later than the last."
            )
            % {"first": pilot.starts_on.isoformat(), "last": yesterday.isoformat()},
            code="dry_run_reads_past_days",
        )
    if (ends_on - starts_on).days >= LONGEST_DAYS:
        raise InvalidInputError(
            _("A dry run reads %(days)s days at most.") % {"days": LONGEST_DAYS},
            code="dry_run_reads_past_days",
        )


def _check_bounds(kpi: Kpi, minimum: Decimal | None, target: Decimal | None) -> None:
    if minimum is None and target is None:
        return
    rises = kpi.better == "higher"
    if minimum is None or target is None:
        stricter = False
    else:
        stricter = target > minimum if rises else target < minimum
    if not stricter:
        raise InvalidInputError(
            _("Give minimum and target, the target above the minimum; or neither.")
            if rises
            else _(
                "Give minimum and target, the target below the minimum; or neither."
            ),
            code="target_is_stricter_than_minimum",
        )


def _scope(pilot: Pilot, starts_on: date, ends_on: date) -> gathering.Scope:
    """Say what is read: the pilot's robots, shifts and exclusions on these days."""
    gate = Gate(pilot=pilot, stage=1, starts_on=starts_on, ends_on=ends_on)
    return gathering.scope_between(gate, ends_on, (Look(1, ends_on),))


def run_dry_run(*, job: Job) -> None:
    """Read the KPI as it was when asked for, and keep what it came to in the job.

    Raises:
        UnavailableError: what was received has not reached the lake yet; try again.
    """
    refuse_backlog()
    asked = job.result
    told = {"kpi": asked["kpi"], "definition": asked["definition"]}
    kpi = gathering.frozen(told)
    pilot = Pilot.objects.with_parties().get(code=asked["pilot"])
    days = [date.fromisoformat(asked[name]) for name in ("starts_on", "ends_on")]
    scope = _scope(pilot, *days)
    with running(job) as progress:
        drawn = kpis.try_out(
            robots=list(scope.robots),
            window=scope.window,
            kpis=[kpi, gathering.COVERAGE] if kpi else [gathering.COVERAGE],
            evidence=scope.evidence_kind,
            duty=scope.duty,
            progress=progress,
        )
        figure = drawn[asked["kpi"]]
        verdict = _verdict(kpi, scope, drawn, asked) if kpi else None
        job.result = asked | {
            "figure": figure.as_json(),
            "evidence_kind": scope.evidence_kind,
            "robots": {str(robot): code for robot, code in scope.robots.items()},
            "verdict": _told(verdict),
        }


def _verdict(
    kpi: Kpi,
    scope: gathering.Scope,
    drawn: Mapping[str, Figure],
    asked: Mapping[str, Any],
) -> Verdict | None:
    """Say what the gate's law would have found at the end; None where not asked."""
    if asked["minimum"] is None:
        return None
    rises = kpi.better == "higher"
    criterion = Criterion(
        kpi=kpi.key,
        law=Law(str(kpi.law)),
        comparator=Comparator.AT_LEAST if rises else Comparator.AT_MOST,
        minimum=Fraction(asked["minimum"]),
        target=Fraction(asked["target"]),
        coverage_min=COVERAGE_MIN,
        evidence_kind=scope.evidence_kind,
        unit=kpi.unit,
        scale=kpi.scale,
    )
    measured = gathering.Measured(fleet=drawn, robots={})
    evidence = gathering.evidence_of(
        scope, {"kpi": kpi.key}, measured, gathering.known_live(scope), dirty=False
    )
    return assess(criterion, _with_signs(evidence, scope, drawn[kpi.key]), scope.looks)


def _with_signs(evidence: Evidence, scope: gathering.Scope, figure: Figure) -> Evidence:
    """Tell which robots had anything to count; a past pilot owes no others."""
    signs = {
        scope.robots[each.robot_id]: (Day(scope.as_of, 0, 0),)
        for each in figure.by_robot
        if each.den
    }
    return replace(evidence, robots=signs, robots_due=len(signs))


def _told(verdict: Verdict | None) -> dict[str, Any] | None:
    if verdict is None:
        return None
    return {
        "outcome": str(verdict.outcome),
        "reasons": [
            [reason.code, {name: _plain(fact) for name, fact in reason.facts.items()}]
            for reason in verdict.reasons
        ],
        "estimate": _plain(verdict.estimate),
        "low": _plain(verdict.low),
        "high": _plain(verdict.high),
    }


def _plain(fact: Any) -> Any:
    """Leave out what JSON cannot say: no limit at all."""
    return None if fact in {float("inf"), float("-inf")} else fact


def dry_runs_of(composed: ComposedKpi, by: User) -> QuerySet[Job]:
    """Return the dry runs of a KPI, the newest first."""
    runs: QuerySet[Job] = (
        Job.objects.visible_to(by)
        .filter(
            kind=DRY_RUN,
            subject_type=ComposedKpi._meta.label,
            subject_code=composed.code,
        )
        .order_by("-created_at")
    )
    return runs
