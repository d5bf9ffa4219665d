from collections import defaultdict
from fractions import Fraction
from random import Random

import pyarrow as pa
import pytest
from hypothesis import Phase, event, given, settings
from hypothesis import strategies as st

from kpis.engine import shape, states
from kpis.engine.backends.duck import DuckDb
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
    Source,
    definition_as_json,
    definition_from_json,
)
from kpis.engine.extra import extra_by_minute
from kpis.engine.selection import read_part
from kpis.engine.sums import KEY
from kpis.engine.vocabulary import COLUMNS, SUMS, VALUES_OF_KIND
from pilotgate_offline import composed
from robot_bridge import telemetry as canonical
from robot_bridge.telemetry import SafetyKind, TaskStatus, Window
from tests.kpis.rows import SECOND, START

BACKEND = DuckDb(threads=1)
WORDS = {
    "key": "early",
    "title": "Early tasks",
    "title_zh": "提前完成率",
    "explanation": "Tasks finished within a minute, of all finished.",
    "explanation_zh": "一分钟内完成的任务占全部完成任务的比例。",
    "unit": "1",
    "better": "higher",
}


def is_(column, *values):
    return {"column": column, "one_of": list(values)}


def bound(column, most):
    return {"column": column, "at_most": most}


def over(source, *where, sums=""):
    return {"over": source, "sums": sums, "where": list(where)}


FINISHED = over("edges", is_("kind", "task"), is_("value", "finished"))
QUICK = over(
    "edges",
    is_("kind", "task"),
    is_("value", "finished"),
    bound("since_us", 60 * SECOND),
)


def told(numerator, denominator, **more):
    return WORDS | {"numerator": numerator, "denominator": denominator} | more


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


@st.composite
def conditions(draw, source, kind):
    names = [name for name in COLUMNS[source] if name not in {"kind", "metric"}]
    found = []
    for name in draw(st.lists(st.sampled_from(names), max_size=2, unique=True)):
        column = COLUMNS[source][name]
        if column.bounded and draw(st.booleans()):
            most = [0, 1, SECOND, 30 * SECOND, 60 * SECOND, 600 * SECOND]
            found.append(bound(name, draw(st.sampled_from(most))))
            continue
        had = column.values or VALUES_OF_KIND.get(kind, ())
        had = {
            "ref": ("estop", "geofence") if kind == "safety" else ("E1", "T1", "R1"),
            "reading": (-1, 0, 1),
            "since_us": (1, SECOND, 30 * SECOND, 60 * SECOND),
        }.get(name, had)
        values = draw(st.lists(st.sampled_from(list(had)), min_size=1, max_size=3))
        found.append(is_(name, *dict.fromkeys(values)))
    return found


@st.composite
def parts(draw):
    if draw(st.integers(0, 4)) == 0:
        return {"fact": draw(st.sampled_from(sorted(NAMED)))}
    source = draw(st.sampled_from([Source.SPANS, Source.EDGES, Source.READINGS]))
    kind = draw(st.sampled_from(["task", "repair", "fault", "safety", "intervention"]))
    first = {
        Source.SPANS: [],
        Source.EDGES: [is_("kind", kind)],
        Source.READINGS: [is_("metric", draw(st.sampled_from(["soc", "temp_c"])))],
    }[source]
    sums = draw(st.sampled_from(list(SUMS[source])))
    where = first + draw(conditions(source, kind))
    found = over(str(source), *where, sums=sums)
    _part, faults = read_part(found, "")
    return over(str(source), *first, sums=sums) if faults else found


UNITS = ["1", "{ratio}", *shape.PER_TIME, *shape.OF_TIME, "Cel"]


@st.composite
def definitions(draw):
    """Return a valid composed KPI: as drawn if that can be, else the nearest to it."""
    above = draw(st.lists(parts(), min_size=1, max_size=2))
    below = draw(st.lists(parts(), min_size=1, max_size=2))
    first = above[0]
    wider = first | {"where": first.get("where", [])[:1]}
    better = draw(st.sampled_from(["higher", "lower"]))
    sides = [(above, below), (above[:1], below[:1]), (below[:1], above[:1])]
    if draw(st.booleans()):
        sides.insert(0, ([first], [wider]))
    for numerator, denominator in [*sides, ([first], [first | {"sums": ""}])]:
        for unit in UNITS:
            words = {"unit": unit, "better": better}
            try:
                return compose(told(numerator, denominator, **words))
            except CompositionError:
                continue
    return compose(told([FINISHED], [{"fact": "known_us"}], unit="1/h"))


TOLD = [
    *(("task", ref, value) for ref in ("T1", "T2") for value in TaskStatus),
    *(("repair", "R1", value) for value in ("started", "finished")),
    *(("intervention", "I1", value) for value in ("started", "finished")),
    *(
        ("safety", kind, value)
        for kind in SafetyKind
        for value in ("active", "released")
    ),
    *(("fault", "E1", value) for value in ("raised", "cleared")),
    *(("op_state", "", value) for value in ("idle", "navigating", "disabled")),
    *(("degraded", "", value) for value in ("entered", "left")),
]
GAPS = [0, 1, SECOND, 15 * SECOND, 30 * SECOND, 60 * SECOND, 61 * SECOND]


def busy(random):
    """Return samples and events of two lines that tell something at every row."""
    samples, events = [], []
    for robot_id, evidence in ((1, "live"), (2, "sim")):
        ts_us = START
        for seq in range(80):
            ts_us += random.choice(GAPS)
            row = {
                "robot_id": robot_id,
                "stream": "a",
                "session": "s",
                "seq": seq,
                "ordinal": 0,
                "ts_us": ts_us,
                "recv_us": ts_us + 5,
                "ts_src": 0,
                "quality": 0,
                "evidence": evidence,
                "software": "1.0",
            }
            if random.random() < 0.3:
                metric = random.choice(["soc", "temp_c"])
                samples.append(row | {"metric": metric, "value": random.randint(-2, 2)})
                continue
            kind, ref, value = random.choice(TOLD)
            due_us = random.choice([None, ts_us, ts_us - 1, ts_us + 60 * SECOND])
            number = random.choice([None, 1, 2]) if kind == "fault" else due_us
            events.append(
                row
                | {"kind": str(kind), "ref": str(ref), "value": str(value)}
                | {"number": number}
            )
    return samples, events


def engine_totals(kpis, samples, events, window):
    tables = [
        pa.Table.from_pylist(samples, schema=canonical.SAMPLES),
        pa.Table.from_pylist(events, schema=canonical.EVENTS),
    ]
    minutes = [
        states.parts_by_minute(BACKEND, *tables, window=window).minutes,
        *extra_by_minute(BACKEND, *tables, extra_parts(kpis), window=window),
    ]
    whole = defaultdict(int)
    for table in minutes:
        for name in set(table.column_names) - set(KEY):
            whole[name] += sum(table[name].to_pylist())
    return whole


@settings(deadline=None, max_examples=12, phases=[Phase.explicit, Phase.generate])
@given(
    st.lists(definitions(), min_size=4, max_size=8),
    st.integers(0, 10_000),
    st.sampled_from([-600, 0, 90]),
    st.sampled_from([60, 1_200, 1_000_000]),
)
def test_composed_kpis_equal_their_twins(kpis, seed, from_s, length_s):
    samples, events = busy(Random(seed))
    doubled = [*samples, *samples[::3]], [*events, *events[::2]]
    start_us = START + from_s * SECOND - 7
    window = Window(start_us, start_us + length_s * SECOND)
    due_us = 2 * window.length_us
    beside = {"due_us": due_us, "expected": 11, "stored": 7}

    whole = engine_totals(kpis, *doubled, window) | beside

    for kpi in kpis:
        definition = definition_as_json(kpi)
        twin = composed.integers(
            definition,
            samples,
            events,
            window=(window.start_us, window.end_us),
            due_us=due_us,
            ledger=beside,
        )
        event("counts" if twin[0] else "0")
        assert kpi.divide(whole) == twin
        assert kpi.finish(whole) == composed.value(definition, *twin)
        if kpi.law is Law.RATE_BY_DAY:
            assert 0 <= twin[0] <= twin[1]


def test_only_what_no_state_holds_is_extra():
    idle = over("spans", is_("op_state", "idle"), sums="length_us")

    kpi = compose(told([idle], [{"fact": "known_us"}]))

    assert extra_parts([kpi]) == kpi.numerator
    assert extra_parts(CATALOGUE.values()) == ()
