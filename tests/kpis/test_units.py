"""Units are said in words: of every KPI, in both languages, never as UCUM signs."""

import pytest
from django.utils import translation

from kpis.engine.definition import CATALOGUE
from kpis.reports import AMOUNTS, UNIT_WORDS, amount, unit_word
from pilots.reports.sentences import sentence

UNITS = {kpi.unit for kpi in CATALOGUE.values()}


def test_every_unit_of_the_catalogue_has_its_words():
    assert UNITS - set(UNIT_WORDS) == set()
    assert UNITS - {"1"} - set(AMOUNTS) == set()


@pytest.mark.parametrize(
    ("language", "said", "named"),
    [
        ("en", "0.42 per 100 hours", "per 100 hours"),
        ("zh-hans", "0.42 次/百小时", "次/百小时"),
    ],
)
def test_rate_is_said_in_words(language, said, named):
    with translation.override(language):
        assert amount("0.42", "1/(100.h)") == said
        assert unit_word("1/(100.h)") == named


@pytest.mark.parametrize(
    ("language", "said"), [("en", "per 100 hours"), ("zh-hans", "次/百小时")]
)
def test_reasons_of_a_gate_say_the_unit_in_words(language, said):
    facts = {"low": 0.1, "high": 0.9, "minimum": 0.5, "look": 1, "on": "2026-05-01"}

    with translation.override(language):
        told = sentence("shown", facts, "1/(100.h)")

    assert said in told
    assert "100.h" not in told
