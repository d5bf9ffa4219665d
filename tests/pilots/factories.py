"""Plain functions that make one valid thing of a pilot each."""

import hashlib
from datetime import timedelta

from django.utils import timezone

from accounts.enums import OrganisationKind, Role
from kpis.engine.definition import CATALOGUE, ENGINE_VERSION
from kpis.engine.statistics import look_days
from pilots.enums import QUANTITY_OF_STAGE
from pilots.models import (
    Gate,
    GateLook,
    GateReview,
    GateSignature,
    GateVerdict,
    Pilot,
    ReviewerAssignment,
    VolumeTranche,
)
from pilots.models.gate import review_code
from pilots.services.bundles import bundle_path
from procurement import sealing
from procurement.enums import SubmissionState
from tests.factories import (
    AVAILABILITY_CRITERION,
    make_award,
    make_brief,
    make_contract,
    make_organisation,
    make_submission,
    make_user,
)


def make_pilot(*, demo=True, days_ago=0, **fields):
    """Make a pilot of ten weeks that began `days_ago`, with its first gate."""
    if "contract" not in fields:
        city = make_organisation(is_demo=demo)
        criteria = fields.pop("criteria", [AVAILABILITY_CRITERION])
        submission = make_submission(
            SubmissionState.OPENED, (5, 5), brief=make_brief(city=city)
        )
        award = make_award(submission=submission)
        fields["contract"] = make_contract(award=award, criteria=criteria)
    contract = fields["contract"]
    given = {
        "starts_on": timezone.localdate() - timedelta(days=days_ago),
        "weeks": contract.weeks,
        "opened_by": contract.city_signed_by,
    }
    pilot = Pilot.objects.create(**given | fields)
    make_gate(pilot=pilot)
    return pilot


def make_gate(*, pilot, stage=1, **fields):
    """Make a gate with a look each week from the 28th day to the pilot's end."""
    given = {
        "quantity": QUANTITY_OF_STAGE[stage],
        "starts_on": pilot.starts_on,
        "ends_on": pilot.ends_on,
    }
    gate = Gate.objects.create(pilot=pilot, stage=stage, **given | fields)
    for number, day in enumerate(range(28, 7 * pilot.weeks + 1, 7), start=1):
        on = gate.starts_on + timedelta(days=day - 1)
        GateLook.objects.create(gate=gate, number=number, on=on)
    return gate


def made_up_evidence(code):
    """Put a file where a bundle would lie; no platform made it."""
    path = bundle_path(code)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"made up")
    digest = hashlib.sha256(b"made up").hexdigest()
    return {"code": code, "evidence_sha256": digest, "evidence_bytes": 7}


def make_review(*, outcome="pass", look=None, verdicts=None, **fields):
    """Make a review of the first look, with a verdict of its outcome per criterion."""
    if look is None:
        look = make_pilot(days_ago=30).gates.get().looks.first()
    criteria = look.gate.pilot.contract.criteria
    given = {
        "gate": look.gate,
        "outcome": outcome,
        "reasons": [["kpis_failed", {"kpis": ["availability"]}]],
        "criteria_digest": look.gate.pilot.contract.criteria_digest,
        "criteria_count": len(criteria),
        "bundle": {"made": "up"},
        "bundle_digest": sealing.digest({"made": "up"}),
        "engine_version": "1",
        **made_up_evidence(review_code()),
    }
    review = GateReview.objects.create(look=look, **given | fields)
    each_alike = [outcome] * len(criteria)
    for number, each in enumerate(
        each_alike if verdicts is None else verdicts, start=1
    ):
        make_verdict(review=review, number=number, outcome=each)
    return review


def make_verdict(*, review, number=1, **fields):
    """Make a verdict on the criterion of this number in the contract."""
    criteria = review.gate.pilot.contract.criteria
    criterion = criteria[min(number, len(criteria)) - 1]
    given = {
        "kpi": criterion["kpi"],
        "decides": criterion["mandatory"] and criterion["law"] != "shown",
        "outcome": review.outcome,
        "reasons": [],
        "num": 97,
        "den": 100,
    }
    return GateVerdict.objects.create(review=review, number=number, **given | fields)


def make_pilot_reviewer(*, pilot):
    institute = make_organisation(
        OrganisationKind.INSTITUTE, is_demo=pilot.contract.city.is_demo
    )
    reviewer = make_user(Role.REVIEWER, organisation=institute)
    ReviewerAssignment.objects.create(
        pilot=pilot, reviewer=reviewer, assigned_by=pilot.opened_by
    )
    return reviewer


def sign(review, step, person, answer="yes", **fields):
    given = {"reason": "The figures say so."}
    return GateSignature.objects.create(
        review=review, step=step, person=person, answer=answer, **given | fields
    )


def sign_fully(review, answer="yes"):
    """Sign a review by a reviewer and two officials; returns the three people."""
    pilot = review.gate.pilot
    officials = [make_user(organisation=pilot.contract.city) for _ in range(2)]
    people = (make_pilot_reviewer(pilot=pilot), *officials)
    for step, person in zip(("recommend", "decide", "approve"), people, strict=True):
        sign(review, step, person, answer)
    return people


def make_tranche(*, review, **fields):
    pilot, gate = review.gate.pilot, review.gate
    given = {
        "pilot": pilot,
        "number": gate.stage,
        "quantity": gate.quantity,
        "unit_price_cny": pilot.contract.unit_price_cny,
        "ordered_by": pilot.opened_by,
    }
    return VolumeTranche.objects.create(gate_review=review, **given | fields)


def simple_criterion(kpi="availability", **changes):
    """Return a criterion as a contract freezes it."""
    definition = CATALOGUE[kpi]
    given = {
        "kpi": kpi,
        "unit": definition.unit,
        "scale": str(definition.scale),
        "law": str(definition.law),
        "comparator": "at_least",
        "minimum": "0.9",
        "target": "0.97",
        "window_days": 70,
        "coverage_min": "0.9",
        "tasks_per_day": None,
        "mandatory": True,
        "evidence_kind": "sim",
        "looks": list(look_days(70)),
        "definition_digest": definition.digest,
        "engine_version": ENGINE_VERSION,
    }
    return given | changes
