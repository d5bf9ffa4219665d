import re

import pytest
from django.core import mail
from django.test import Client

from accounts.enums import Role
from accounts.models import AuditEntry, Invitation, Organisation, User
from dispatch import services
from tests.factories import make_uscc, make_user

pytestmark = pytest.mark.django_db


def demo_user(role=Role.OFFICIAL):
    return make_user(role, is_demo=True, language="en")


VENDOR = {
    "name_zh": "甲公司",
    "person": "An Example",
    "email": "a@example.invalid",
    "password": "a long pass phrase",
}


def test_vendor_registers_with_its_credit_code(english):
    wrong = english.post("/account/register/", VENDOR | {"uscc": "123"})
    spaced = make_uscc(991).replace("9", " 9", 1).lower()
    right = english.post("/account/register/", VENDOR | {"uscc": spaced})

    assert wrong.status_code == 422
    assert "18 signs" in wrong.content.decode()
    assert right.url == "/vendors/"
    vendor = User.objects.get(email="a@example.invalid")
    assert (vendor.role, vendor.language) == (Role.VENDOR, "en")
    assert vendor.organisation.uscc == make_uscc(991)


def test_second_registration_keeps_what_was_typed_and_says_why_not(english):
    colleague = make_user(Role.VENDOR)
    uscc = colleague.organisation.uscc

    answer = english.post(
        "/account/register/", VENDOR | {"uscc": uscc, "email": colleague.email}
    )

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "registered already; ask a colleague" in page
    assert "has an account already" in page
    assert 'value="An Example"' in page


def test_registration_is_limited_by_the_minute(english):
    answers = [english.post("/account/register/", {}) for _ in range(21)]

    assert {answer.status_code for answer in answers[:20]} == {422}
    assert answers[20].status_code == 429
    assert "tried too often" in answers[20].content.decode()


def invite(client, seat, email="b@example.invalid"):
    asked = {"email": email, "seat": seat}
    return client.post("/officials/people/invite/", asked)


def links_in(answer):
    return re.findall(r"http://testserver(/account/invitation/[^<\s]+)", answer)


def test_invitation_travels_by_mail_and_opens_an_account(english):
    official = demo_user()
    english.force_login(official)

    shown = invite(english, f"{official.organisation.code}:auditor").content.decode()
    services.relay()
    (link,) = links_in(mail.outbox[0].body)
    english.logout()
    page = english.get(link).content.decode()
    answer = english.post(link, {"person": "Bo", "password": "a long pass phrase"})

    assert links_in(shown) == [link]
    assert official.name in page
    assert "b@example.invalid" in page
    assert answer.url == "/officials/"
    assert User.objects.get(email="b@example.invalid").role == Role.AUDITOR


def test_invitation_says_how_the_link_travels(english, settings):
    official = demo_user()
    english.force_login(official)
    settings.MAIL_IS_SENT = False

    shown = invite(english, f"{official.organisation.code}:auditor").content.decode()

    assert "No mail server is set up here" in shown


def test_new_link_ends_the_one_before_and_withdrawing_ends_both(english, client):
    official = demo_user()
    english.force_login(official)
    shown = invite(english, f"{official.organisation.code}:official").content.decode()
    (first,) = links_in(shown)
    invitation = Invitation.objects.get()
    here = f"/officials/people/invitations/{invitation.pk}"

    (second,) = links_in(english.post(f"{here}/renew/").content.decode())
    visitor = Client()
    assert visitor.get(first).status_code == 404
    assert visitor.get(second).status_code == 200
    english.post(f"{here}/withdraw/")

    assert visitor.get(second).status_code == 404
    assert english.post(f"{here}/renew/").status_code == 404


def test_invitation_of_somebody_with_an_account_is_refused(english):
    official = demo_user()
    english.force_login(official)

    answer = invite(
        english, f"{official.organisation.code}:auditor", email=official.email
    )

    assert answer.status_code == 422
    assert "has an account already" in answer.content.decode()


def test_city_invites_nobody_into_a_vendor(english):
    official = demo_user()
    vendor = demo_user(Role.VENDOR)
    english.force_login(official)

    answer = invite(english, f"{vendor.organisation.code}:vendor")

    assert answer.status_code == 422
    assert vendor.organisation.name_en not in answer.content.decode()


def test_official_enters_an_institute_and_sees_its_people_counted(english):
    official = demo_user()
    english.force_login(official)

    entered = english.post(
        "/officials/people/institute/",
        {"name_zh": "研究所", "name_en": "Institute R", "code": "institute-r"},
        follow=True,
    )
    institute = Organisation.objects.get(code="institute-r")
    make_user(Role.REVIEWER, organisation=institute)
    listed = english.get("/officials/people/organisations/").content.decode()

    assert "institute-r:reviewer&quot; selected" in entered.content.decode().replace(
        '" selected', "&quot; selected"
    )
    assert institute.is_demo
    assert re.search(r"Institute R.*?pg-number.*?1", listed, re.DOTALL)


def test_organisation_is_renamed_by_its_own_people(english):
    official = demo_user()
    english.force_login(official)

    english.post(
        "/officials/people/organisation/", {"name_zh": "江北区", "name_en": "Jiangbei"}
    )

    official.organisation.refresh_from_db()
    assert (official.organisation.name_zh, official.organisation.name_en) == (
        "江北区",
        "Jiangbei",
    )
    assert AuditEntry.objects.first().verb == "renamed"


def test_role_changes_and_membership_ends_for_a_colleague_only(english):
    official = demo_user()
    colleague = make_user(Role.OFFICIAL, organisation=official.organisation)
    english.force_login(official)

    english.post(f"/officials/people/{colleague.pk}/role/auditor/")
    own = english.post(f"/officials/people/{official.pk}/role/auditor/")
    english.post(f"/officials/people/{colleague.pk}/active/")

    colleague.refresh_from_db()
    official.refresh_from_db()
    assert (colleague.role, colleague.is_active) == (Role.AUDITOR, False)
    assert (own.status_code, official.role) == (403, Role.OFFICIAL)
    assert (
        english.post(f"/officials/people/{colleague.pk}/role/king/").status_code == 404
    )


def test_profile_keeps_name_and_language(english):
    user = demo_user(Role.VENDOR)
    english.force_login(user)

    answer = english.post("/account/", {"name": "New Name", "language": "zh-hans"})

    user.refresh_from_db()
    assert (user.name, user.language) == ("New Name", "zh-hans")
    assert answer.cookies["django_language"].value == "zh-hans"


def test_language_switch_is_kept_for_mails(english):
    user = demo_user(Role.VENDOR)
    english.force_login(user)

    english.post("/i18n/setlang/", {"language": "zh-hans", "next": "/vendors/"})

    user.refresh_from_db()
    assert user.language == "zh-hans"


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


@pytest.mark.parametrize("method", ["get", "post"])
def test_unknown_invitation_answers_with_the_sentence_and_status(english, method):
    answer = getattr(english, method)("/account/invitation/none/")

    assert answer.status_code == 404
    assert "unknown, used or expired" in answer.content.decode()


def test_join_page_is_not_for_somebody_logged_in(english):
    english.force_login(demo_user(Role.VENDOR))

    page = english.get("/account/register/").content.decode()

    assert "log out first" in page
