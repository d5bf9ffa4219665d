import subprocess
import sys

import pytest
from django.core.checks import WARNING

from config import places
from config.checks import (
    check_debug_is_off,
    check_hosts_are_named,
    check_mail_is_sent,
    check_secret_is_own,
)


def found(settings, **values) -> list[str]:
    for name, value in ({"PRODUCTION": True, "SECRET_KEY": "k" * 60} | values).items():
        setattr(settings, name, value)
    return [fault.id for fault in check_secret_is_own() + check_debug_is_off()]


@pytest.mark.parametrize("secret", ["short", "django-insecure-" + "x" * 60])
def test_production_refuses_a_secret_that_is_none(settings, secret):
    assert found(settings, SECRET_KEY=secret) == ["pilotgate.E001"]


def test_production_refuses_to_answer_nobody(settings):
    settings.PRODUCTION, settings.ALLOWED_HOSTS = True, []
    assert [fault.id for fault in check_hosts_are_named()] == ["pilotgate.E004"]

    settings.ALLOWED_HOSTS = ["pilotgate.city.example"]
    assert check_hosts_are_named() == []


def test_production_is_warned_that_no_mail_leaves(settings):
    settings.PRODUCTION, settings.MAIL_IS_SENT = True, False
    (fault,) = check_mail_is_sent()
    assert (fault.id, fault.level) == ("pilotgate.W001", WARNING)
    assert "EMAIL_URL" in fault.hint

    settings.MAIL_IS_SENT = True
    assert check_mail_is_sent() == []


def test_elsewhere_mail_may_stay_in_the_log(settings):
    settings.PRODUCTION = settings.MAIL_IS_SENT = False

    assert check_mail_is_sent() == []


def test_production_refuses_debug(settings):
    assert found(settings, DEBUG=True) == ["pilotgate.E002"]


def test_production_takes_a_secret_of_its_own(settings):
    assert found(settings) == []


def test_elsewhere_the_made_secret_serves(settings):
    assert found(settings, PRODUCTION=False, SECRET_KEY="short", DEBUG=True) == []


def test_production_refuses_no_secret_at_all():
    variables = {"PILOTGATE_ENV": "production", "SECRET_KEY": "", "PATH": "/usr/bin"}

    done = subprocess.run(
        [sys.executable, "-c", "import config.settings"],
        cwd=places.CHECKOUT,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "SECRET_KEY or SECRET_KEY_FILE" in done.stderr
