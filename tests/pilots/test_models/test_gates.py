"""What PostgreSQL refuses of gates and reviews, by ORM and by raw SQL alike."""

from datetime import timedelta

import pytest

from pilots.models import (
    Gate,
    GateLook,
    Pilot,
)
from tests.pilots.factories import (
    make_pilot,
    make_review,
    make_verdict,
    simple_criterion,
)
from tests.pilots.refusals import refused

pytestmark = pytest.mark.django_db


def test_a_review_judges_the_contracted_criteria():
    with refused("review_judges_the_contracted_criteria"):
        make_review(criteria_digest="0" * 64)


def test_a_look_is_assessed_after_its_day():
    look = make_pilot(days_ago=26).gates.get().looks.first()

    with refused("look_is_assessed_after_its_day"):
        make_review(look=look)


def test_the_first_decisive_look_stands():
    gate = make_pilot(days_ago=60).gates.get()
    first, second, third = gate.looks.all()[:3]
    make_review(outcome="not_enough_evidence", look=second)

    with refused("first_decisive_look_stands"):
        make_review(look=first)
    make_review(outcome="fail", look=third)
    with refused("first_decisive_look_stands"):
        make_review(look=gate.looks.all()[3])


def test_a_pass_needs_every_criterion():
    look = two_criteria().gates.get().looks.first()

    with refused("pass_needs_every_criterion"):
        make_review(look=look, verdicts=["pass", "not_enough_evidence"])
    with refused("review_has_as_many_verdicts_as_criteria"):
        make_review(verdicts=["pass", "pass"])


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_review_has_as_many_criteria_as_its_contract(count):
    look = two_criteria().gates.get().looks.first()

    with refused("review_has_as_many_criteria_as_its_contract"):
        make_review(look=look, criteria_count=count, verdicts=[])


@pytest.mark.parametrize("changes", [{"kpi": "mtbf"}, {"decides": False}])
def test_a_verdict_judges_the_criterion_of_its_number(changes):
    review = make_review(verdicts=[])

    with refused("verdict_judges_its_criterion"):
        make_verdict(review=review, **changes)


def two_criteria(**second):
    second = simple_criterion("task_success", **second)
    return make_pilot(days_ago=30, criteria=[simple_criterion(), second])


def test_looks_of_a_real_city_are_registered_beforehand_and_stand():
    gate = make_pilot(demo=False).gates.get()
    look = gate.looks.first()

    with refused("look_stands_as_registered"):
        GateLook.objects.filter(pk=look.pk).update(on=look.on - timedelta(days=1))
    with refused("look_stands_as_registered"):
        look.delete()
    with refused("gate_stands_as_registered"):
        Gate.objects.update(ends_on=gate.ends_on + timedelta(days=7))
    with refused("look_is_registered_beforehand"):
        make_pilot(demo=False, days_ago=40)


def test_a_demo_gate_moves_only_before_it_was_judged():
    gate = make_pilot(days_ago=30).gates.get()
    look = gate.looks.last()
    GateLook.objects.filter(pk=look.pk).update(on=look.on - timedelta(days=1))
    make_review(look=gate.looks.first())

    with refused("look_stands_as_registered"):
        GateLook.objects.filter(pk=look.pk).update(on=look.on)
    with refused("look_is_registered_beforehand"):
        GateLook.objects.create(gate=gate, number=99, on=gate.ends_on)
    with refused("pilot_stands_as_opened"):
        Pilot.objects.update(starts_on=gate.starts_on - timedelta(days=7))


def test_a_look_lies_within_its_gate():
    gate = make_pilot().gates.get()

    with refused("look_lies_within_its_gate"):
        GateLook.objects.create(
            gate=gate, number=99, on=gate.ends_on + timedelta(days=1)
        )
