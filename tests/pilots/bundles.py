"""A review whose bundle holds real evidence, judged by the gate itself."""

from datetime import timedelta
from fractions import Fraction

from pilots.evidence import criteria_of, looks_of, scope_of
from pilots.gate import Day, Evidence, Roll, assess, capsule
from pilots.models import GateReview, GateVerdict
from pilots.models.gate import review_code
from procurement import sealing
from tests.pilots.factories import made_up_evidence, make_pilot, simple_criterion

GOOD = [979, 988, 991, 967, 985, 993, 978]


def make_bundled_review(*, days=28, numerators=GOOD, pilot=None, **fields):
    if pilot is None:
        pilot = make_pilot(days_ago=80, criteria=[simple_criterion()], **fields)
    gate = pilot.gates.get()
    (criterion,), (told,) = criteria_of(pilot.contract), pilot.contract.criteria
    on = [gate.starts_on + timedelta(days=i) for i in range(70)]
    seen = tuple(
        Day(on[i], numerators[i % len(numerators)], 1000, 60) for i in range(days)
    )
    evidence = Evidence(
        kind="sim",
        days=seen,
        due_days=tuple(on),
        as_of=on[days - 1],
        fresh_on=on[days - 1],
        coverage=Fraction(98, 100),
        robots={"R-1": seen, "R-2": seen},
        robots_due=2,
        roll=tuple(Roll(day.on, 2, ("R-1", "R-2")) for day in seen),
    )
    looks = looks_of(scope_of(gate, on[days - 1]), told)
    verdict = assess(criterion, evidence, looks)
    bundle = {
        "format": 1,
        "measurements": [["M-1", "0" * 64]],
        "kpis": [
            {
                "criterion": capsule.criterion_json(criterion),
                "looks": capsule.looks_json(looks),
                "evidence": capsule.evidence_json(evidence),
                "outcome": str(verdict.outcome),
                "definition_digest": told["definition_digest"],
            }
        ],
    }
    review = GateReview.objects.create(
        gate=gate,
        look=gate.looks.get(on=on[days - 1]),
        outcome=str(verdict.outcome),
        reasons=[["kpis_passed", {"kpis": ["availability"]}]],
        criteria_digest=pilot.contract.criteria_digest,
        criteria_count=1,
        bundle=bundle,
        bundle_digest=sealing.digest(bundle),
        engine_version="1",
        **made_up_evidence(review_code()),
    )
    GateVerdict.objects.create(
        review=review,
        number=1,
        kpi="availability",
        outcome=str(verdict.outcome),
        reasons=[[each.code, dict(each.facts)] for each in verdict.reasons],
        num=verdict.num,
        den=verdict.den,
        estimate=verdict.estimate,
        low=verdict.low,
        high=verdict.high,
        coverage=0.98,
        decided_on=verdict.look.on if verdict.look else None,
    )
    return review
