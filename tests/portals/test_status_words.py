"""A state drawn without a label has a word that can be translated."""

import ast
import re
from pathlib import Path

from config.places import CHECKOUT
from portals.presenters.status import WORDS

BARE = re.compile(r"""\{% status ["'](\w+)["'] %\}""")


def task_states(path: Path) -> set[str]:
    calls = [
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Task"
    ]
    given = [call.args[1] for call in calls if len(call.args) > 1]
    return {each.value for each in given if isinstance(each, ast.Constant)}


def test_tasks_name_states_with_a_word():
    found = {
        (path.name, state)
        for path in CHECKOUT.joinpath("portals/presenters").rglob("*.py")
        for state in task_states(path)
    }

    assert len(found) > 5
    assert {each for each in found if each[1] not in WORDS} == set()


def test_templates_name_states_with_a_word():
    found = {
        (path.name, state)
        for path in CHECKOUT.joinpath("templates").rglob("*.html")
        for state in BARE.findall(path.read_text(encoding="utf-8"))
    }

    assert {each for each in found if each[1] not in WORDS} == set()
