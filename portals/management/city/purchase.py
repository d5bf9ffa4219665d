"""Calls, briefs, submissions, reviews, awards and contracts of the demo city."""

from datetime import timedelta
from decimal import Decimal
from typing import Final

from django.utils import timezone

from accounts.models import User
from kpis.enums import ComposedState
from kpis.models import ComposedKpi
from kpis.services import compose_kpi, move_kpi
from portals.management.city import texts
from procurement import services
from procurement.models import (
    Assignment,
    Brief,
    Call,
    PocContract,
    Programme,
    Submission,
)

People = dict[str, User]

# brief -> (vendor's person, maker, model, unit price); the first is awarded.
ANSWERS: Final = {
    "delivery": (
        ("vendor", "青砚 Qingyan", "QY-S2", 186_000),
        ("lanting", "岚汀 Lanting", "LT-Box", 172_000),
    ),
    "inspection": (
        ("lanting", "岚汀 Lanting", "LT-Patrol", 164_000),
        ("yunque", "云雀 Yunque", "YQ-6", 158_000),
    ),
    "care": (
        ("mianhe", "眠禾 Mianhe", "MH-Care", 118_000),
        ("yunque", "云雀 Yunque", "YQ-Home", 99_000),
    ),
}
# The brief of the open call, and the one plan handed in so far; it stays sealed.
OPEN_BRIEF: Final = "cleaning"
SEALED: Final = ("yunque", "云雀 Yunque", "YQ-Sweep", 132_000)
POINTS: Final = {"first": Decimal(8), "second": Decimal("6.5")}


def begin_programme(official: User) -> Programme:
    return services.create_programme(
        values={
            "title_zh": "山城具身智能示范计划（演示）",
            "title_en": "Hillside embodied AI programme (demo)",
            "objective_zh": "以真实场景检验机器人，达标后规模化部署。",
            "objective_en": "Prove robots on real sites, then deploy in volume.",
        },
        by=official,
    )


def compose_a_kpi(official: User) -> ComposedKpi:
    """Compose and publish the KPI that the delivery brief names beside the usual."""
    composed = compose_kpi(told=texts.OWN_KPI, by=official)
    move_kpi(composed=composed, target=ComposedState.PUBLISHED, by=official)
    return composed


def run_third_batch(people: People) -> dict[str, Brief]:
    """Publish the three briefs of the third batch and take the vendors' answers."""
    official = people["official"]
    compose_a_kpi(official)
    programme = begin_programme(official)
    now = timezone.now()
    call = services.create_call(
        values={
            "programme": programme,
            "batch_no": 3,
            "title_zh": "第三批场景征集",
            "title_en": "Third batch",
            "opens_at": now - timedelta(days=30),
            "closes_at": now + timedelta(days=1),
        },
        by=official,
    )
    services.open_call(call=call, by=official)
    briefs = {key: publish(call, key, official) for key in ANSWERS}
    for key, brief in briefs.items():
        for answer in ANSWERS[key]:
            submit(brief, people, answer)
    services.close_call(call=call, by=official)
    services.open_submissions(call=call, by=official)
    for brief in briefs.values():
        brief.refresh_from_db()
    return briefs


def open_fourth_batch(people: People) -> Call:
    """Leave a call open: one brief with a sealed plan, and room for a newcomer's."""
    official = people["official"]
    third = Call.objects.get(batch_no=3, programme__city=official.organisation)
    call = open_a_call(third.programme, 4, official)
    submit(publish(call, OPEN_BRIEF, official), people, SEALED)
    return call


def open_a_call(programme: Programme, number: int, official: User) -> Call:
    """Open a call for six weeks and three days."""
    title_zh, title_en = texts.BATCHES[number]
    now = timezone.now()
    call = services.create_call(
        values={
            "programme": programme,
            "batch_no": number,
            "title_zh": title_zh,
            "title_en": title_en,
            "opens_at": now,
            "closes_at": now + timedelta(days=45),
        },
        by=official,
    )
    return services.open_call(call=call, by=official)


def publish(call: Call, key: str, official: User) -> Brief:
    site = services.create_site(values=texts.SITES[key], by=official)
    brief = services.create_brief(
        call=call,
        values=texts.BRIEFS[key] | {"site": site},
        kpis=[*texts.KPIS[key], *texts.OWN_KPIS.get(key, ())],
        by=official,
    )
    return services.publish_brief(brief=brief, by=official)


def submit(
    brief: Brief, people: People, answer: tuple[str, str, str, int]
) -> Submission:
    key, maker, model, price = answer
    draft = services.save_draft_submission(
        brief=brief,
        plan=texts.plan(maker, model, brief.poc_robots, price),
        milestones=texts.MILESTONES,
        by=people[key],
    )
    return services.submit(submission=draft, by=people[key])


def review_and_award(brief: Brief, people: People) -> PocContract:
    """Have every submission reviewed, award the first answer, sign its contract."""
    reviewer, official = people["reviewer"], people["official"]
    opened = list(brief.submissions.order_by("submitted_at"))
    for submission, points in zip(opened, POINTS.values(), strict=True):
        review(submission, reviewer, official, points)
    award = services.award(
        submission=opened[0],
        reason="加权得分最高，方案与现场约束吻合。 / Highest weighted score; the plan "
        "fits the site.",
        by=official,
    )
    contract = services.draft_contract(
        award=award, starts_on=timezone.localdate(), by=official
    )
    maker = next(
        person
        for person in people.values()
        if person.organisation_id == contract.vendor_id
    )
    services.sign_contract(contract=contract, by=maker)
    return services.sign_contract(contract=contract, by=official)


def begin_reviews(brief: Brief, people: People) -> list[Assignment]:
    """Assign reviewers who have yet to declare: work for whoever looks in."""
    return [
        services.assign_reviewer(
            submission=submission, reviewer=people[key], by=people["official"]
        )
        for submission in brief.submissions.order_by("submitted_at")
        for key in ("reviewer", "tester")
    ]


def review(
    submission: Submission, reviewer: User, official: User, points: Decimal
) -> None:
    assignment = services.assign_reviewer(
        submission=submission, reviewer=reviewer, by=official
    )
    services.declare_conflict(assignment=assignment, has_conflict=False, by=reviewer)
    for criterion in submission.brief.call.criteria.all():
        services.score(
            assignment=assignment,
            criterion=criterion,
            points=min(points, Decimal(criterion.max_points)),
            comment="与现场核对一致。 / Checked against the site.",
            by=reviewer,
        )
    services.finish_review(assignment=assignment, by=reviewer)
