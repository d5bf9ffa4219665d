import io
import re

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command

from accounts.enums import Role
from accounts.models import AuditEntry, User
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def official(email="li@city.example", password="a long pass phrase", **options):
    told = {"name": "Li", "city_code": "jiangbei", "password_stdin": True} | options
    out = io.StringIO()
    call_command("create_official", email, stdout=out, **told)
    return out.getvalue()


@pytest.fixture
def typed(monkeypatch):
    return lambda text: monkeypatch.setattr("sys.stdin", io.StringIO(f"{text}\n"))


def test_create_official_makes_city_and_person(typed):
    typed("a long pass phrase")

    said = official()

    person = User.objects.get(email="li@city.example")
    assert (person.role, person.organisation.code) == (Role.OFFICIAL, "jiangbei")
    assert "/account/login/" in said


@pytest.mark.parametrize(
    ("password", "options", "objection"),
    [
        ("short", {}, "8"),
        ("li@city.example", {}, "."),
        ("a long pass phrase", {"email": "li"}, "."),
        ("a long pass phrase", {"city_code": "江 北"}, "letters|字母"),
    ],
)
def test_create_official_refuses_what_cannot_be(typed, password, options, objection):
    typed(password)

    with pytest.raises(CommandError, match=objection):
        official(**options)

    assert not User.objects.filter(role=Role.OFFICIAL).exists()


def let_in(email, **options):
    out = io.StringIO()
    call_command("let_in", email, stdout=out, url="https://city.example/", **options)
    return out.getvalue().strip()


def test_let_in_prints_a_link_that_sets_a_password(client):
    user = make_user(Role.VENDOR)

    link = let_in(user.email.upper())
    path = link.removeprefix("https://city.example")
    form = client.get(path, follow=True)
    client.post(
        form.redirect_chain[-1][0],
        {"password1": "another pass phrase", "password2": "another pass phrase"},
    )

    user.refresh_from_db()
    assert re.fullmatch(r"/account/password/reset/key/[^/]+/", path)
    assert user.check_password("another pass phrase")
    assert AuditEntry.objects.first().verb == "password link made"


def test_let_in_forgets_a_second_factor_only_when_told():
    user = make_user()
    Authenticator.objects.create(user=user, type="totp", data={"secret": "x"})

    let_in(user.email)
    assert Authenticator.objects.filter(user=user).exists()
    let_in(user.email, forget_second_factor=True)

    assert not Authenticator.objects.filter(user=user).exists()


def test_let_in_knows_no_closed_account():
    user = make_user(is_active=False)

    with pytest.raises(CommandError, match="no open account"):
        let_in(user.email)
