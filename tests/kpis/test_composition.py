from fractions import Fraction

import pytest

from kpis.engine import shape
from kpis.engine.composition import (
    NAMED,
    CompositionError,
    compose,
    extra_parts,
    told_of,
)
from kpis.engine.definition import (
    CATALOGUE,
    Law,
    definition_as_json,
    definition_from_json,
)
from tests.kpis.definitions import FINISHED, QUICK, WORDS, bound, is_, over, told
from tests.kpis.rows import SECOND


def fault_of(**wrong):
    """Return the one fault of a definition: its field, and its words filled in."""
    with pytest.raises(CompositionError) as refused:
        compose(told([QUICK], [FINISHED]) | wrong)
    (fault,) = refused.value.faults
    return fault.field, fault.text % fault.facts


def test_compose_makes_a_definition_of_a_city_and_version():
    kpi = compose(told([QUICK], [FINISHED]), prefix="city.shenzhen.", suffix=".v2")

    assert kpi.key == "city.shenzhen.early.v2"
    assert kpi.key not in CATALOGUE
    assert kpi.law is Law.RATE_BY_DAY
    assert kpi.denominator == (NAMED["tasks_finished"],)
    assert kpi.numerator[0].key.startswith("own_")
    assert definition_from_json(definition_as_json(kpi)).digest == kpi.digest


def test_compose_names_equal_parts_alike_in_any_order_of_filters():
    turned = QUICK | {"where": list(reversed(QUICK["where"]))}

    one, other = (compose(told([each], [FINISHED])) for each in (QUICK, turned))

    assert one.digest == other.digest


def test_told_of_composes_the_same_definition_again():
    kpi = compose(told([QUICK], [FINISHED], few_cases=True))

    assert compose(WORDS | told_of(kpi)) == kpi


@pytest.mark.parametrize("kpi", CATALOGUE.values(), ids=list(CATALOGUE))
def test_shape_of_the_catalogue_gives_its_units_and_laws(kpi):
    """What the catalogue decides on, a city that composes the same decides on alike."""
    sides = kpi.numerator, kpi.denominator

    law = shape.law_of(
        *sides, better=kpi.better, few_cases=kpi.law is Law.SHARE_OF_CASES
    )

    assert shape.units_of(*sides)[kpi.unit] == kpi.scale
    assert law is kpi.law or kpi.law is Law.SHOWN


FAULTS = {
    "unknown column": (
        {"numerator": [over("edges", is_("knd", "task"))]},
        "numerator.0.where.0.column",
        "There is no column “knd” here",
    ),
    "unit that does not fit": (
        {"unit": "h"},
        "unit",
        "The unit “h” does not fit what is divided; it would be: 1.",
    ),
    "nothing to divide by": ({"denominator": []}, "denominator", "divided by nothing"),
    "value never had": (
        {"numerator": [over("edges", is_("kind", "task"), is_("value", "active"))]},
        "numerator.0.where",
        "“value” is never “active”",
    ),
    "two filters that exclude each other": (
        {
            "numerator": [
                over(
                    "edges",
                    is_("kind", "task"),
                    is_("value", "finished"),
                    is_("value", "failed"),
                )
            ]
        },
        "numerator.0.where",
        "asked twice",
    ),
    "change from itself": (
        {
            "numerator": [
                over(
                    "edges",
                    is_("kind", "task"),
                    is_("value", "finished"),
                    is_("was", "finished"),
                )
            ]
        },
        "numerator.0.where",
        "from another value",
    ),
    "time less than nothing": (
        {"numerator": [over("edges", is_("kind", "task"), bound("since_us", -1))]},
        "numerator.0.where.1.at_most",
        "shorter than 0",
    ),
    "word for a number": (
        {"numerator": [over("edges", is_("kind", "task"), is_("is_due", "yes"))]},
        "numerator.0.where.1.one_of",
        "whole numbers; “yes” is not one",
    ),
    "number for a word": (
        {"numerator": [over("edges", is_("kind", 7))]},
        "numerator.0.where.0.one_of",
        "holds words",
    ),
    "truth for a number": (
        {"numerator": [over("spans", bound("degraded", 1), sums="length_us")]},
        "numerator.0.where.0.at_most",
        "takes values, no bound",
    ),
    "no kind of event": (
        {"numerator": [over("edges", is_("value", "finished"))]},
        "numerator.0.where",
        "Say which kind of event",
    ),
    "column of another kind": (
        {"numerator": [over("edges", is_("kind", "repair"), is_("on_time", 1))]},
        "numerator.0.where",
        "says something of the kind “task” alone",
    ),
    "unknown source": (
        {"numerator": [over("tasks")]},
        "numerator.0.over",
        "Nothing is counted over “tasks”",
    ),
    "unknown integer": (
        {"numerator": [{"fact": "tasks_done"}]},
        "numerator.0.fact",
        "No integer is called “tasks_done”.",
    ),
    "column that is no sum": (
        {"numerator": [over("edges", is_("kind", "task"), sums="number")]},
        "numerator.0.sums",
        "“number” cannot be summed here",
    ),
    "counting spans": (
        {"numerator": [over("spans")]},
        "numerator.0.sums",
        "Say what is summed: length_us.",
    ),
    "counter summed": (
        {"numerator": [over("readings", is_("metric", "energy_wh"), sums="reading")]},
        "numerator.0.sums",
        "Summing “energy_wh” says nothing",
    ),
    "apples and hours": (
        {"numerator": [{"fact": "up_us"}, {"fact": "repairs"}]},
        "numerator",
        "mix counts, times or readings",
    ),
    "the same twice": (
        {"denominator": [FINISHED, {"fact": "tasks_finished"}]},
        "denominator.1",
        "would count twice",
    ),
    "divided by itself": (
        {"numerator": [{"fact": "tasks_finished"}]},
        "numerator",
        "would always be 1",
    ),
    "few cases of time": (
        {
            "numerator": [{"fact": "up_us"}],
            "denominator": [{"fact": "due_us"}],
            "few_cases": True,
        },
        "few_cases",
        "share of counted cases",
    ),
    "bad key": ({"key": "Früh"}, "key", "A key begins with a small letter"),
    "no title": ({"title_zh": " "}, "title_zh", "Fill this in."),
    "long title": ({"title_zh": "长" * 61}, "title_zh", "60 signs at most"),
    "no direction": ({"better": "left"}, "better", "higher"),
    "no list": ({"numerator": "tasks"}, "numerator", "what is counted"),
    "no part": ({"numerator": [7]}, "numerator.0", "Name an integer"),
    "no filter": (
        {"numerator": [{"over": "edges", "where": [7]}]},
        "numerator.0.where.0.column",
        "A filter is a column",
    ),
    "values and a bound": (
        {
            "numerator": [
                over(
                    "edges", is_("kind", "task"), bound("since_us", 5) | {"one_of": [1]}
                )
            ]
        },
        "numerator.0.where.1.one_of",
        "one of the two",
    ),
}


@pytest.mark.parametrize(("wrong", "field", "words"), FAULTS.values(), ids=FAULTS)
def test_compose_says_what_is_wrong_and_where(wrong, field, words):
    at, sentence = fault_of(**wrong)

    assert at == field
    assert words in sentence


def test_compose_says_all_that_is_wrong_at_once():
    with pytest.raises(CompositionError) as refused:
        compose({})

    assert {fault.field for fault in refused.value.faults} == {
        *WORDS,
        "numerator",
        "denominator",
    }


def test_share_needs_the_numerator_within_the_denominator():
    """More could come late than was finished, so this is no share."""
    late = over("edges", is_("kind", "task"), bound("since_us", 60 * SECOND))

    assert fault_of(numerator=[late]) == (
        "unit",
        "The unit “1” does not fit what is divided; it would be: {ratio}.",
    )
    assert compose(told([late], [FINISHED], unit="{ratio}")).law is Law.MEAN_BY_DAY


def test_share_counts_no_row_twice_above_the_line():
    """Two parts that overlap may together be more than the one they lie within."""
    done = over("edges", is_("kind", "task"), is_("value", "finished", "failed"))

    assert fault_of(numerator=[QUICK, FINISHED], denominator=[done])[0] == "unit"


def test_mean_of_a_reading_has_the_metric_s_unit():
    temp = is_("metric", "temp_c")

    kpi = compose(
        told(
            [over("readings", temp, sums="reading")],
            [over("readings", temp)],
            unit="Cel",
            better="lower",
        )
    )

    assert (kpi.law, kpi.scale) == (Law.MEAN_BY_DAY, Fraction(1, 1_000))


def test_only_what_no_state_holds_is_extra():
    idle = over("spans", is_("op_state", "idle"), sums="length_us")

    kpi = compose(told([idle], [{"fact": "known_us"}]))

    assert extra_parts([kpi]) == kpi.numerator
    assert extra_parts(CATALOGUE.values()) == ()
