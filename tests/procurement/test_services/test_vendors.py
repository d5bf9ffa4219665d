"""A vendor registers, writes, is judged, and only then submits."""

import pytest
from django.db import IntegrityError, transaction

from accounts.enums import OrganisationKind, Role
from accounts.errors import InvalidInputError, NotAllowedError, TransitionRefusedError
from accounts.models import AuditEntry
from dispatch.enums import NoticeKind
from dispatch.models import Notice
from procurement import services
from procurement.enums import RegistrationState, SubmissionState
from procurement.errors import RulesRefusedError
from procurement.models import VendorRegistration
from tests.factories import make_organisation, make_uscc, make_user
from tests.procurement.walk import Walk

pytestmark = pytest.mark.django_db
WORDS = {
    "name_zh": "新厂商",
    "name_en": "Newcomer",
    "person": "Lin",
    "email": "lin@example.invalid",
    "password": "a long pass phrase",
}


@pytest.fixture
def walk():
    return Walk().publish()


def set_waiting(vendor):
    VendorRegistration.objects.filter(vendor=vendor).update(
        state=RegistrationState.WAITING, reason="", judged_at=None
    )
    return VendorRegistration.objects.get(vendor=vendor)


def kinds(person):
    return [each.kind for each in Notice.objects.filter(recipient=person)]


def test_registration_waits_and_tells_the_officials_of_its_world():
    real, demo = make_user(), make_user(is_demo=True)

    person = services.register_vendor(uscc=make_uscc(77), **WORDS)

    waiting = VendorRegistration.objects.get(vendor=person.organisation)
    assert waiting.state == RegistrationState.WAITING
    assert kinds(real) == [NoticeKind.VENDOR_REGISTERED]
    assert kinds(demo) == []


def test_waiting_vendor_writes_and_cannot_submit_until_accepted(walk):
    vendor = walk.vendor()
    waiting = set_waiting(vendor.organisation)
    draft = walk.draft(vendor)

    with pytest.raises(RulesRefusedError, match=r"accepted|准入") as told:
        services.submit(submission=draft, by=vendor)
    assert told.value.code == "vendor_is_accepted_before_submitting"

    services.judge_vendor(
        registration=waiting, target="accepted", reason="Seen.", by=walk.official
    )
    sent = services.submit(submission=draft, by=vendor)

    assert sent.state == SubmissionState.SUBMITTED
    assert NoticeKind.VENDOR_ACCEPTED in kinds(vendor)


def test_refused_vendor_reads_why_and_may_be_accepted_later(walk):
    vendor = walk.vendor()
    waiting = set_waiting(vendor.organisation)
    given = {"registration": waiting, "by": walk.official}

    services.judge_vendor(target="refused", reason="No licence.", **given)
    problems = services.missing(submission=walk.draft(vendor), by=vendor)
    services.judge_vendor(target="accepted", reason="Licence came.", **given)

    assert any("No licence." in str(each) for each in problems)
    assert waiting.state == RegistrationState.ACCEPTED
    moves = AuditEntry.objects.of(waiting).values_list("facts__target", flat=True)
    assert list(moves) == ["accepted", "refused"]


def test_database_refuses_a_submission_of_a_vendor_that_waits(walk):
    vendor = walk.vendor()
    draft = walk.draft(vendor)
    set_waiting(vendor.organisation)

    with (
        pytest.raises(IntegrityError, match="vendor_is_accepted_before_submitting"),
        transaction.atomic(),
    ):
        type(draft).objects.filter(pk=draft.pk).update(state=SubmissionState.SUBMITTED)


def test_only_an_official_judges_with_a_reason_and_once(walk):
    vendor = walk.vendor()
    waiting = set_waiting(vendor.organisation)
    auditor = make_user(Role.AUDITOR, organisation=walk.city)
    given = {"registration": waiting, "target": "accepted"}

    with pytest.raises(NotAllowedError):
        services.judge_vendor(reason="x", by=auditor, **given)
    with pytest.raises(InvalidInputError):
        services.judge_vendor(reason=" ", by=walk.official, **given)
    services.judge_vendor(reason="Seen.", by=walk.official, **given)
    with pytest.raises(TransitionRefusedError):
        services.judge_vendor(reason="Again.", by=walk.official, **given)


def test_vendors_see_their_own_registration_alone():
    mine = make_user(Role.VENDOR)
    make_organisation(OrganisationKind.VENDOR)

    seen = VendorRegistration.objects.visible_to(mine)

    assert [each.vendor for each in seen] == [mine.organisation]
