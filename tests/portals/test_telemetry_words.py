from django.utils import translation

from portals.presenters import telemetry_words as words
from robot_bridge.telemetry import METRICS, Kind, OpState


def test_every_metric_kind_and_state_has_a_word_of_its_own():
    assert set(words.METRIC_WORDS) == set(METRICS)
    assert set(words.KIND_WORDS) == set(Kind)
    assert set(words.STATE_WORDS) == set(OpState)


def test_words_are_chinese_for_chinese_readers_and_the_name_stands_beside():
    with translation.override("zh-hans"):
        soc = words.metric_cell("soc")
        joint = words.metric_cell("current_a.3")
        state = words.value_cell("op_state", "waiting_internal")

    assert (soc.text, soc.note) == ("电量", "soc")
    assert joint.text == "电流 3"
    assert (state.text, state.note) == ("装卸作业中", "waiting_internal")


def test_what_has_no_word_is_shown_as_it_came():
    assert words.value_cell("software", "4.41.0").text == "4.41.0"
    assert words.kind_cell("strange").text == "strange"
