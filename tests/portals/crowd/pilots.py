"""Pilots at each step: at work, in review, overridden, promoted, ordered from."""

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from pilots.enums import PilotState
from pilots.models import (
    Deployment,
    Exclusion,
    Gate,
    GateLook,
    GateOverride,
    GateReview,
    GateSignature,
    GateVerdict,
    Pilot,
    PilotMilestone,
    ReviewerAssignment,
    VolumeTranche,
)
from pilots.models.gate import review_code
from procurement import sealing
from tests.factories import make_user
from tests.factories.people import numbers
from tests.pilots.factories import made_up_evidence

DAYS = 70
OUTCOMES = {"overridden": "fail", "published": "fail", "running": ""}
SIGNED = {
    "recommended": ("recommend",),
    "promoted": ("recommend", "decide", "approve"),
    "ordered": ("recommend", "decide", "approve"),
}


def values(cast, size, contracts, own):
    """Open a pilot for every contract of each group, and fill the first at work."""
    reviews, pilots = {}, {}
    _count()
    for name in ("unsigned", *SIGNED, *OUTCOMES):
        gates = _open(cast, contracts[name])
        pilots[name] = [each.pilot for each in gates]
        rows = Pilot.objects.filter(pk__in=[each.pk for each in pilots[name]])
        at_work = name == "running"
        rows.update(state=PilotState.RUNNING if at_work else PilotState.IN_REVIEW)
        if outcome := OUTCOMES.get(name, "pass"):
            reviews[name] = _review(_looks(gates, [DAYS]), outcome)
    busy = pilots["running"][0]
    _fill(cast, busy, size, own)
    _count()
    for name, steps in SIGNED.items():
        for step in steps:
            _sign(cast, reviews[name], step)
    promoted = [each.pk for each in pilots["promoted"]]
    Pilot.objects.filter(pk__in=promoted).update(state=PilotState.PROMOTED)
    _override(cast, reviews["overridden"])
    _override(cast, reviews["published"])
    GateOverride.objects.filter(review__in=reviews["published"]).update(
        approved_by=cast["official"], published_at=timezone.now()
    )
    tranches = _order(cast, reviews["ordered"])
    return {
        "pilot.code": busy.code,
        "robot_deploy.code": busy.code,
        "exclusion.code": busy.code,
        "pilot.kpi": "availability",
        "pilot.robot": own.robots[0].code,
        "pilot_milestone.number": 1,
        "gate.code": reviews["unsigned"][0].code,
        "tranche.code": tranches[0].code,
    }


def _count():
    """Have the database count its rows, as it does by itself in the course of time.

    It may have last looked when the tables were empty, and would plan for that.
    """
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _open(cast, contracts):
    starts_on = timezone.localdate() - timedelta(days=DAYS + 1)
    made = Pilot.objects.bulk_create(
        Pilot(contract=each, starts_on=starts_on, weeks=10, opened_by=cast["official"])
        for each in contracts
    )
    ReviewerAssignment.objects.bulk_create(
        ReviewerAssignment(
            pilot=each, reviewer=cast["reviewer"], assigned_by=cast["official"]
        )
        for each in made
    )
    return Gate.objects.bulk_create(
        Gate(
            pilot=each,
            stage=1,
            quantity=1,
            starts_on=each.starts_on,
            ends_on=each.ends_on,
        )
        for each in made
    )


def _looks(gates, days):
    return GateLook.objects.bulk_create(
        GateLook(gate=gate, number=number, on=gate.starts_on + timedelta(days=day - 1))
        for gate in gates
        for number, day in enumerate(days, start=1)
    )


def _review(looks, outcome):
    """Judge each look, with a verdict for every criterion of its contract."""
    bundle = {"made": "up"}
    contract = looks[0].gate.pilot.contract
    made = GateReview.objects.bulk_create(
        GateReview(
            look=look,
            gate=look.gate,
            outcome=outcome,
            reasons=[["kpis_failed", {"kpis": ["availability"]}]],
            criteria_digest=look.gate.pilot.contract.criteria_digest,
            criteria_count=len(contract.criteria),
            bundle=bundle,
            bundle_digest=sealing.digest(bundle),
            engine_version="1",
            **made_up_evidence(review_code()),
        )
        for look in looks
    )
    GateVerdict.objects.bulk_create(
        GateVerdict(
            review=each,
            number=number,
            kpi=criterion["kpi"],
            decides=criterion["mandatory"] and criterion["law"] != "shown",
            outcome=outcome,
            reasons=[],
            num=97,
            den=100,
        )
        for each in made
        for number, criterion in enumerate(contract.criteria, start=1)
    )
    return made


def _sign(cast, reviews, step):
    people = {"recommend": "reviewer", "decide": "colleague"}
    person = (
        cast[people[step]]
        if step in people
        else make_user(organisation=cast["official"].organisation)
    )
    GateSignature.objects.bulk_create(
        GateSignature(
            review=each, step=step, person=person, answer="yes", reason="So it is."
        )
        for each in reviews
    )


def _override(cast, reviews):
    GateOverride.objects.bulk_create(
        GateOverride(review=each, reason="Spares late.", proposed_by=cast["colleague"])
        for each in reviews
    )


def _order(cast, reviews):
    return VolumeTranche.objects.bulk_create(
        VolumeTranche(
            pilot=each.gate.pilot,
            number=1,
            quantity=1,
            gate_review=each,
            unit_price_cny=9,
            ordered_by=cast["official"],
        )
        for each in reviews
    )


def _fill(cast, pilot, size, own):
    """Give one pilot many robots, exclusions, milestones, reviewers and looks."""
    now = timezone.now()
    Deployment.objects.bulk_create(
        Deployment(
            pilot=pilot,
            robot=span.robot,
            span=span,
            start_at=span.start_at,
            end_at=span.end_at,
            deployed_by=cast["vendor"],
        )
        for span in (*own.past, *own.spans)
    )
    Exclusion.objects.bulk_create(
        Exclusion(
            pilot=pilot,
            robot=robot,
            start_at=now - timedelta(hours=2),
            end_at=now - timedelta(hours=1),
            reason="The line stood still.",
            proposed_by=cast["vendor"],
        )
        for robot in own.robots
    )
    PilotMilestone.objects.bulk_create(
        PilotMilestone(pilot=pilot, number=number, title="M", due_on=pilot.starts_on)
        for number in range(1, size + 1)
    )
    reviewers = User.objects.bulk_create(
        User(
            email=f"reviewer{next(numbers)}@example.invalid",
            name="Reviewer",
            organisation=cast["reviewer"].organisation,
            role=Role.REVIEWER,
        )
        for _ in range(size)
    )
    ReviewerAssignment.objects.bulk_create(
        ReviewerAssignment(pilot=pilot, reviewer=each, assigned_by=cast["official"])
        for each in reviewers
    )
    days = range(1, min(size, DAYS) + 1)
    _review(_looks([pilot.gates.get()], days), "not_enough_evidence")
