import json
from dataclasses import replace
from fractions import Fraction

import pytest

from pilots.gate import (
    assess,
    capsule,
)
from tests.pilots.test_gate.cases import (
    GOOD,
    INTERVENTIONS,
    LOOKS,
    MTBF,
    REPAIRS,
    SUCCESS,
    days_of,
    evidence_of,
)


@pytest.mark.parametrize("criterion", [SUCCESS, MTBF, INTERVENTIONS, REPAIRS])
def test_a_capsule_gives_back_what_was_put_in(criterion):
    criterion = replace(criterion, disagreement_max=Fraction(2, 100))
    evidence = evidence_of(days_of(GOOD * 5), disagreement=Fraction(1, 300))
    told = json.dumps(
        [
            capsule.criterion_json(criterion),
            capsule.evidence_json(evidence),
            capsule.looks_json(LOOKS),
        ]
    )
    back = json.loads(told)

    assert capsule.criterion_from(back[0]) == criterion
    assert capsule.evidence_from(back[1]) == evidence
    assert capsule.looks_from(back[2]) == LOOKS


def test_a_capsule_kept_before_roll_calls_has_none():
    told = capsule.evidence_json(evidence_of(days_of(GOOD * 5)))
    del told["roll"]

    assert capsule.evidence_from(told).roll is None


def test_a_verdict_is_the_same_from_the_capsule_alone():
    evidence = evidence_of(days_of(GOOD * 5))
    back = capsule.evidence_from(
        json.loads(json.dumps(capsule.evidence_json(evidence)))
    )

    assert assess(SUCCESS, back, LOOKS) == assess(SUCCESS, evidence, LOOKS)
