import re

import pytest
from django.core import mail

from accounts.enums import Role
from dispatch import services
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def demo_user(role=Role.OFFICIAL):
    return make_user(role, is_demo=True, language="en")


def test_sign_in_leads_home(english):
    user = demo_user(Role.VENDOR)

    answer = english.post(
        "/account/login/",
        {"login": user.email.upper(), "password": "a long pass phrase"},
        follow=True,
    )

    assert answer.redirect_chain[-1] == ("/vendors/", 302)
    assert "What waits for you" in answer.content.decode()


def test_sign_in_refuses_a_wrong_password(english):
    user = demo_user()

    answer = english.post("/account/login/", {"login": user.email, "password": "x"})

    assert "not correct" in answer.content.decode()
    assert "_auth_user_id" not in english.session


def test_portal_of_others_does_not_exist(english):
    english.force_login(demo_user(Role.VENDOR))

    assert english.get("/officials/").status_code == 404
    assert english.get("/vendors/").status_code == 200


@pytest.mark.parametrize(
    "address", ["/officials/", "/account/tokens/", "/account/", "/briefs/"]
)
def test_official_outside_demo_sets_up_a_second_factor_first(english, address):
    english.force_login(make_user(Role.OFFICIAL))

    answer = english.get(address)

    assert (answer.status_code, answer.url) == (302, "/account/2fa/")
    assert "Your role needs more" in english.get(answer.url).content.decode()


def test_api_tells_a_session_without_its_second_factor(english):
    english.force_login(make_user(Role.OFFICIAL))

    answer = english.get("/api/v1/pilots/")

    assert answer.status_code == 403
    assert answer.json()["code"] == "second_factor_missing"


def test_closed_account_is_told_so_at_log_in(english):
    user = make_user(Role.VENDOR, is_active=False)

    answer = english.post(
        "/account/login/",
        {"login": user.email, "password": "a long pass phrase"},
        follow=True,
    )

    assert "Your membership was ended" in answer.content.decode()


def test_password_reset_mails_a_link(english):
    user = make_user(Role.VENDOR)

    english.post("/account/password/reset/", {"email": user.email})
    services.relay()

    (sent,) = mail.outbox
    assert sent.to == [user.email]
    assert sent.subject == "[Pilotgate] Password Reset Email"
    assert "/account/password/reset/key/" in sent.body


def test_password_reset_for_a_stranger_looks_the_same_and_mails_nobody(english):
    answer = english.post("/account/password/reset/", {"email": "no@example.invalid"})
    services.relay()

    assert answer.url == "/account/password/reset/done/"
    assert mail.outbox == []


def test_second_factor_can_be_set_up_after_a_reset(english):
    user = make_user(Role.OFFICIAL)
    english.post("/account/password/reset/", {"email": user.email})
    services.relay()
    link = re.search(r"http://testserver(\S+)", mail.outbox[0].body)[1]
    form = english.get(link, follow=True).redirect_chain[-1][0]
    fresh = {"password1": "another pass phrase", "password2": "another pass phrase"}
    english.post(form, fresh)

    english.post(
        "/account/login/", {"login": user.email, "password": "another pass phrase"}
    )

    assert english.get("/account/2fa/totp/activate/").status_code == 200


def test_changed_password_is_told_to_its_owner(english):
    user = make_user(Role.VENDOR)
    english.post(
        "/account/login/", {"login": user.email, "password": "a long pass phrase"}
    )

    english.post(
        "/account/password/change/",
        {
            "oldpassword": "a long pass phrase",
            "password1": "another pass phrase",
            "password2": "another pass phrase",
        },
    )
    services.relay()

    assert [sent.to for sent in mail.outbox] == [[user.email]]


def test_wrong_passwords_are_limited_in_both_languages(english):
    user = make_user(Role.VENDOR)
    for _ in range(5):
        english.post("/account/login/", {"login": user.email, "password": "x"})

    said = {}
    for language in ("en", "zh-hans"):
        english.cookies["django_language"] = language
        answer = english.post(
            "/account/login/", {"login": user.email, "password": "a long pass phrase"}
        )
        said[language] = answer.content.decode()

    assert "Too many failed login attempts" in said["en"]
    assert "登录失败次数过多" in said["zh-hans"]
    assert "_auth_user_id" not in english.session
