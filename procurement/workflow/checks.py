"""Facts of stored things, laid before the rules."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from django.db import connection
from django.utils.translation import gettext_noop

from accounts.models import Organisation
from kpis.services import offered_to
from procurement import sealing
from procurement.enums import (
    AssignmentState,
    BriefState,
    CallState,
    RegistrationState,
    SubmissionState,
)
from procurement.models import (
    Assignment,
    Award,
    Brief,
    Call,
    PocContract,
    Submission,
    TechnicalPlan,
    VendorRegistration,
)
from procurement.rules import Objection, briefs, named, plans, reviews
from procurement.rules.headings import headings_are_filled

UNBARRED = (
    AssignmentState.ASSIGNED,
    AssignmentState.CLEARED,
    AssignmentState.FINISHED,
)
PLAN_FIELDS = (
    "summary",
    "scenario_fit",
    "approach",
    "robot_maker",
    "robot_model",
    "robots",
    "interfaces",
    "data_needed",
    "site_needs",
    "safety_concept",
    "service_concept",
    "software_policy",
    "poc_price_cny",
    "unit_price_cny",
)


def present_moment() -> datetime:
    """Return the database's own time; deadlines are judged by no other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (moment,) = cursor.fetchone()
    return cast("datetime", moment)


def call_objections(call: Call) -> list[Objection]:
    """Say what keeps a call from opening."""
    return briefs.weights_are_whole(
        [each.weight for each in call.criteria.all()]
    ) + plans.is_before_deadline(present_moment(), call.closes_at)


def deadline_objections(call: Call) -> list[Objection]:
    """Say what keeps a call from closing; a demo city need not wait."""
    if call.city.is_demo:
        return []
    return plans.is_after_deadline(present_moment(), call.closes_at)


def closed_call_objections(brief: Brief) -> list[Objection]:
    if brief.call.state in {CallState.CLOSED, CallState.OPENED}:
        return []
    return [
        Objection(
            named.OPENING,
            plans.STILL_AHEAD,
            {"deadline": brief.call.closes_at},
        )
    ]


def open_call_objections(brief: Brief) -> list[Objection]:
    """Say what keeps a submission from arriving at this moment."""
    call = brief.call
    if call.state == CallState.OPEN and brief.state == BriefState.PUBLISHED:
        return plans.arrives_in_time(present_moment(), call.closes_at)
    return [Objection(named.DEADLINE, plans.NOT_TAKING, {"state": brief.state})]


def brief_objections(brief: Brief) -> list[Objection]:
    """Run the quality list of a brief before it is published."""
    facts = {name: getattr(brief, name) for name, _title in briefs.BRIEF_HEADINGS}
    volume = {name: getattr(brief, name) for name, _title in briefs.VOLUME_HEADINGS}
    rows = list(brief.kpis.values())
    return [
        *headings_are_filled(named.BRIEF_IS_COMPLETE, briefs.BRIEF_HEADINGS, facts),
        *headings_are_filled(named.VOLUME_IS_NAMED, briefs.VOLUME_HEADINGS, volume),
        *briefs.quantities_fit(brief.quantity_min, brief.quantity_max),
        *briefs.budget_covers(
            brief.budget_cny, brief.quantity_min, brief.unit_price_ceiling_cny
        ),
        *briefs.kpis_are_measurable(rows),
        *briefs.kpis_fit_catalogue(
            rows,
            {key: (k.better, k.law) for key, k in offered_to(brief.city).items()},
        ),
        *briefs.windows_fit(rows, brief.weeks_max),
        *briefs.route_fits(
            brief.route,
            (brief.novelty_zh, brief.novelty_en),
            brief.compensation_cap_cny,
        ),
    ]


def publishing_objections(brief: Brief) -> list[Objection]:
    call = brief.call
    return [
        *brief_objections(brief),
        *briefs.call_takes_briefs(call.state, present_moment(), call.closes_at),
    ]


def plan_of(submission: Submission) -> TechnicalPlan:
    plan = TechnicalPlan.objects.filter(submission=submission).first()
    return plan or TechnicalPlan(submission=submission)


def plan_objections(submission: Submission) -> list[Objection]:
    """Say what is missing or wrong in a plan."""
    plan = plan_of(submission)
    brief = submission.brief
    facts = {name: getattr(plan, name) for name in PLAN_FIELDS}
    return [
        *headings_are_filled(named.PLAN_IS_COMPLETE, plans.PLAN_HEADINGS, facts),
        *plans.robots_fit(plan.robots, brief.poc_robots),
        *plans.weeks_fit(
            submission.milestones.all().total_weeks(), brief.weeks_min, brief.weeks_max
        ),
        *price_objections(plan, brief),
    ]


def price_objections(plan: TechnicalPlan, brief: Brief) -> list[Objection]:
    headings = dict(plans.PLAN_HEADINGS)
    return [
        *plans.price_fits(
            plan.unit_price_cny,
            brief.unit_price_ceiling_cny,
            headings["unit_price_cny"],
            "unit_price_cny",
        ),
        *plans.price_fits(
            plan.poc_price_cny,
            brief.compensation_cap_cny,
            headings["poc_price_cny"],
            "poc_price_cny",
        ),
    ]


def submitting_objections(submission: Submission) -> list[Objection]:
    return open_call_objections(submission.brief) or [
        *vendor_objections(submission.vendor),
        *plan_objections(submission),
    ]


def vendor_objections(vendor: Organisation) -> list[Objection]:
    """Say why a vendor may write, and not submit."""
    known = VendorRegistration.objects.filter(vendor=vendor).first()
    state = known.state if known else RegistrationState.WAITING
    if state == RegistrationState.ACCEPTED:
        return []
    if known and state == RegistrationState.REFUSED:
        text = gettext_noop("Your company was refused: %(reason)s")
        return [Objection(named.VENDOR_IS_ACCEPTED, text, {"reason": known.reason})]
    text = gettext_noop(
        "Your company waits to be accepted by an official. Go on writing; you can "
        "submit once it is accepted."
    )
    return [Objection(named.VENDOR_IS_ACCEPTED, text)]


def opening_objections(submission: Submission) -> list[Objection]:
    """Say what makes a submission invalid at the opening."""
    brief = submission.brief
    return [
        *plans.content_is_intact(
            submission.content_digest, sealing.digest(content_of(submission))
        ),
        *plans.weeks_fit(
            submission.milestones.all().total_weeks(), brief.weeks_min, brief.weeks_max
        ),
        *price_objections(plan_of(submission), brief),
    ]


def content_of(submission: Submission) -> Mapping[str, Any]:
    """Return all that a vendor hands in, as canonical JSON takes it."""
    plan = plan_of(submission)
    return {
        "submission": submission.code,
        "brief": submission.brief.code,
        "vendor": submission.vendor.code,
        "plan": {name: written(getattr(plan, name)) for name in PLAN_FIELDS},
        "milestones": [
            {
                "number": each.number,
                "title": each.title,
                "weeks": each.weeks,
                "deliverable": each.deliverable,
                "acceptance": each.acceptance,
            }
            for each in submission.milestones.order_by("number")
        ],
    }


def written(value: Any) -> Any:
    if value is None or isinstance(value, str | int):
        return value
    return list(value) if isinstance(value, list | tuple) else f"{value:f}"


def finishing_objections(assignment: Assignment) -> list[Objection]:
    asked = assignment.submission.brief.call.criteria.count()
    return reviews.every_criterion_is_scored(assignment.scores.count(), asked)


def review_counts(submission: Submission) -> tuple[int, int]:
    """Return how many reviews began (barred ones aside) and how many finished."""
    begun = submission.assignments.exclude(state=AssignmentState.BARRED)
    return begun.count(), begun.filter(state=AssignmentState.FINISHED).count()


def award_objections(submission: Submission) -> list[Objection]:
    """Say what keeps a submission from being awarded."""
    brief = submission.brief
    begun, finished = review_counts(submission)
    pending = Assignment.objects.filter(
        submission__brief=brief,
        state__in=[AssignmentState.ASSIGNED, AssignmentState.CLEARED],
    ).exclude(submission=submission)
    unread = (
        Submission.objects.filter(brief=brief, state=SubmissionState.OPENED)
        .exclude(assignments__state__in=UNBARRED)
        .exclude(pk=submission.pk)
    )
    return [
        *reviews.reviews_are_finished(begun, finished),
        *reviews.nobody_is_left_unread(pending.count(), unread.count()),
        *reviews.group_is_odd(brief.route, finished),
        *reviews.at_most_three_suppliers(Award.objects.filter(brief=brief).count()),
    ]


def award_is_made(submission: Submission) -> list[Objection]:
    if Award.objects.filter(submission=submission).exists():
        return []
    return reviews.award_is_missing()


def brief_is_awarded(brief: Brief) -> list[Objection]:
    if brief.awards.exists():
        return []
    return reviews.award_is_missing()


def signing_objections(contract: PocContract) -> list[Objection]:
    return plans.criteria_are_intact(
        contract.criteria_digest, sealing.digest(contract.criteria)
    )
