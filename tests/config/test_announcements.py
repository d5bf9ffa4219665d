import json

import pytest

from config.announcements import missing_packages, print_ready, reason


def test_missing_packages_are_named_as_debian_names_them(tmp_path):
    libraries = {"libc.so.6": "libc6", "libnowhere.so.7": "libnowhere7"}

    found = missing_packages(libraries, [tmp_path])

    assert found == ["libnowhere7", "fonts-noto-cjk"]


@pytest.mark.parametrize("font", ["NotoSansCJK-Regular.ttc", "wqy-zenhei.ttc"])
def test_cjk_font_in_a_subfolder_serves(tmp_path, font):
    (tmp_path / "opentype").mkdir()
    (tmp_path / "opentype" / font).touch()

    assert missing_packages({}, [tmp_path]) == []


def test_ready_prints_the_address_and_a_login_a_persona(tmp_path, capsys):
    logins = [
        {"persona": "official", "email": "li@city.example", "password": "one"},
        {"persona": "vendor", "email": "wu@maker.example", "password": "two"},
    ]
    (tmp_path / "demo_logins.json").write_text(json.dumps(logins))

    print_ready(tmp_path, "127.0.0.1", 8000)

    assert capsys.readouterr().out.splitlines() == [
        "ready: http://127.0.0.1:8000",
        "  official  li@city.example  one",
        "  vendor    wu@maker.example  two",
    ]


def test_ready_names_the_command_of_an_empty_city(tmp_path, capsys):
    print_ready(tmp_path, "127.0.0.1", 8000)

    assert "create_official" in capsys.readouterr().out


def test_reason_of_wrong_settings_is_one_line(tmp_path):
    log = tmp_path / "preparation.log"
    log.write_text(
        "Traceback (most recent call last):\n  File ...\n"
        "django.core.exceptions.ImproperlyConfigured: Name a secret.\n"
    )

    assert reason(log).strip() == "Name a secret."


def test_reason_of_anything_else_is_the_end_of_the_log(tmp_path):
    log = tmp_path / "preparation.log"
    log.write_text("one\ntwo\n")

    assert reason(log) == "one\ntwo"
