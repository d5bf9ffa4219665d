from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from procurement.rules import RULES, briefs, plans, reviews
from procurement.rules.headings import empty
from procurement.workflow.sentences import sentence

NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)


def keys(objections):
    return [each.rule.key for each in objections]


def test_rules_are_named_once_and_each_says_where_it_stands():
    for key, rule in RULES.items():
        assert rule.key == key
        assert rule.source
        assert rule.title


@given(st.integers(0, 60), st.integers(8, 12), st.integers(8, 12))
def test_weeks_fit_8_to_12_and_the_briefs_own_range(total, low, high):
    fits = 8 <= total <= 12 and low <= total <= high

    assert (plans.weeks_fit(total, low, high) == []) == fits


def test_deadline_is_half_open():
    tick = timedelta(microseconds=1)

    assert plans.is_before_deadline(NOON - tick, NOON) == []
    assert keys(plans.is_before_deadline(NOON, NOON)) == [
        "submission_before_the_deadline"
    ]
    assert plans.is_after_deadline(NOON, NOON) == []
    assert keys(plans.is_after_deadline(NOON - tick, NOON)) == [
        "opening_after_the_deadline"
    ]


@pytest.mark.parametrize(
    ("route", "finished", "fits"),
    [
        ("scenario_pilot", 1, True),
        ("scenario_pilot", 2, True),
        ("cooperative_innovation", 1, False),
        ("cooperative_innovation", 2, False),
        ("cooperative_innovation", 3, True),
        ("cooperative_innovation", 4, False),
        ("cooperative_innovation", 5, True),
    ],
)
def test_group_is_odd_by_article_15(route, finished, fits):
    found = reviews.group_is_odd(route, finished)

    assert (found == []) == fits
    assert all(each.rule.article == "15" for each in found)


def test_at_most_three_suppliers_by_article_23():
    assert reviews.at_most_three_suppliers(2) == []
    (found,) = reviews.at_most_three_suppliers(3)
    assert found.rule.article == "23"


def test_weighted_score_is_exact():
    full = [(Decimal(10), 10, 60), (Decimal(20), 20, 40)]
    thirds = [(Decimal(1), 3, 100)]

    assert reviews.weighted_score(full) == Decimal("100.00")
    assert reviews.weighted_score(thirds) == Decimal("33.33")
    assert reviews.weighted_score([]) == Decimal("0.00")


@pytest.mark.parametrize("value", [None, "", "  ", [], ()])
def test_blank_answers_are_empty(value):
    assert empty(value)
    assert not empty(0)
    assert not empty(["mqtt"])


def test_budget_at_the_ceiling_is_enough():
    assert briefs.budget_covers(Decimal(1000), 10, Decimal(100)) == []
    assert briefs.budget_covers(Decimal(999), 10, Decimal(100)) != []
    assert briefs.budget_covers(None, 10, Decimal(100)) == []


def test_default_criteria_weigh_a_hundred():
    assert sum(each.weight for each in briefs.DEFAULT_CRITERIA) == 100


def test_objection_becomes_a_sentence_with_its_article():
    (late,) = plans.is_before_deadline(NOON, NOON)

    with translation.override("en"):
        said = sentence(late)

    assert "12:00" in said or "noon" in said  # shown in Beijing time
    assert said.endswith("article 27)")
