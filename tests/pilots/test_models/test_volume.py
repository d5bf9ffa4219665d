"""What PostgreSQL refuses of volume orders, by ORM and by raw SQL alike."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from pilots.models import (
    GateOverride,
    VolumeTranche,
)
from tests.factories import (
    make_organisation,
    make_user,
)
from tests.pilots.factories import (
    make_gate,
    make_pilot,
    make_pilot_reviewer,
    make_review,
    make_tranche,
    sign,
    sign_fully,
)
from tests.pilots.refusals import refused

pytestmark = pytest.mark.django_db


def raw_order(review, **changes):
    """Order by SQL alone, as a superuser might."""
    pilot = review.gate.pilot
    row = {
        "code": f"VT-RAW-{review.pk}",
        "pilot_id": pilot.pk,
        "number": review.gate.stage,
        "quantity": review.gate.quantity,
        "gate_review_id": review.pk,
        "unit_price_cny": 320_000,
        "currency": "CNY",
        "ordered_by_id": pilot.opened_by_id,
        "ordered_at": timezone.now(),
        "state": "ordered",
    } | changes
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO pilots_volumetranche ({', '.join(row)}) "
            f"VALUES ({', '.join(['%s'] * len(row))})",
            list(row.values()),
        )


def override(review, *, published=True):
    pilot = review.gate.pilot
    first, second = (make_user(organisation=pilot.contract.city) for _ in range(2))
    made = GateOverride.objects.create(
        review=review, reason="Flood relief.", proposed_by=first
    )
    if published:
        made.approved_by, made.published_at = second, timezone.now()
        made.save()
    return made


def test_a_passed_and_fully_signed_gate_unlocks_its_tranche():
    review = make_review()
    sign_fully(review)

    tranche = make_tranche(review=review)

    assert (tranche.number, tranche.quantity) == (1, 1)


@pytest.mark.parametrize("signed", [0, 1, 2])
def test_a_passed_gate_with_a_signature_missing_unlocks_nothing(signed):
    review = make_review()
    pilot = review.gate.pilot
    people = [
        make_pilot_reviewer(pilot=pilot),
        make_user(organisation=pilot.contract.city),
    ]
    for step, person in list(zip(("recommend", "decide"), people, strict=True))[
        :signed
    ]:
        sign(review, step, person)

    with refused("tranche_needs_a_passed_and_signed_gate"):
        make_tranche(review=review)
    with refused("tranche_needs_a_passed_and_signed_gate"):
        raw_order(review)


@pytest.mark.parametrize("no_at", [0, 1, 2])
def test_one_no_unlocks_nothing(no_at):
    review = make_review()
    pilot = review.gate.pilot
    people = (
        make_pilot_reviewer(pilot=pilot),
        make_user(organisation=pilot.contract.city),
        make_user(organisation=pilot.contract.city),
    )
    for index, step in enumerate(("recommend", "decide", "approve")):
        sign(review, step, people[index], "no" if index == no_at else "yes")

    with refused("tranche_needs_a_passed_and_signed_gate"):
        raw_order(review)


@pytest.mark.parametrize("outcome", ["fail", "not_enough_evidence"])
def test_an_unpassed_gate_unlocks_nothing_whoever_signs_no(outcome):
    look = make_pilot(days_ago=80).gates.get().looks.last()
    review = make_review(outcome=outcome, look=look)
    sign_fully(review, "no")

    with refused("tranche_needs_a_passed_and_signed_gate"):
        make_tranche(review=review)
    with refused("tranche_needs_a_passed_and_signed_gate"):
        raw_order(review)


def test_a_published_override_of_a_failed_gate_unlocks_it():
    review = make_review(outcome="fail")
    override(review)

    raw_order(review)

    assert VolumeTranche.objects.get().gate_review == review


def test_an_override_unlocks_only_once_published():
    review = make_review(outcome="fail")
    override(review, published=False)

    with refused("tranche_needs_a_passed_and_signed_gate"):
        raw_order(review)


@pytest.mark.parametrize("outcome", ["pass", "not_enough_evidence"])
def test_only_a_failed_gate_can_be_overridden(outcome):
    review = make_review(outcome=outcome)

    with refused("override_is_of_a_failed_gate"):
        override(review)


def test_an_override_needs_two_different_officials_of_the_city():
    review = make_review(outcome="fail")
    one = make_user(organisation=review.gate.pilot.contract.city)
    made = GateOverride.objects.create(
        review=review, reason="Flood relief.", proposed_by=one
    )
    made.published_at = timezone.now()

    with refused("override_needs_two_people"):
        made.approved_by = one
        made.save()
    with refused("override_is_signed_by_officials"):
        made.approved_by = make_user()
        made.save()
    with refused("override_is_kept"):
        made.delete()


def test_an_override_is_never_edited_after_its_approval():
    made = override(make_review(outcome="fail"))
    made.reason = "Another one."

    with refused("override_is_never_edited"):
        made.save()


def test_one_gate_unlocks_one_tranche():
    review = make_review()
    sign_fully(review)
    make_tranche(review=review)

    with pytest.raises(IntegrityError), transaction.atomic():
        raw_order(review)


@pytest.mark.parametrize(
    "changes", [{"quantity": 10}, {"number": 2}, {"number": 2, "quantity": 10}]
)
def test_a_tranche_is_what_its_gate_unlocks(changes):
    review = make_review()
    sign_fully(review)

    with refused("tranche_is_what_its_gate_unlocks"):
        raw_order(review, **changes)


def test_a_review_of_another_pilot_unlocks_nothing_here():
    review = make_review()
    sign_fully(review)

    with refused("tranche_is_what_its_gate_unlocks"):
        raw_order(review, pilot_id=make_pilot().pk)


def test_tranches_are_ordered_in_turn_each_by_a_gate_of_its_own():
    first = make_review()
    pilot = first.gate.pilot
    second = make_review(look=make_gate(pilot=pilot, stage=2).looks.first())
    sign_fully(first)
    sign_fully(second)

    with refused("tranches_are_ordered_in_turn"):
        raw_order(second)
    make_tranche(review=first)
    raw_order(second)

    assert [t.quantity for t in pilot.tranches.all()] == [1, 10]


def test_volume_and_price_stay_within_the_contract():
    review = make_review()
    sign_fully(review)
    pilot = review.gate.pilot
    official = make_user(organisation=make_organisation())

    with refused("price_stays_within_the_contract"):
        raw_order(review, unit_price_cny=320_001)
    with refused("tranche_is_ordered_by_an_official"):
        raw_order(review, ordered_by_id=official.pk)
    with refused("tranche_is_paid_in_yuan"):
        raw_order(review, currency="USD")
    for stage in (1, 2, 3):
        look = (
            review.look
            if stage == 1
            else make_gate(pilot=pilot, stage=stage).looks.first()
        )
        each = review if stage == 1 else make_review(look=look)
        if stage > 1:
            sign_fully(each)
        make_tranche(review=each)
    last = make_review(look=make_gate(pilot=pilot, stage=4).looks.first())
    sign_fully(last)
    with refused("volume_stays_within_the_contract"):
        raw_order(last)


def test_an_order_stands_as_ordered():
    review = make_review()
    sign_fully(review)
    tranche = make_tranche(review=review)
    tranche.unit_price_cny = 1

    with refused("tranche_stands_as_ordered"):
        tranche.save()
    with refused("tranche_is_kept"):
        VolumeTranche.objects.all().delete()
    VolumeTranche.objects.update(state="delivered")
