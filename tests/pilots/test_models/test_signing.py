"""What PostgreSQL refuses of signatures, by ORM and by raw SQL alike."""

import pytest

from accounts.enums import Role
from pilots.models import (
    GateReview,
    GateSignature,
    GateVerdict,
)
from tests.factories import (
    make_user,
)
from tests.pilots.factories import (
    make_pilot,
    make_pilot_reviewer,
    make_review,
    sign,
    sign_fully,
    simple_criterion,
)
from tests.pilots.refusals import refused

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("outcome", ["fail", "not_enough_evidence"])
def test_nobody_can_sign_yes_under_an_unpassed_gate(outcome):
    look = make_pilot(days_ago=80).gates.get().looks.last()
    review = make_review(outcome=outcome, look=look)
    reviewer = make_pilot_reviewer(pilot=review.gate.pilot)

    with refused("yes_needs_a_passed_gate"):
        sign(review, "recommend", reviewer)


def test_a_step_is_signed_once_and_by_different_people():
    review = make_review()
    pilot = review.gate.pilot
    official = make_user(organisation=pilot.contract.city)
    sign(review, "recommend", make_pilot_reviewer(pilot=pilot))
    sign(review, "decide", official)

    with refused("gate_needs_different_people"):
        sign(review, "approve", official)
    with refused("gate_step_is_signed_once"):
        sign(review, "decide", make_user(organisation=pilot.contract.city))


def test_steps_keep_their_order():
    review = make_review()
    pilot = review.gate.pilot
    official = make_user(organisation=pilot.contract.city)

    with refused("gate_steps_keep_their_order"):
        sign(review, "decide", official)
    sign(review, "recommend", make_pilot_reviewer(pilot=pilot))
    with refused("gate_steps_keep_their_order"):
        sign(review, "approve", official)


def test_a_step_is_signed_by_its_role():
    review = make_review()
    pilot = review.gate.pilot
    city = pilot.contract.city
    elsewhere = make_user(Role.REVIEWER)
    vendor = make_user(Role.VENDOR, organisation=pilot.contract.vendor)

    for person in (elsewhere, vendor, make_user(organisation=city)):
        with refused("gate_step_is_signed_by_its_role"):
            sign(review, "recommend", person)
    sign(review, "recommend", make_pilot_reviewer(pilot=pilot))
    for person in (
        vendor,
        make_user(),
        make_user(Role.AUDITOR, organisation=city),
        make_pilot_reviewer(pilot=pilot),
    ):
        with refused("gate_step_is_signed_by_its_role"):
            sign(review, "decide", person)


def test_a_reason_is_always_given():
    review = make_review()
    reviewer = make_pilot_reviewer(pilot=review.gate.pilot)

    with refused("gate_signature_states_its_reason"):
        sign(review, "recommend", reviewer, reason="")


def test_an_open_gate_is_not_signed_before_its_end():
    review = make_review(outcome="not_enough_evidence")
    reviewer = make_pilot_reviewer(pilot=review.gate.pilot)

    with refused("open_gate_is_not_signed_before_its_end"):
        sign(review, "recommend", reviewer, "no")


@pytest.mark.parametrize(
    ("model", "rule", "changes"),
    [
        (GateReview, "review_is_never_edited", {"outcome": "fail"}),
        (GateReview, "review_is_never_edited", {"bundle": {}}),
        (GateVerdict, "verdict_is_never_edited", {"outcome": "fail"}),
        (GateSignature, "signature_is_never_edited", {"answer": "no"}),
    ],
)
def test_what_was_judged_and_signed_is_never_edited(model, rule, changes):
    sign_fully(make_review())

    with refused(rule):
        model.objects.update(**changes)
    with refused(rule):
        model.objects.all()._raw_delete("default")


@pytest.mark.parametrize(
    ("mandatory", "verdicts"),
    [
        ((True, True), []),
        ((True, True), ["pass"]),
        ((True, False), ["pass"]),
        ((False, False), ["fail", "pass"]),
    ],
)
def test_yes_needs_a_verdict_on_every_criterion_and_one_that_decides(
    mandatory, verdicts
):
    keys = ("availability", "task_success")
    criteria = [
        simple_criterion(key, mandatory=each)
        for key, each in zip(keys, mandatory, strict=True)
    ]
    look = make_pilot(days_ago=30, criteria=criteria).gates.get().looks.first()
    review = make_review(look=look, verdicts=verdicts)
    reviewer = make_pilot_reviewer(pilot=review.gate.pilot)

    with refused("yes_needs_a_passed_gate"):
        sign(review, "recommend", reviewer)


def test_yes_may_follow_when_only_what_does_not_decide_failed():
    criteria = [simple_criterion(), simple_criterion("task_success", mandatory=False)]
    look = make_pilot(days_ago=30, criteria=criteria).gates.get().looks.first()
    review = make_review(look=look, verdicts=["pass", "fail"])

    sign_fully(review)

    assert review.signatures.count() == 3
