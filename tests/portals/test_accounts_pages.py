import re

import pytest
from django.core import mail

from accounts.enums import Role
from accounts.models import User
from dispatch import services
from tests.factories import make_uscc, make_user

pytestmark = pytest.mark.django_db


def demo_user(role=Role.OFFICIAL):
    user = make_user(role, language="en")
    user.organisation.is_demo = True
    user.organisation.save()
    return user


@pytest.fixture
def english(client):
    client.cookies["django_language"] = "en"
    return client


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


def test_official_outside_demo_sets_up_a_second_factor_first(english):
    english.force_login(make_user(Role.OFFICIAL))

    answer = english.get("/officials/")

    assert (answer.status_code, answer.url) == (302, "/account/2fa/")
    assert english.get(answer.url).status_code == 200


def test_vendor_registers_with_its_credit_code(english):
    typed = {
        "name_zh": "甲公司",
        "uscc": make_uscc(991),
        "person": "An Example",
        "email": "a@example.invalid",
        "password": "a long pass phrase",
    }

    wrong = english.post("/account/register/", typed | {"uscc": "123"})
    right = english.post("/account/register/", typed)

    assert wrong.status_code == 422
    assert "18 signs" in wrong.content.decode()
    assert right.url == "/vendors/"
    assert User.objects.get(email="a@example.invalid").role == Role.VENDOR


def test_invitation_travels_by_mail_and_opens_an_account(english, client):
    official = demo_user()
    english.force_login(official)

    english.post(
        "/officials/people/invite/",
        {
            "email": "b@example.invalid",
            "organisation": official.organisation_id,
            "role": Role.AUDITOR,
        },
    )
    services.relay()
    link = re.search(r"http://testserver(\S+)", mail.outbox[0].body)[1]
    english.logout()
    answer = english.post(link, {"person": "Bo", "password": "a long pass phrase"})

    assert answer.url == "/officials/"
    assert User.objects.get(email="b@example.invalid").role == Role.AUDITOR


def test_invitation_form_names_the_fitting_role(english):
    official = demo_user()
    english.force_login(official)

    answer = english.post(
        "/officials/people/invite/",
        {
            "email": "b@example.invalid",
            "organisation": official.organisation_id,
            "role": Role.VENDOR,
        },
    )

    assert answer.status_code == 422
    assert "the role can be" in answer.content.decode()


def test_token_is_shown_once_and_revoked(english):
    english.force_login(demo_user())

    shown = english.post(
        "/account/tokens/", {"name": "ci", "scopes": ["read"], "days": 3}
    ).content.decode()
    secret = re.search(r"pg_[\w-]{40,}", shown)[0]
    again = english.get("/account/tokens/").content.decode()
    english.post(f"/account/tokens/{secret[:10]}/revoke/")

    assert secret not in again
    assert "Revoked" in english.get("/account/tokens/").content.decode()


@pytest.mark.parametrize("many", [1, 100])
def test_people_list_asks_the_same_number_of_queries(
    english, many, django_assert_num_queries
):
    official = demo_user()
    for _ in range(many):
        make_user(organisation=official.organisation)
    english.force_login(official)

    with django_assert_num_queries(7):
        english.get("/officials/people/")


def test_password_reset_mails_a_link(english):
    user = make_user(Role.VENDOR)

    english.post("/account/password/reset/", {"email": user.email})

    assert "/account/password/reset/key/" in mail.outbox[0].body


def test_refusal_answers_with_the_sentence_and_status(english):
    answer = english.get("/account/invitation/none/")
    posted = english.post(
        "/account/invitation/none/", {"person": "X", "password": "a long pass phrase"}
    )

    assert answer.status_code == 200
    assert posted.status_code == 404
    assert "unknown, used or expired" in posted.content.decode()
