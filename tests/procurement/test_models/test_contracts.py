"""What cannot be true is refused by the database, whoever asks and however."""

import pytest
from django.db import IntegrityError, connection, transaction

from procurement.enums import (
    ContractState,
    SubmissionState,
)
from procurement.models import (
    Award,
    PocContract,
)
from tests.factories import (
    make_award,
    make_brief,
    make_contract,
    make_organisation,
    make_submission,
    move_state,
    pass_deadline,
)

pytestmark = pytest.mark.django_db


def refused(rule):
    return pytest.raises(IntegrityError, match=rule)


def sql(statement, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_award_goes_once_to_an_opened_submission_of_its_brief():
    brief = make_brief()
    one = make_submission(SubmissionState.SUBMITTED, brief=brief)
    two = make_submission(SubmissionState.SUBMITTED, brief=brief)
    pass_deadline(brief.call)

    with (
        refused("award_goes_to_an_opened_submission_of_its_brief"),
        transaction.atomic(),
    ):
        make_award(submission=one)
    move_state(one, SubmissionState.OPENED)
    move_state(two, SubmissionState.OPENED)
    make_award(submission=one)
    with refused("brief_is_awarded_once"), transaction.atomic():
        make_award(submission=two)
    with refused("award_is_never_edited"):
        sql("UPDATE procurement_award SET reason = 'other'")
    with refused("award_is_never_edited"):
        sql("DELETE FROM procurement_award")
    assert Award.objects.count() == 1


@pytest.mark.parametrize("state", [ContractState.VENDOR_SIGNED, ContractState.SIGNED])
@pytest.mark.parametrize(
    "change",
    [
        """criteria = '[{"kpi": "none"}]'""",
        "criteria_digest = repeat('1', 64)",
        "weeks = 11",
        "unit_price_cny = 1",
        "starts_on = starts_on + 1",
        "quantity_max = 1000",
        "vendor_signed_at = now()",
    ],
)
def test_contract_is_frozen_once_signed(state, change):
    make_contract(state)

    with refused("terms_are_frozen_at_signature"):
        sql(f"UPDATE procurement_poccontract SET {change}")
    with refused("signed_contract_is_kept"):
        sql("DELETE FROM procurement_poccontract")


def test_contract_needs_both_signatures_in_order():
    make_contract(ContractState.DRAFT)

    with refused("vendor_signs_first"):
        sql("UPDATE procurement_poccontract SET state = 'vendor_signed'")
    with refused("contract_moves_along_its_states"):
        sql("UPDATE procurement_poccontract SET state = 'signed'")


@pytest.mark.parametrize("weeks", [7, 13])
def test_contract_lasts_8_to_12_weeks(weeks):
    award = make_award()

    with refused("poc_lasts_8_to_12_weeks"), transaction.atomic():
        make_contract(award=award, weeks=weeks)


def test_simulation_counts_in_a_demo_city_only():
    award = make_award()

    with refused("simulation_counts_in_a_demo_city_only"), transaction.atomic():
        make_contract(award=award, evidence_kind="sim")
    with refused("gate_accepts_live_or_sim_only"), transaction.atomic():
        make_contract(award=award, evidence_kind="recorded")
    contract = make_contract(ContractState.DRAFT, award=award)
    with refused("simulation_counts_in_a_demo_city_only"):
        sql("UPDATE procurement_poccontract SET evidence_kind = 'sim'")
    assert PocContract.objects.get().evidence_kind == contract.evidence_kind == "live"


def test_contract_binds_the_parties_of_its_award():
    award = make_award()

    with refused("contract_binds_the_award_s_parties"), transaction.atomic():
        make_contract(award=award, vendor=make_organisation("vendor"))
