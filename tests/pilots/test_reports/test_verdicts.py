from dataclasses import replace
from datetime import date

import pytest
from django.utils import translation

from pilots.gate import Outcome
from pilots.reports.verdicts import plain_verdict
from tests.pilots.test_gate.cases import INTERVENTIONS, SUCCESS

OPEN = Outcome.NOT_ENOUGH_EVIDENCE
MAY = date(2026, 5, 1)
TOLD = [(Outcome.PASS, 0.971, None), (Outcome.FAIL, 0.9, None), (OPEN, 0.94, MAY)]
TOLD += [(OPEN, 0.94, None), (OPEN, None, None)]
SAID = {
    "en": """\
Task success passes: 97.10 % was measured, and that it is at least 93.00 % is shown.
Task success fails: 90.00 % was measured, and that it is not at least 93.00 % is shown.
Task success is not decided: 94.00 % was measured, and whether it is at least 93.00 % \
can be told on May 1, 2026 if days go on like these.
Task success is not decided: 94.00 % was measured, and whether it is at least 93.00 % \
cannot be told yet.
Task success is not decided: nothing was measured of it.""",
    "zh-hans": """\
任务成功率通过：实测 97.10 %，已证明不低于 93.00 %。
任务成功率未通过：实测 90.00 %，已证明未达到不低于 93.00 %的要求。
任务成功率尚无结论：实测 94.00 %，若后续各日与此前相当，\
2026年5月1日可判定是否不低于 93.00 %。
任务成功率尚无结论：实测 94.00 %，尚不能判定是否不低于 93.00 %。
任务成功率尚无结论：没有任何实测数据。""",
}


@pytest.mark.parametrize("language", SAID)
def test_a_verdict_is_one_plain_sentence_in_both_languages(language):
    with translation.override(language):
        said = [plain_verdict(SUCCESS, *told) for told in TOLD]

    assert said == SAID[language].split("\n")


def test_what_does_not_decide_says_so():
    shown = replace(INTERVENTIONS, mandatory=False)

    with translation.override("en"):
        said = plain_verdict(shown, Outcome.PASS, 0.02, None)

    assert said.endswith("is shown and decides nothing; 0.02 /h was measured.")
