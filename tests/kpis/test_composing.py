import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from accounts.enums import Role
from accounts.errors import (
    DomainError,
    NotAllowedError,
    NotFoundError,
    TransitionRefusedError,
)
from accounts.models import AuditEntry
from kpis import services
from kpis.engine.composition import NAMED
from kpis.engine.definition import CATALOGUE
from kpis.engine.errors import UnknownKpiError
from kpis.engine.figures import Absence
from kpis.engine.vocabulary import COLUMNS, SUMS
from kpis.errors import CompositionRefusedError
from kpis.forms import COLUMN_WORDS, FACT_WORDS, WHAT_WORDS
from kpis.models import ComposedKpi, LakeFigure
from robot_bridge.telemetry import DAY_US, HOUR_US, MINUTE_US, Window
from tests.factories import make_deployment_span, make_organisation, make_user
from tests.kpis.composing import QUICK, publish
from tests.kpis.messages import shift
from tests.robot_bridge.messages import now_us

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def official(db):
    return make_user(organisation=make_organisation(code="lake-city"))


def test_compose_keeps_a_draft_under_the_city_s_name(official):
    composed = services.compose_kpi(told=QUICK, by=official)

    assert composed.key == "city.lake-city.quick_tasks.v1"
    assert composed.state == "draft"
    assert composed.digest == composed.kpi.digest
    assert services.definition_of(composed.key) is None
    assert services.told_again(composed)["denominator"] == QUICK["denominator"]
    assert AuditEntry.objects.filter(
        verb="composed", subject_code=composed.code
    ).exists()


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "The unit “h” does not fit what is divided; it would be: 1."),
        ("zh-hans", "单位“h”与所除的内容不符；应为：1。"),
    ],
)
def test_refusal_is_told_at_the_field_in_the_reader_s_language(
    official, language, sentence
):
    with (
        translation.override(language),
        pytest.raises(CompositionRefusedError) as refused,
    ):
        services.compose_kpi(told=QUICK | {"unit": "h"}, by=official)

    (problem,) = refused.value.problems
    assert (problem.field, problem.sentence) == ("unit", sentence)
    assert not ComposedKpi.objects.exists()


def test_published_version_is_resolved_and_offered_to_its_city(official):
    composed = publish(official)

    assert services.definition_of(composed.key) == composed.kpi
    assert services.offered_to(official.organisation) == CATALOGUE | {
        composed.key: composed.kpi
    }
    assert services.offered_to(make_organisation()) == CATALOGUE
    assert services.title_of_key(composed.key) == "Quick tasks"
    assert services.definitions([composed.key, "mtbf"]) == (
        composed.kpi,
        CATALOGUE["mtbf"],
    )


def test_retired_version_is_resolved_and_no_longer_offered(official):
    composed = publish(official)

    services.move_kpi(composed=composed, target="retired", by=official)

    assert services.definition_of(composed.key) == composed.kpi
    assert services.offered_to(official.organisation) == CATALOGUE
    with pytest.raises(TransitionRefusedError, match="cannot move"):
        services.move_kpi(composed=composed, target="published", by=official)


def test_change_is_a_new_version(official):
    first = publish(official)
    with pytest.raises(DomainError, match="never changes"):
        services.save_kpi(composed=first, told=QUICK, by=official)

    second = services.begin_version(composed=first, by=official)
    services.save_kpi(
        composed=second,
        told=QUICK | {"numerator": [{"fact": "tasks_on_time"}]},
        by=official,
    )

    assert (first.version, second.version) == (1, 2)
    assert second.key.endswith(".v2")
    assert second.digest != first.digest
    with pytest.raises(DomainError, match="draft of the next version already"):
        services.begin_version(composed=first, by=official)
    with pytest.raises(CompositionRefusedError, match="new version of that one"):
        services.compose_kpi(told=QUICK, by=official)


def test_draft_is_thrown_away_and_a_published_one_kept(official):
    draft = services.compose_kpi(told=QUICK, by=official)
    services.discard_kpi(composed=draft, by=official)
    kept = publish(official)

    with pytest.raises(DomainError, match="is kept"):
        services.discard_kpi(composed=kept, by=official)

    assert list(ComposedKpi.objects.all()) == [kept]


@pytest.mark.parametrize(
    "change",
    [
        {"definition": {}},
        {"digest": "0" * 64},
        {"key": "city.lake-city.quick_tasks.v9"},
        {"state": "draft"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_database_refuses_to_change_what_is_published(official, change):
    composed = publish(official)

    with pytest.raises(IntegrityError, match="a change is a new version"):
        ComposedKpi.objects.filter(pk=composed.pk).update(**change)


def test_database_refuses_to_delete_what_is_published(official):
    composed = publish(official)

    with pytest.raises(IntegrityError, match="published_kpi_is_kept"):
        composed.delete()


def test_database_refuses_a_kpi_that_begins_published(official):
    draft = services.compose_kpi(told=QUICK, by=official)
    fields = {
        each.attname: getattr(draft, each.attname)
        for each in ComposedKpi._meta.concrete_fields
        if each.attname != "id"
    }
    fields |= {"code": "CK-1", "version": 2, "key": "other", "state": "published"}

    with pytest.raises(IntegrityError, match="begins_as_a_draft"), transaction.atomic():
        ComposedKpi.objects.create(**fields)


def test_only_an_official_of_the_city_composes(official):
    draft = services.compose_kpi(told=QUICK, by=official)
    stranger = make_user(organisation=make_organisation())
    vendor = make_user(Role.VENDOR, organisation=make_organisation("vendor"))

    with pytest.raises(NotAllowedError, match="Only an official"):
        services.compose_kpi(told=QUICK, by=vendor)
    with pytest.raises(NotFoundError):
        services.move_kpi(composed=draft, target="published", by=stranger)


def test_visible_to_hides_drafts_from_all_but_the_city(official):
    draft = services.compose_kpi(told=QUICK | {"key": "other"}, by=official)
    shown = publish(official)
    demo = official.organisation.is_demo
    vendor = make_user(
        Role.VENDOR, organisation=make_organisation("vendor", is_demo=demo)
    )
    apart = make_user(
        Role.VENDOR, organisation=make_organisation("vendor", is_demo=not demo)
    )
    stranger = make_user(organisation=make_organisation())
    seen = ComposedKpi.objects.visible_to

    assert set(seen(official)) == {draft, shown}
    assert list(seen(vendor)) == [shown]
    assert not seen(apart).exists()
    assert not seen(stranger).exists()


def test_unknown_key_is_refused_by_name(official):
    services.compose_kpi(told=QUICK, by=official)

    with pytest.raises(UnknownKpiError, match=r"quick_tasks\.v1"):
        services.definitions(["mtbf", "city.lake-city.quick_tasks.v1"])


@pytest.fixture
def start_us():
    at = now_us() - 2 * DAY_US
    return at - (at + 8 * HOUR_US) % DAY_US


@pytest.mark.django_db(transaction=True)
def test_composed_kpi_is_measured_and_tried_out_alike(settled, official, start_us):
    robot = make_deployment_span(evidence="sim").robot
    settled(*shift(robot, start_us))
    quick = publish(official)
    asked = {
        "robots": [robot.pk],
        "window": Window(start_us, start_us + DAY_US),
        "kpis": [quick.key, "task_success", quick.kpi],
        "evidence": "sim",
    }
    weeks = []

    measured = services.measure(**asked)
    tried = services.try_out(
        **asked | {"window": Window(start_us - 8 * DAY_US, start_us + DAY_US)},
        progress=lambda done, total: weeks.append((done, total)),
    )
    live = services.compute(**asked)

    figure = measured.figure(quick.key)
    assert (figure.num, figure.den) == (1, 1)
    assert tried[quick.key].value == figure.value == 1
    assert tried["task_success"].num == measured.figure("task_success").num
    assert weeks == [(1, 2), (2, 2)]
    assert live["task_success"] == measured.figure("task_success")
    assert live[quick.key].value is None
    assert live[quick.key].reason == Absence.NOT_READ


@pytest.mark.django_db(transaction=True)
def test_composed_kpi_of_declared_facts_is_live(settled, official, start_us):
    robot = make_deployment_span(evidence="sim").robot
    settled(*shift(robot, start_us))
    down = publish(
        official,
        key="repair_share",
        numerator=[{"fact": "repair_us"}],
        denominator=[{"fact": "due_us"}],
        unit="{ratio}",
        better="lower",
    )

    live = services.compute(
        robots=[robot.pk],
        window=Window(start_us, start_us + HOUR_US),
        kpis=[down.key],
        evidence="sim",
    )

    assert (live[down.key].num, live[down.key].den) == (
        82 * MINUTE_US // 3,
        HOUR_US,
    )


@pytest.mark.django_db(transaction=True)
def test_kept_lake_figures_are_replaced_by_newer_ones(settled, official, start_us):
    robot = make_deployment_span(evidence="sim").robot
    settled(*shift(robot, start_us))
    quick = publish(official)
    asked = {"robots": [robot.pk], "kpis": [quick.key], "evidence": "sim"}
    for hours in (0, 2):
        window = Window(start_us, start_us + hours * HOUR_US)
        drawn = services.try_out(**asked, window=window)
        services.keep_lake_figures("P-1/1", drawn.values())

    (kept,) = services.lake_figures("P-1/1").values()

    assert kept == drawn[quick.key]
    assert (kept.num, kept.den) == (1, 1)
    assert services.lake_figures("P-2/1") == {}
    LakeFigure.objects.update(figure=kept.as_json() | {"engine_version": "0"})
    assert services.lake_figures("P-1/1") == {}


def test_every_integer_and_part_that_can_be_named_has_words():
    made = {
        f"{source}:{column}"
        for source, columns in COLUMNS.items()
        for column in SUMS[source]
        if columns
    }

    assert set(NAMED) == set(FACT_WORDS)
    assert made == set(WHAT_WORDS)
    assert {name for each in COLUMNS.values() for name in each} <= set(COLUMN_WORDS)
