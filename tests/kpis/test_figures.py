from datetime import date, timedelta
from fractions import Fraction

import pytest
from deltalake.exceptions import DeltaError
from django.db import IntegrityError, transaction

from kpis import services
from kpis.engine.definition import CATALOGUE, ENGINE_VERSION
from kpis.engine.duty import Duty, Exclusion, Presence, Shift
from kpis.engine.errors import UnknownKpiError
from kpis.engine.figures import Absence, Day, RobotTotal
from kpis.engine.parts import DUE_US, EXPECTED, STORED
from kpis.errors import LakeBehindError
from kpis.models import Measurement
from pilotgate_offline import twins
from robot_bridge.services import ingest, lake_rows
from robot_bridge.telemetry import DAY_US, HOUR_US, MINUTE_US, SECOND_US, Window
from tests.factories import make_deployment_span
from tests.kpis.messages import no_folder, shift, told_by
from tests.robot_bridge.messages import now_us

pytestmark = pytest.mark.django_db(transaction=True)
ASKED = {"evidence": "sim", "kpis": list(CATALOGUE)}


@pytest.fixture
def start_us():
    """A Shanghai midnight, two to three days ago: whole hours are hours there too."""
    at = now_us() - 2 * DAY_US
    return at - (at + 8 * HOUR_US) % DAY_US


@pytest.fixture
def fleet(robot, settled, start_us):
    """Two robots: one works an hour and a half of its day, one is silent."""
    settled(*shift(robot, start_us))
    return [robot.pk, make_deployment_span(evidence="sim").robot.pk]


def both(fleet, window, **more):
    measured = services.measure(robots=fleet, window=window, **ASKED, **more)
    return [
        services.compute(robots=fleet, window=window, **ASKED, **more),
        {key: measured.figure(key) for key in CATALOGUE},
    ]


def test_compute_and_measure_tell_the_same_integers(fleet, start_us):
    computed, measured = both(fleet, Window(start_us, start_us + DAY_US))

    assert computed == measured


def test_known_by_day_tells_the_silent_robot_too(fleet, start_us):
    window = Window(start_us, start_us + DAY_US)
    _computed, measured = both(fleet, window)
    alone = [
        services.compute(robots=[robot], window=window, **ASKED)["coverage"]
        for robot in fleet
    ]

    found = services.known_by_day(
        robots=fleet, window=window, evidence="sim", duty=Duty()
    )

    days = dict(found.keys())
    assert found == {
        (robot, days[robot]): (own.den, own.num)
        for robot, own in zip(fleet, alone, strict=True)
    }
    assert [known for _due, known in found.values()].count(0) == 1
    assert sum(due for due, _known in found.values()) == measured["coverage"].den


def test_figures_equal_their_twins(fleet, robot, start_us):
    window = Window(start_us, start_us + DAY_US)
    rows = [
        lake_rows(table, fleet, window).to_pylist() for table in ("samples", "events")
    ]
    totals = dict.fromkeys(
        [part.key for kpi in CATALOGUE.values() for part in kpi.parts], 0
    )
    for facts in twins.facts_by_minute(*rows).values():
        for name, number in facts.items():
            totals[name] = totals.get(name, 0) + number
    totals |= {DUE_US.key: 2 * DAY_US, EXPECTED.key: 270, STORED.key: 270}

    computed, _measured = both(fleet, window)

    assert {key: figure.value for key, figure in computed.items()} == {
        key: twins.KPIS[key](totals) for key in CATALOGUE
    }


def test_every_kpi_has_a_twin():
    assert twins.KPIS.keys() == CATALOGUE.keys()


def test_figure_says_what_it_rests_on(fleet, robot, start_us):
    window = Window(start_us, start_us + DAY_US)

    figure = services.measure(robots=fleet, window=window, **ASKED).figure(
        "completeness"
    )

    assert figure.value == 1
    assert (figure.samples, figure.expected, figure.stored) == (281, 270, 270)
    assert figure.coverage == Fraction(269 * 20, 2 * 24 * 3600)
    assert figure.engine_version == ENGINE_VERSION
    assert figure.definition_digest == CATALOGUE["completeness"].digest
    assert figure.fresh_at_us == told_by(robot)
    day = date(1970, 1, 1) + timedelta(days=(start_us + 8 * HOUR_US) // DAY_US)
    assert figure.by_day == (Day(day, 270, 270, 281),)
    assert figure.by_robot == (
        RobotTotal(fleet[0], 270, 270),
        RobotTotal(fleet[1], 0, 0),
    )


def test_silence_is_due_and_not_up(fleet, start_us):
    window = Window(start_us, start_us + DAY_US)

    computed, _ = both(fleet, window)

    assert computed["availability"].num == (269 * 20 - (95 - 12) * 20) * SECOND_US
    assert computed["availability"].den == 2 * DAY_US


def test_exclusions_and_shifts_cut_figures_to_the_minute(fleet, start_us):
    duty = Duty(
        shifts=(Shift(10, 60),),
        presence=(Presence(fleet[0], start_us, start_us + DAY_US),),
        exclusions=(
            Exclusion(None, start_us + 20 * MINUTE_US, start_us + 30 * MINUTE_US),
        ),
    )

    computed, measured = both(fleet, Window(start_us, start_us + DAY_US), duty=duty)

    assert computed == measured
    figure = computed["coverage"]
    assert (figure.num, figure.den) == (40 * MINUTE_US, 40 * MINUTE_US)
    # Down from 4 to 31 min 40 s; 20 to 30 min are excluded.
    assert computed["availability"].value == Fraction(28 * 60 + 20, 40 * 60)
    assert computed["availability"].unexcluded == Fraction(28 * 60 + 20, 50 * 60)


def test_measure_is_exact_for_windows_of_microseconds(fleet, start_us):
    window = Window(start_us + 7, start_us + 10 * MINUTE_US + 11)

    measured = services.measure(robots=fleet[:1], window=window, **ASKED)

    figure = measured.figure("coverage")
    assert (figure.num, figure.den) == (window.length_us, window.length_us)


@pytest.mark.parametrize(
    ("window", "reason"),
    [
        (lambda at: Window(at, at), Absence.NO_TIME_DUE),
        (lambda at: Window(at - DAY_US, at), Absence.NO_DATA),
    ],
)
def test_figure_of_nothing_is_none_with_a_reason(fleet, start_us, window, reason):
    for figures in both(fleet, window(start_us)):
        assert {figure.value for figure in figures.values()} == {None}
        assert {figure.reason for figure in figures.values()} == {reason}


def test_figure_without_cases_is_none_with_a_reason(fleet, start_us):
    window = Window(start_us, start_us + 2 * MINUTE_US)

    for figures in both(fleet, window):
        assert figures["mtbf"].value is None
        assert figures["mtbf"].reason == Absence.NO_CASES
        assert figures["interventions_per_hour"].value == 0


def test_figures_keep_evidence_kinds_and_versions_apart(fleet, start_us):
    window = Window(start_us, start_us + DAY_US)
    asked = {"robots": fleet, "window": window, "kpis": ["task_success"]}

    for read in (services.compute, lambda **_: services.measure(**_).figures):
        assert _value(read(evidence="sim", software="1.0", **asked)) == 1
        assert _value(read(evidence="sim", software="2.0", **asked)) is None
        assert _value(read(evidence="live", **asked)) is None


def _value(figures):
    found = figures["task_success"]
    told = found["value"] if isinstance(found, dict) else found.value
    return Fraction(*told) if isinstance(told, list) else told


def test_compute_refuses_an_unknown_kpi(fleet, start_us):
    with pytest.raises(UnknownKpiError, match="No KPI is called magic; the catalogue"):
        services.compute(
            robots=fleet,
            window=Window(start_us, start_us + 1),
            kpis=["magic"],
            evidence="sim",
        )


def test_measure_fleet_equals_measuring_pooled_and_alone(fleet, start_us):
    asked = {"window": Window(start_us, start_us + DAY_US), **ASKED}

    measured = services.measure_fleet(robots=fleet, **asked)
    pooled, alone = measured.pooled, measured.alone

    assert pooled.figures == services.measure(robots=fleet, **asked).figures
    assert alone.keys() == set(fleet)
    for robot_id, measured in alone.items():
        again = services.measure(robots=[robot_id], **asked)
        assert (measured.figures, measured.digest) == (again.figures, again.digest)


def test_measure_waits_for_the_lake(robot, spool, start_us, settings, tmp_path):
    ingest(shift(robot, start_us), spool=spool)
    settings.LAKE_URL = str(no_folder(tmp_path))
    with pytest.raises(DeltaError, match="directory"):
        services.settle_and_fold(spool)

    with pytest.raises(LakeBehindError):
        services.measure(
            robots=[robot.pk], window=Window(start_us, start_us + DAY_US), **ASKED
        )


def test_measurement_is_appended_never_edited(fleet, start_us):
    measured = services.measure(
        robots=fleet, window=Window(start_us, start_us + DAY_US), **ASKED
    )

    with pytest.raises(IntegrityError, match="appended"), transaction.atomic():
        Measurement.objects.filter(pk=measured.pk).update(evidence="live")


def test_compute_asks_the_database_as_often_for_one_robot_as_for_many(
    fleet, start_us, django_assert_num_queries
):
    window = Window(start_us, start_us + DAY_US)

    for robots in (fleet[:1], [*range(100), *fleet]):
        with django_assert_num_queries(3):
            services.compute(robots=robots, window=window, **ASKED)
