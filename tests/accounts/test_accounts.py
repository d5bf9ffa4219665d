import pytest
from django.db import IntegrityError, connection, transaction

from accounts import audit, services
from accounts.enums import OrganisationKind, Role, Scope
from accounts.errors import InvalidInputError, NotAllowedError, NotFoundError
from accounts.models import AuditEntry, Organisation, User
from accounts.rules import is_uscc
from tests.factories import make_organisation, make_uscc, make_user

pytestmark = pytest.mark.django_db


def test_credit_code_accepts_only_its_own_check_sign():
    good = make_uscc(7)
    wrong = good[:-1] + ("A" if good[-1] != "A" else "B")

    assert is_uscc(good)
    assert not is_uscc(wrong)
    assert not is_uscc(good[:-1])
    assert not is_uscc(good.lower() + "I")


def test_register_vendor_names_the_right_check_sign():
    good = make_uscc(8)
    wrong = good[:-1] + ("A" if good[-1] != "A" else "B")

    with pytest.raises(InvalidInputError, match=good[-1]):
        services.register_vendor(
            name_zh="甲",
            name_en="A",
            uscc=wrong,
            person="P",
            email="p@example.invalid",
            password="a long pass phrase",
        )
    assert not Organisation.objects.filter(kind=OrganisationKind.VENDOR).exists()


def test_database_refuses_a_role_in_the_wrong_house():
    vendor = make_organisation(OrganisationKind.VENDOR)

    with pytest.raises(IntegrityError, match="cannot belong"):
        make_user(Role.OFFICIAL, organisation=vendor)


@pytest.mark.parametrize("is_demo", [True, False])
def test_an_organisation_stays_demo_or_real_as_it_was_entered(is_demo):
    made = make_organisation(is_demo=is_demo)

    with (
        pytest.raises(IntegrityError, match="demo_stands_as_entered"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE accounts_organisation SET is_demo = NOT is_demo")
    Organisation.objects.update(name_en="Another name", is_demo=is_demo)
    made.refresh_from_db()
    assert (made.name_en, made.is_demo) == ("Another name", is_demo)


def test_audit_cannot_be_edited_or_deleted_by_sql():
    user = make_user()
    audit.record(user, "greeted", by=user)

    for statement in (
        "UPDATE accounts_auditentry SET verb = 'x'",
        "DELETE FROM accounts_auditentry",
    ):
        with (
            pytest.raises(IntegrityError, match="never edited"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    assert AuditEntry.objects.get().verb == "greeted"


def test_audit_chain_finds_a_tampered_entry():
    user = make_user()
    for verb in ("one", "two", "three"):
        audit.record(user, verb, by=user)
    assert audit.first_broken() is None

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE accounts_auditentry DISABLE TRIGGER USER")
        cursor.execute("UPDATE accounts_auditentry SET verb = 'x' WHERE number = 2")
        cursor.execute("ALTER TABLE accounts_auditentry ENABLE TRIGGER USER")

    assert audit.first_broken() == 2


def test_invitation_opens_once():
    official = make_user()
    invitation, token = services.invite(
        email="New@example.invalid",
        organisation=official.organisation,
        role=Role.OFFICIAL,
        by=official,
    )

    person = services.accept_invitation(
        token=token, name="New", password="a long pass phrase"
    )

    assert (person.email, person.organisation) == (
        "new@example.invalid",
        official.organisation,
    )
    assert invitation.token_digest != token
    with pytest.raises(NotFoundError):
        services.accept_invitation(token=token, name="Again", password="x")


def test_invite_refuses_another_citys_officials():
    official, other = make_user(), make_organisation()

    with pytest.raises(NotAllowedError):
        services.invite(
            email="a@example.invalid",
            organisation=other,
            role=Role.OFFICIAL,
            by=official,
        )


def test_token_speaks_for_its_owner_until_revoked():
    user = make_user()
    token, secret = services.issue_token(
        owner=user, name="ci", scopes=[Scope.READ], days=1, by=user
    )
    assert services.person_of_token(secret) == (user, token)
    assert services.person_of_token(secret[:-1] + "x") is None

    services.revoke_token(token=token, by=user)

    assert services.person_of_token(secret) is None


def test_visible_to_hides_a_real_vendor_from_a_demo_city():
    demo = make_user(organisation=make_organisation(is_demo=True))
    real = make_organisation(OrganisationKind.VENDOR)
    shown = make_organisation(OrganisationKind.VENDOR, is_demo=True)

    assert set(Organisation.objects.visible_to(demo)) == {demo.organisation, shown}
    assert real not in Organisation.objects.visible_to(demo)


def test_people_are_seen_by_their_own_house_only():
    me, _stranger = make_user(), make_user()

    assert list(User.objects.visible_to(me)) == [me]
