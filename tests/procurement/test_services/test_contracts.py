from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from accounts.enums import Role
from accounts.errors import (
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    TransitionRefusedError,
)
from dispatch.models import Notice
from kpis.engine.definition import CATALOGUE, definition_as_json
from procurement import sealing, services
from procurement.enums import (
    ContractState,
)
from procurement.models import (
    PocContract,
)
from tests.factories import make_user, pass_deadline
from tests.procurement.walk import Walk

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def kinds_for(user):
    return sorted(Notice.objects.filter(recipient=user).values_list("kind", flat=True))


def test_purchase_walks_from_brief_to_signed_contract():
    walk = Walk()
    vendor, loser = walk.vendor(), walk.vendor()
    walk.publish()
    won, lost = walk.submission(vendor), walk.submission(loser)
    minutes = walk.open(won, lost)
    walk.review(won, 9)
    walk.review(lost, 5)

    award = walk.award(won)
    contract = services.draft_contract(
        award=award, starts_on=timezone.localdate(), by=walk.official
    )
    services.sign_contract(contract=contract, by=vendor)
    services.sign_contract(contract=contract, by=walk.official)

    for each in (won, lost, walk.brief, walk.call, contract):
        each.refresh_from_db()
    assert (won.state, lost.state) == ("awarded", "not_awarded")
    assert (walk.brief.state, walk.call.state) == ("awarded", "opened")
    assert contract.state == ContractState.SIGNED
    assert contract.weeks == 10
    assert contract.unit_price_cny == Decimal("320000.50")
    assert contract.evidence_kind == "sim"
    assert contract.criteria_digest == sealing.digest(contract.criteria)
    assert award.score == Decimal("90.00")
    assert minutes.received == 2
    assert minutes.digest == sealing.digest(minutes.entries)
    assert [entry["digest"] for entry in minutes.entries] == [
        won.content_digest,
        lost.content_digest,
    ]
    assert kinds_for(vendor) == [
        "award_made",
        "brief_published",
        "contract_signed",
        "contract_to_sign",
        "submission_received",
        "submissions_opened",
    ]
    assert kinds_for(loser) == [
        "brief_published",
        "not_awarded",
        "submission_received",
        "submissions_opened",
    ]
    assert kinds_for(walk.official) == ["contract_to_sign"]


def test_contract_freezes_each_kpi_with_its_law_and_looks():
    walk = Walk().publish()
    won = walk.submission()
    walk.open(won)
    walk.review(won)

    contract = services.draft_contract(
        award=walk.award(won), starts_on=timezone.localdate(), by=walk.official
    )

    first, second = contract.criteria
    assert first == {
        "kpi": "availability",
        "unit": "1",
        "scale": "1",
        "law": "rate_by_day",
        "comparator": "at_least",
        "minimum": "0.900000",
        "target": "0.970000",
        "window_days": 56,
        "coverage_min": "0.9000",
        "tasks_per_day": None,
        "mandatory": True,
        "evidence_kind": "sim",
        "looks": [28, 35, 42, 49, 56],
        "definition": definition_as_json(CATALOGUE["availability"]),
        "definition_digest": first["definition_digest"],
        "engine_version": first["engine_version"],
    }
    assert (second["law"], second["scale"]) == ("time_per_count", "1/3600000000")
    assert second["window_days"] == 70  # never beyond the contract's ten weeks
    assert second["looks"][-1] == 70


def test_contract_of_a_real_city_accepts_live_evidence_and_no_past_start():
    walk = Walk(is_demo=False).publish()
    won = walk.submission()
    pass_deadline(walk.call)
    walk.open(won)
    walk.review(won)
    award = walk.award(won)

    with pytest.raises(InvalidInputError, match="today or later"):
        services.draft_contract(
            award=award,
            starts_on=timezone.localdate() - timedelta(days=1),
            by=walk.official,
        )
    contract = services.draft_contract(
        award=award, starts_on=timezone.localdate(), by=walk.official
    )

    assert contract.evidence_kind == "live"
    assert {each["evidence_kind"] for each in contract.criteria} == {"live"}


def test_contract_is_signed_by_the_right_people_in_order():
    walk = Walk().publish()
    vendor = walk.vendor()
    won = walk.submission(vendor)
    walk.open(won)
    walk.review(won)
    contract = services.draft_contract(
        award=walk.award(won), starts_on=timezone.localdate(), by=walk.official
    )

    with pytest.raises(NotAllowedError, match="city signs after the vendor"):
        services.sign_contract(contract=contract, by=walk.official)
    with pytest.raises(NotFoundError):
        services.sign_contract(contract=contract, by=walk.vendor())
    services.sign_contract(contract=contract, by=vendor)
    with pytest.raises(NotAllowedError, match="already"):
        services.sign_contract(contract=contract, by=vendor)
    with pytest.raises(NotFoundError):
        services.sign_contract(contract=contract, by=make_user(Role.OFFICIAL))

    assert contract.state == ContractState.VENDOR_SIGNED


def test_contract_with_tampered_criteria_cannot_be_signed():
    walk = Walk().publish()
    vendor = walk.vendor()
    won = walk.submission(vendor)
    walk.open(won)
    walk.review(won)
    contract = services.draft_contract(
        award=walk.award(won), starts_on=timezone.localdate(), by=walk.official
    )
    easier = [each | {"minimum": "0.1"} for each in contract.criteria]
    PocContract.objects.update(criteria=easier)

    with pytest.raises(TransitionRefusedError, match="digest"):
        services.sign_contract(contract=contract, by=vendor)

    contract.refresh_from_db()
    assert (contract.state, contract.vendor_signed_by) == (ContractState.DRAFT, None)
