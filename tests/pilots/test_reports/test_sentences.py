import inspect
import re

import pytest
from django.utils import translation

from kpis.engine.statistics import readings
from pilots import evidence
from pilots.gate import assessment, laws, objections
from pilots.reports.figures import Interval, interval_svg
from pilots.reports.sentences import SAID, bound, figure, kpi_title, sentence
from tests.pilots.test_gate.cases import INTERVENTIONS, MTBF, SUCCESS

FACTS = {
    "on": "2026-03-29",
    "look": 1,
    "days": 3,
    "needed": 28,
    "minimum": 0.9,
    "low": 0.85,
    "high": 0.95,
    "found": 0.5,
    "limit": 0.5,
    "bound": 0.02,
    "accepted": "live",
    "silent": 1,
    "due": 2,
    "last_on": "",
    "needed_on": "2026-03-29",
    "kpis": ["availability", "mtbf"],
    "cap": 0.05,
}


def codes():
    """Collect every reason code that gate, laws and evidence can give."""
    found = {"shown", "refuted", "undecided"}
    for module in (assessment, objections, evidence):
        found |= set(re.findall(r'Reason\(\s*"(\w+)"', inspect.getsource(module)))
    for module in (assessment, laws, readings):
        source = inspect.getsource(module)
        found |= set(re.findall(r'Finding\.OPEN, "(\w+)"', source))
        found |= set(re.findall(r'reason="(\w+)"', source))
    return sorted(found | set(assessment.NOT_YET.values()))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("code", codes())
def test_every_reason_has_a_sentence(code, language):
    with translation.override(language):
        said = sentence(code, FACTS)

    assert code in SAID
    assert "%(" not in said
    assert said


def test_an_unknown_reason_still_says_its_code():
    assert sentence("something_new", {}) == "Reason: something_new."


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (0.9512, "1", "95.12 %"),
        (None, "h", "–"),
        (12.346, "h", "12.35 h"),
        (1234.5, "h", "1234.5 h"),
        (float("inf"), "h", "∞"),
    ],
)
def test_a_figure_carries_its_unit(value, unit, said):
    assert figure(value, unit) == said


def test_a_bound_says_which_side():
    assert bound(SUCCESS) == "at least 93.00 %"
    assert bound(MTBF) == "at least 40.00 h"
    assert bound(INTERVENTIONS).startswith("at most")


def test_a_kpi_has_its_name_in_both_languages():
    assert kpi_title("availability") == "Availability"
    with translation.override("zh-hans"):
        assert kpi_title("availability") == "可用率"
    assert kpi_title("unheard_of") == "unheard_of"


@pytest.mark.parametrize(
    "interval",
    [
        Interval(0.95, 0.9, 0.99, 0.93, 0.96),
        Interval(None, None, None, 0.93, 0.96),
        Interval(80.0, 40.0, float("inf"), 40.0, 80.0),
        Interval(0.0, 0.0, 0.0, 0.0, 0.0),
    ],
)
def test_an_interval_is_drawn_within_its_frame(interval):
    drawing = interval_svg(interval, "pass", "A <label> & more")
    numbers = [float(n) for n in re.findall(r'(?:x1|x2|cx)="([\d.-]+)"', drawing)]

    assert all(0 <= number <= 240 for number in numbers)
    assert "A &lt;label&gt; &amp; more" in drawing
    assert "nan" not in drawing
    assert "style=" not in drawing
