"""The house plan, held: each check is clean here and red on a planted fault."""

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from django.apps import apps

from kpis import engine
from kpis.engine.definition import CATALOGUE
from pilotgate_offline import twins
from tests.house import CHECKS, documents, layout, models, templates, words
from tests.house.catalogue import chinese, incomplete_kpis
from tests.house.sources import SKIPPED, contracts, data_apps

ROOT = Path(__file__).resolve().parent.parent
CONTRACTS = sorted(contracts(ROOT))


class House:
    """A copy of the project in which a fault may be planted and pulled out again."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @contextmanager
    def fault(self, place: str, text: str):
        path = self.root / place
        before = path.read_text("utf-8") if path.exists() else None
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text((before or "") + text, encoding="utf-8")
        yield
        if before is None:
            path.unlink()
        else:
            path.write_text(before, encoding="utf-8")

    def lint(self, contract: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [
                sys.executable,
                "-c",
                "from importlinter.cli import lint_imports_command as run; run()",
                f"--contract={contract}",
                "--no-logo",
            ],
            cwd=self.root,
            env=os.environ | {"PYTHONPATH": str(self.root)},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    root = tmp_path_factory.mktemp("house") / "copy"
    left_out = shutil.ignore_patterns(*SKIPPED, "*.pyc", "*.mo", "static", ".*")
    shutil.copytree(ROOT, root, ignore=left_out)
    return House(root)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_house_is_in_order(check):
    assert check(ROOT) == []


@pytest.mark.parametrize("contract", CONTRACTS)
def test_import_contract_holds(house, contract):
    result = house.lint(contract)

    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("contract", "place", "line"),
    [
        ("storeys", "accounts/services.py", "import dispatch.services\n"),
        ("storeys", "kpis/services.py", "import pilots.gate\n"),
        ("rooms", "dispatch/models.py", "import dispatch.services\n"),
        ("rooms", "procurement/rules/later.py", "import procurement.models\n"),
        ("rooms", "accounts/cupboard.py", "import json\n"),
        ("pure", "kpis/engine/later.py", "import django.db\n"),
        ("pure", "pilots/gate/later.py", "import accounts.models\n"),
        ("pure", "procurement/rules/later.py", "import rest_framework.views\n"),
        ("pure", "robot_bridge/adapters/later.py", "import django.conf\n"),
        ("wires", "robot_bridge/models/later.py", "import robot_bridge.lake\n"),
        ("wires", "kpis/services/later.py", "import robot_bridge.adapters.native\n"),
        ("judge", "pilotgate_offline/later.py", "import kpis.engine.definition\n"),
        ("judged", "kpis/engine/later.py", "import pilotgate_offline.twins\n"),
        ("pure", "procurement/sealing.py", "\nimport celery\n"),
    ],
)
def test_import_contract_sees_a_fault(house, contract, place, line):
    with house.fault(place, line):
        result = house.lint(contract)

    assert result.returncode == 1
    assert "1 broken" in result.stdout


MODEL = "from django.db import models\n"
FAULTS = [
    (layout.strangers_at_the_top, "cupboard/file.txt", "", "cupboard"),
    (layout.unlisted_rooms, "pilots/cupboard.py", "", "pilots/cupboard.py"),
    (layout.unlisted_rooms, "kpis/notes.txt", "", "kpis/notes.txt"),
    (layout.long_files, "kpis/engine/long.py", "x = 1\n" * 401, "401 lines"),
    (layout.long_files, "templates/long.html", "<p>\n" * 401, "401 lines"),
    (layout.drawers, "kpis/engine/utils.py", "", "kpis/engine/utils"),
    (layout.drawers, "tests/helpers/one.py", "", "tests/helpers/one"),
    (layout.unfinished, "kpis/tasks.py", "# TO" + "DO: later\n", "TO" + "DO"),
    (
        layout.unfinished,
        "kpis/tasks.py",
        "import time\ntime.sleep(1)\n",
        "sleeps",
    ),
    (
        layout.unfinished,
        "kpis/tasks.py",
        "try:\n    x = 1\nexcept OSError:\n    pass\n",
        "swallowed",
    ),
    (
        layout.unfinished,
        "tests/kpis/test_later.py",
        "from unittest import mock\n",
        "a mock",
    ),
    (
        layout.unfinished,
        "tests/kpis/test_later.py",
        "monkeypatch.setattr('kpis.services.measure', None)\n",
        "our own code",
    ),
    (
        models.upward_keys,
        "accounts/models/later.py",
        (
            f"{MODEL}from pilots.models import Pilot\n"
            "class Later(models.Model):\n"
            "    pilot = models.ForeignKey(Pilot, models.PROTECT, related_name='+')\n"
        ),
        "from accounts up to pilots",
    ),
    (
        models.upward_keys,
        "pilots/models/later.py",
        (
            f"{MODEL}class Later(models.Model):\n"
            "    by = models.ForeignKey('accounts.User', models.PROTECT)\n"
        ),
        'without "+"',
    ),
    (
        models.unguarded_reads,
        "portals/views/later.py",
        "from dispatch.models import Job\njobs = Job.objects.filter(state='done')\n",
        "Job is read without visible_to",
    ),
    (
        models.unguarded_reads,
        "portals/api/later.py",
        "from dispatch.models import Job\njob = get_object_or_404(Job, code='a')\n",
        "Job is fetched without visible_to",
    ),
    (
        models.unguarded_reads,
        "portals/views/later.py",
        "from dispatch.models import Job\nclass Jobs(ListView):\n    model = Job\n",
        "a view of all Job rows",
    ),
    (
        models.written_states,
        "procurement/services/later.py",
        "def close(call):\n    call.state = 'closed'\n",
        "a state is written",
    ),
    (
        models.written_states,
        "portals/views/later.py",
        "Pilot.objects.visible_to(user).update(state='running')\n",
        "a state is written",
    ),
    (
        templates.role_tests,
        "templates/later.html",
        "{% if user.role == 'vendor' %}yes{% endif %}\n",
        "asks for the reader's role",
    ),
    (
        documents.broken_links,
        "docs/later.md",
        "See [there](decisions/9999-none.md#why).\n",
        "no file at decisions/9999-none.md",
    ),
    (
        documents.undocumented_variables,
        "config/later.py",
        "import os\nos.environ.get('SECRET_SWITCH', '')\n",
        "SECRET_SWITCH is not in docs/operating.md",
    ),
    (words.half_marked, "templates/later.html", "<p>\nHello there</p>\n", "Hello"),
    (
        words.half_marked,
        "templates/later.html",
        '<a aria-label="Close it">×</a>\n',
        "Close it",
    ),
    (
        words.missing_translations,
        "templates/later.html",
        "{% load i18n %}{% translate 'Nobody knows this sentence' %}\n",
        "no Chinese for 'Nobody knows this sentence'",
    ),
    (
        words.missing_translations,
        "kpis/later.py",
        "from django.utils.translation import gettext as _\n_('Nor ' 'this one')\n",
        "no Chinese for 'Nor this one'",
    ),
    *(
        (
            words.missing_translations,
            "locale/zh_Hans/LC_MESSAGES/django.po",
            f"\n{entry}\n",
            objection,
        )
        for entry, objection in (
            ('msgid "Said by nobody"\nmsgstr "无人说"', "nobody says"),
            ('#, fuzzy\nmsgid "Perhaps"\nmsgstr "也许"', "fuzzy"),
            ('msgid "Alike"\nmsgstr "Alike"', "the Chinese is the English"),
            ('msgid "%(n)s left"\nmsgstr "还剩"', "other places"),
            ('msgid "Blank"\nmsgstr ""', "empty"),
        )
    ),
]


@pytest.mark.parametrize(
    ("check", "place", "text", "words_found"),
    FAULTS,
    ids=[f"{fault[0].__name__}-{number}" for number, fault in enumerate(FAULTS)],
)
def test_check_sees_a_fault(house, check, place, text, words_found):
    with house.fault(place, text):
        findings = check(house.root)

    assert [each for each in findings if words_found in each]


def test_keys_in_the_source_are_all_that_django_knows():
    named = data_apps(ROOT)
    known = {
        (model._meta.app_label, field.related_model._meta.app_label)
        for model in apps.get_models(include_auto_created=False)
        if model._meta.app_label in named
        for field in model._meta.get_fields()
        if field.concrete and field.is_relation and not field.auto_created
        if field.related_model._meta.app_label in named
        if field.related_model._meta.app_label != model._meta.app_label
    }

    assert {pair[2:] for pair in models.keys_between_apps(ROOT)} == known


def test_every_kpi_is_complete_and_has_a_twin():
    assert engine.data.COMPLETENESS.key in CATALOGUE
    assert incomplete_kpis(CATALOGUE, twins.KPIS, chinese(ROOT)) == []


@pytest.mark.parametrize(
    ("fault", "words_found"),
    [
        ({"title": ""}, "no title"),
        ({"unit": ""}, "no unit"),
        ({"source": " "}, "no source"),
        ({"title_zh": ""}, "no title_zh"),
        ({"title_zh": "可用性"}, "called '可用性' here"),
        ({"better": "blue"}, "'blue' is no direction"),
        ({"key": "later"}, "later: no twin"),
    ],
)
def test_kpi_check_sees_a_fault(fault, words_found):
    broken = replace(CATALOGUE["availability"], **fault)

    findings = incomplete_kpis({broken.key: broken}, twins.KPIS, chinese(ROOT))

    assert [each for each in findings if words_found in each]
