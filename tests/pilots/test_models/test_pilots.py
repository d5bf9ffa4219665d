"""What PostgreSQL refuses of pilots and who sees them, by ORM and by raw SQL alike."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.enums import OrganisationKind, Role
from pilots.models import (
    Deployment,
    Exclusion,
    Gate,
    GateLook,
    GateReview,
    GateSignature,
    GateVerdict,
    Pilot,
    VolumeTranche,
)
from procurement.enums import ContractState
from tests.factories import (
    make_contract,
    make_organisation,
    make_robot,
    make_user,
)
from tests.pilots.factories import (
    make_pilot,
    make_pilot_reviewer,
    make_review,
    make_tranche,
    sign_fully,
)
from tests.pilots.refusals import refused

pytestmark = pytest.mark.django_db


def test_a_pilot_has_a_signed_contract_and_its_weeks():
    with refused("pilot_has_a_signed_contract"):
        make_pilot(contract=make_contract(ContractState.DRAFT), opened_by=make_user())
    with refused("pilot_lasts_as_contracted"):
        make_pilot(weeks=8)


def test_a_real_pilot_is_not_moved_in_time():
    pilot = make_pilot(demo=False)

    with refused("pilot_stands_as_opened"):
        Pilot.objects.update(starts_on=pilot.starts_on - timedelta(days=1))


def test_a_robot_works_in_one_pilot_at_a_time():
    pilot = make_pilot()
    robot = make_robot(vendor=pilot.contract.vendor)
    noon = timezone.now()
    given = {"robot": robot, "deployed_by": pilot.opened_by}
    Deployment.objects.create(pilot=pilot, start_at=noon, **given)

    with refused("robot_is_deployed_in_one_pilot_at_a_time"):
        Deployment.objects.create(
            pilot=make_pilot(), start_at=noon + timedelta(days=3), **given
        )
    Deployment.objects.create(
        pilot=pilot, start_at=noon - timedelta(days=1), end_at=noon, **given
    )


def test_a_reviewer_of_a_pilot_belongs_to_an_institute():
    pilot = make_pilot()

    with refused("reviewer_belongs_to_an_institute"):
        pilot.assignments.create(
            reviewer=make_user(organisation=pilot.contract.city),
            assigned_by=pilot.opened_by,
        )


def test_an_exclusion_needs_two_people_and_a_reason():
    pilot = make_pilot()
    start = timezone.now()
    given = {
        "pilot": pilot,
        "start_at": start,
        "end_at": start + timedelta(hours=1),
        "proposed_by": pilot.opened_by,
    }

    with refused("exclusion_states_its_reason"):
        Exclusion.objects.create(reason="", **given)
    with refused("exclusion_needs_two_people"):
        Exclusion.objects.create(
            reason="Line stopped.",
            approved=True,
            judged_by=pilot.opened_by,
            judged_at=start,
            **given,
        )


def test_visible_to_shows_each_side_its_own_pilots_only():
    mine, _other = make_pilot(), make_pilot()
    contract = mine.contract
    reviewer = make_pilot_reviewer(pilot=mine)
    readers = [
        make_user(Role.OFFICIAL, organisation=contract.city),
        make_user(Role.AUDITOR, organisation=contract.city),
        make_user(Role.VENDOR, organisation=contract.vendor),
        reviewer,
    ]
    strangers = [
        make_user(Role.OFFICIAL),
        make_user(Role.VENDOR),
        make_user(Role.REVIEWER, organisation=reviewer.organisation),
        make_user(Role.CLOCK),
    ]

    for person in readers:
        assert list(Pilot.objects.visible_to(person)) == [mine]
        assert list(Gate.objects.visible_to(person)) == [mine.gates.get()]
    for person in strangers:
        assert not Pilot.objects.visible_to(person).exists()


def test_visible_to_reaches_every_row_of_a_gate():
    review = make_review()
    sign_fully(review)
    make_tranche(review=review)
    stranger = make_user(
        Role.VENDOR, organisation=make_organisation(OrganisationKind.VENDOR)
    )
    reader = make_user(organisation=review.gate.pilot.contract.city)

    for model in (GateLook, GateReview, GateVerdict, GateSignature, VolumeTranche):
        assert model.objects.exists()
        assert model.objects.visible_to(reader).count() == model.objects.count()
        assert not model.objects.visible_to(stranger).exists()
