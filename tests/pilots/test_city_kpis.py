"""A city's own KPI from its definition to a gate, on what the simulator sends."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.utils import timezone

from accounts.errors import InvalidInputError, NotAllowedError, NotFoundError
from dispatch.enums import JobState
from dispatch.models import Delivery, Job
from kpis import services as kpis
from kpis.engine.definition import definition_as_json
from kpis.engine.figures import Absence, Figure
from kpis.engine.parts import FACT_KEYS
from kpis.models import ComposedKpi, LakeFigure
from pilotgate_offline import composed as twin
from pilots import services, tasks
from pilots.evidence import kpis_of, microseconds, objections_to
from pilots.gate import capsule
from robot_bridge.services import lake_rows
from robot_bridge.telemetry import Window
from tests.factories import make_organisation, make_user
from tests.kpis.composing import QUICK, publish
from tests.pilots.factories import make_pilot, simple_criterion


def criterion_of(kpi, **changes):
    """Freeze a composed KPI as a contract does."""
    return (
        simple_criterion()
        | {
            "kpi": kpi.key,
            "unit": kpi.unit,
            "scale": str(kpi.scale),
            "law": str(kpi.law),
            "minimum": "0.5",
            "target": "0.9",
            "definition": definition_as_json(kpi),
            "definition_digest": kpi.digest,
        }
        | changes
    )


@pytest.fixture
def quick(db):
    """A KPI that counts what no state holds, published by a demo city."""
    return publish(make_user(organisation=make_organisation(is_demo=True)))


def run_jobs():
    for task in Delivery.objects.filter(payload__task="pilots.dry_run", done_at=None):
        tasks.dry_run(**task.payload["arguments"])


def test_gate_is_decided_by_the_frozen_definition_of_a_composed_kpi(walk, quick):
    walked = walk(criteria=[simple_criterion(), criterion_of(quick.kpi)])
    walked.forward()
    pilot = walked.pilot

    before = services.gate_state(pilot)
    services.read_lake(pilot=pilot)
    standing = services.gate_state(pilot)
    review = services.assess_gate(pilot=pilot)

    told = next(x for x in review.bundle["kpis"] if x["criterion"]["kpi"] == quick.key)
    verdict = review.verdicts.get(kpi=quick.key)
    unread, shown = (
        next(x.figure for x in state.kpis if x.criterion.kpi == quick.key)
        for state in (before, standing)
    )
    assert (unread.value, unread.reason) == (None, Absence.NOT_READ)
    kept = capsule.evidence_from(told["evidence"])
    days = [day for day in shown.by_day if day.day <= kept.as_of]
    assert [(day.num, day.den) for day in days] == [
        (day.num, day.den) for day in kept.days
    ]
    assert verdict.outcome == "pass"
    assert told["definition_digest"] == quick.digest
    assert not services.lake_reading_is_due(pilot)
    ends_at = pilot.midnight(kept.as_of + timedelta(days=1))
    window = Window(*map(microseconds, (pilot.midnight(pilot.starts_on), ends_at)))
    robots = list(pilot.deployments.values_list("robot_id", flat=True))
    rows = [
        lake_rows(table, robots, window).to_pylist() for table in ("samples", "events")
    ]
    definition = definition_as_json(quick.kpi)
    assert twin.integers(
        definition, *rows, window=(window.start_us, window.end_us)
    ) == (sum(day.num for day in kept.days), sum(day.den for day in kept.days))


def test_criteria_keep_their_definition_when_the_city_goes_on(quick):
    pilot = make_pilot(criteria=[criterion_of(quick.kpi)])
    ComposedKpi.objects.filter(pk=quick.pk).update(state="retired")

    (frozen, _coverage) = kpis_of(pilot.contract)

    assert frozen == quick.kpi
    assert objections_to(pilot.contract) == ()


def test_definition_that_is_not_the_one_signed_blocks_the_gate(quick):
    other = definition_as_json(quick.kpi) | {"unit": "{ratio}"}
    pilot = make_pilot(criteria=[criterion_of(quick.kpi, definition=other)])

    (reason,) = objections_to(pilot.contract)

    assert reason.code == "definition_changed"
    assert reason.facts == {"kpis": [quick.key]}


def test_tick_asks_for_the_lake_where_a_criterion_needs_it(quick):
    plain = make_pilot(criteria=[simple_criterion()], state="running", days_ago=3)
    own = make_pilot(criteria=[criterion_of(quick.kpi)], state="running", days_ago=3)

    services.tick()
    asked = Delivery.objects.filter(payload__task="pilots.read_lake")
    tasks.read_lake(**asked.get().payload["arguments"])
    services.tick()

    assert [each.payload["arguments"] for each in asked] == [{"pilot_id": own.pk}]
    assert LakeFigure.objects.get().subject == f"{own.code}/1"
    assert not services.lake_reading_is_due(plain)


def test_dry_run_tells_value_days_and_what_the_gate_would_have_said(walk):
    walked = walk()
    walked.forward()
    pilot, official = walked.pilot, walked.first
    draft = kpis.compose_kpi(told=QUICK, by=official)
    days = (pilot.starts_on, pilot.starts_on + timedelta(days=34))

    services.ask_dry_run(
        composed=draft,
        pilot=pilot,
        days=days,
        bounds=(Decimal("0.5"), Decimal("0.9")),
        by=official,
    )
    run_jobs()

    job = Job.objects.get(kind=services.DRY_RUN)
    figure = Figure.from_json(job.result["figure"])
    assert (job.state, job.done, job.total) == (JobState.DONE, 5, 5)
    assert list(services.dry_runs_of(draft, official)) == [job]
    assert figure.definition_digest == draft.digest
    assert figure.value == Fraction(figure.num, figure.den)
    assert len(figure.by_day) == 35
    assert sum(day.num for day in figure.by_day) == figure.num > 0
    assert figure.coverage > Fraction(9, 10)
    assert job.result["verdict"]["outcome"] == "pass"


def test_dry_run_without_rows_has_no_value_but_a_reason(quick):
    official = quick.composed_by
    pilot = make_pilot(criteria=[simple_criterion()], state="running", days_ago=9)
    own = make_user(organisation=pilot.contract.city)
    draft = kpis.compose_kpi(told=QUICK, by=own)
    days = (pilot.starts_on, pilot.starts_on + timedelta(days=2))

    with pytest.raises(NotFoundError):
        services.ask_dry_run(composed=quick, pilot=pilot, days=days, by=official)
    services.ask_dry_run(composed=draft, pilot=pilot, days=days, by=own)
    run_jobs()

    job = Job.objects.get(kind=services.DRY_RUN)
    figure = Figure.from_json(job.result["figure"])
    assert job.state == JobState.DONE
    assert figure.value is None
    assert figure.reason == Absence.NO_TIME_DUE
    assert job.result["verdict"] is None


@pytest.mark.parametrize(
    ("days", "bounds", "why"),
    [
        ((-1, 2), (None, None), "past days of the pilot"),
        ((0, 9), (None, None), "past days of the pilot"),
        ((2, 1), (None, None), "past days of the pilot"),
        ((0, 1), (Decimal("0.9"), None), "Give minimum and target"),
        ((0, 1), (Decimal("0.9"), Decimal("0.8")), "target above the minimum"),
    ],
)
def test_dry_run_is_refused_with_what_would_be_right(quick, days, bounds, why):
    pilot = make_pilot(criteria=[simple_criterion()], state="running", days_ago=9)
    own = make_user(organisation=pilot.contract.city)
    draft = kpis.compose_kpi(told=QUICK, by=own)
    dates = tuple(pilot.starts_on + timedelta(days=day) for day in days)

    with pytest.raises(InvalidInputError, match=why):
        services.ask_dry_run(
            composed=draft, pilot=pilot, days=dates, bounds=bounds, by=own
        )

    assert not Job.objects.exists()


def test_dry_run_is_for_the_city_s_officials(quick):
    pilot = make_pilot(criteria=[simple_criterion()], state="running", days_ago=9)
    vendor = make_user("vendor", organisation=pilot.contract.vendor)

    with pytest.raises(NotAllowedError):
        services.ask_dry_run(
            composed=quick,
            pilot=pilot,
            days=(pilot.starts_on, timezone.localdate() - timedelta(days=1)),
            by=vendor,
        )


def test_what_states_hold_is_told_apart_from_what_they_do_not(quick):
    assert kpis.not_held([quick.kpi, *kpis.definitions(["mtbf", "coverage"])]) == [
        quick.kpi
    ]
    assert quick.kpi.numerator[0].key not in FACT_KEYS
