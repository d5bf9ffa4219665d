import json
from dataclasses import replace
from fractions import Fraction

import pytest
from django.conf import settings

from kpis.engine.definition import (
    CATALOGUE,
    Law,
    definition_as_json,
    definition_from_json,
    register,
)
from kpis.engine.parts import FACT_KEYS
from kpis.reports import catalogue


def test_kpis_document_is_fresh():
    kept = settings.BASE_DIR / "docs" / "kpis.md"

    assert kept.read_text(encoding="utf-8") == catalogue()


@pytest.mark.parametrize("kpi", CATALOGUE.values(), ids=list(CATALOGUE))
def test_kpi_is_fully_described(kpi):
    texts = (kpi.title, kpi.title_zh, kpi.unit, kpi.source, kpi.explanation)

    assert all(texts)
    assert kpi.explanation_zh
    assert kpi.better in {"higher", "lower"}


def test_digest_changes_with_anything_that_could_change_a_value():
    mtbf = CATALOGUE["mtbf"]
    others = [
        replace(mtbf, scale=Fraction(1)),
        replace(mtbf, law=Law.SHOWN),
        replace(mtbf, numerator=CATALOGUE["availability"].numerator),
        replace(mtbf, denominator=CATALOGUE["availability"].denominator),
    ]

    assert len({mtbf.digest, *(other.digest for other in others)}) == 5
    assert replace(mtbf, title="Another").digest == mtbf.digest


@pytest.mark.parametrize("kpi", CATALOGUE.values(), ids=list(CATALOGUE))
def test_definition_survives_as_data(kpi):
    told = json.loads(json.dumps(definition_as_json(kpi)))

    again = definition_from_json(told)

    assert again == kpi
    assert again.digest == kpi.digest


def test_register_refuses_a_key_that_is_taken():
    with pytest.raises(ValueError, match="mtbf is registered twice"):
        register(CATALOGUE["mtbf"])


def test_stored_facts_keep_their_places():
    """States outlive the program: a fact may be added at the end, never moved."""
    assert FACT_KEYS[:26] == (
        "sample_rows",
        "event_rows",
        "known_us",
        "up_us",
        "waiting_us",
        "operating_us",
        "navigating_us",
        "degraded_us",
        "stopping_faults",
        "repairs",
        "repairs_timed",
        "repairs_within_30_min",
        "repair_us",
        "tasks_finished",
        "tasks_failed",
        "tasks_cancelled",
        "tasks_timed",
        "cycle_us",
        "tasks_due",
        "tasks_on_time",
        "interventions",
        "interventions_timed",
        "intervention_us",
        "estops",
        "protective_stops",
        "breaches",
    )
