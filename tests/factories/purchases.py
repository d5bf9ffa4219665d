"""From a programme to a signed contract."""

from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal

from django.db import connection
from django.utils import timezone

from accounts.enums import OrganisationKind, Role
from procurement import sealing
from procurement.enums import (
    BriefState,
    CallState,
    Comparator,
    ContractState,
    Environment,
    Interface,
    Scenario,
    SubmissionState,
)
from procurement.models import (
    Assignment,
    Award,
    Brief,
    BriefKpi,
    Call,
    PlanMilestone,
    PocContract,
    Programme,
    ReviewCriterion,
    Site,
    Submission,
    TechnicalPlan,
)
from tests.factories.people import make_organisation, make_user, numbers


def make_programme(**fields):
    number = next(numbers)
    if "city" not in fields:
        fields["city"] = make_organisation()
    given = {"title_zh": f"计划{number}", "title_en": f"Programme {number}"}
    return Programme.objects.create(**given | fields)


def make_call(state=CallState.OPEN, **fields):
    """Make a call with two criteria; open ones close in a day."""
    number = next(numbers)
    if "programme" not in fields:
        city = fields.pop("city", None)
        fields["programme"] = make_programme(**{"city": city} if city else {})
    city = fields["programme"].city
    given = {
        "batch_no": number,
        "title_zh": f"第{number}批",
        "title_en": f"Batch {number}",
        "opens_at": timezone.now() - timedelta(days=1),
        "closes_at": timezone.now() + timedelta(days=1),
    }
    if "created_by" not in fields:
        fields["created_by"] = make_user(Role.OFFICIAL, organisation=city)
    call = Call.objects.create(**given | fields)
    for place, weight in enumerate((60, 40), start=1):
        ReviewCriterion.objects.create(
            call=call,
            number=place,
            title_zh=f"标准{place}",
            title_en=f"Criterion {place}",
            weight=weight,
        )
    if state != CallState.DRAFT:
        move_state(call, CallState.OPEN)
    return call


def make_site(**fields):
    number = next(numbers)
    if "city" not in fields:
        fields["city"] = make_organisation()
    given = {
        "name_zh": f"焊装车间{number}",
        "name_en": f"Welding shop {number}",
        "host_zh": "某汽车厂",
        "host_en": "A car maker",
        "environment": Environment.FACTORY_LINE,
    }
    return Site.objects.create(**given | fields)


def make_brief(state=BriefState.PUBLISHED, **fields):
    number = next(numbers)
    if "call" not in fields:
        city = fields.pop("city", None)
        fields["call"] = make_call(**{"city": city} if city else {})
    if "site" not in fields:
        fields["site"] = make_site(city=fields["call"].city)
    given = {
        "scenario": Scenario.LINE_SIDE_DELIVERY,
        "title_zh": f"线边配送{number}",
        "title_en": f"Line-side delivery {number}",
        "need_zh": "配送",
        "need_en": "Deliver",
        "baseline_zh": "人工",
        "baseline_en": "By hand",
        "budget_line": "2026-ROBOT-1",
        "budget_cny": 50_000_000,
        "quantity_min": 10,
        "quantity_max": 200,
        "unit_price_ceiling_cny": 400_000,
        "created_by": fields["call"].created_by,
    }
    brief = Brief.objects.create(**given | fields)
    make_brief_kpi(brief=brief)
    if state == BriefState.PUBLISHED:
        brief.published_at = timezone.now()
        brief.save()
        move_state(brief, BriefState.PUBLISHED)
    return brief


def make_brief_kpi(**fields):
    if "brief" not in fields:
        fields["brief"] = make_brief(state=BriefState.DRAFT)
    given = {
        "kpi": "availability",
        "comparator": Comparator.AT_LEAST,
        "minimum": Decimal("0.9"),
        "target": Decimal("0.97"),
        "window_days": 56,
    }
    return BriefKpi.objects.create(**given | fields)


def make_submission(state=SubmissionState.DRAFT, weeks=(4, 4), **fields):
    """Make a submission with a full plan; beyond submitted, its call is closed."""
    if "brief" not in fields:
        fields["brief"] = make_brief()
    if "vendor" not in fields:
        is_demo = fields["brief"].city.is_demo
        fields["vendor"] = make_organisation(OrganisationKind.VENDOR, is_demo=is_demo)
    if "created_by" not in fields:
        fields["created_by"] = make_user(Role.VENDOR, organisation=fields["vendor"])
    submission = Submission.objects.create(**fields)
    make_plan(submission=submission)
    for number, length in enumerate(weeks, start=1):
        PlanMilestone.objects.create(
            submission=submission, number=number, title=f"M{number}", weeks=length
        )
    if state != SubmissionState.DRAFT:
        submission.content_digest = "0" * 64
        submission.submitted_by = submission.created_by
        submission.save()
        move_state(submission, SubmissionState.SUBMITTED)
    if state == SubmissionState.OPENED:
        pass_deadline(submission.brief.call)
        move_state(submission, SubmissionState.OPENED)
    return submission


def make_plan(**fields):
    given = {
        "summary": "Two robots carry parts.",
        "scenario_fit": "Parts reach the line before takt ends.",
        "approach": "Mobile manipulators.",
        "robot_maker": "Qiyun",
        "robot_model": "Q1",
        "robots": 2,
        "interfaces": [Interface.VDA5050],
        "data_needed": "Floor plan.",
        "site_needs": "Wi-Fi.",
        "safety_concept": "E-stop and scanners.",
        "service_concept": "An engineer on site.",
        "poc_price_cny": 300_000,
        "unit_price_cny": 320_000,
    }
    return TechnicalPlan.objects.create(**given | fields)


def make_assignment(**fields):
    if "submission" not in fields:
        fields["submission"] = make_submission(SubmissionState.OPENED)
    submission = fields["submission"]
    if "reviewer" not in fields:
        institute = make_organisation(
            OrganisationKind.INSTITUTE, is_demo=submission.brief.city.is_demo
        )
        fields["reviewer"] = make_user(Role.REVIEWER, organisation=institute)
    given = {"assigned_by": submission.brief.created_by}
    return Assignment.objects.create(**given | fields)


def make_award(**fields):
    if "submission" not in fields:
        fields["submission"] = make_submission(SubmissionState.OPENED)
    submission = fields["submission"]
    given = {
        "brief": submission.brief,
        "awarded_by": submission.brief.created_by,
        "score": Decimal("88.00"),
        "reason": "Best score.",
    }
    award = Award.objects.create(**given | fields)
    move_state(submission, SubmissionState.AWARDED)
    return award


def make_contract(state=ContractState.SIGNED, **fields):
    """Make a contract of ten weeks that measures availability."""
    if "award" not in fields:
        fields["award"] = make_award()
    award = fields["award"]
    kind = "sim" if award.city.is_demo else "live"
    usual = [AVAILABILITY_CRITERION | {"evidence_kind": kind}]
    criteria = fields.pop("criteria", usual)
    given = {
        "city": award.city,
        "vendor": award.vendor,
        "starts_on": timezone.localdate(),
        "weeks": 10,
        "robots": 2,
        "poc_price_cny": 300_000,
        "unit_price_cny": 320_000,
        "quantity_min": 10,
        "quantity_max": 200,
        "evidence_kind": kind,
        "criteria": criteria,
        "criteria_digest": sealing.digest(criteria),
        "drafted_by": award.awarded_by,
    }
    contract = PocContract.objects.create(**given | fields)
    if state != ContractState.DRAFT:
        contract.vendor_signed_by = award.submission.created_by
        contract.vendor_signed_at = timezone.now()
        contract.save()
        move_state(contract, ContractState.VENDOR_SIGNED)
    if state == ContractState.SIGNED:
        contract.city_signed_by, contract.signed_at = award.awarded_by, timezone.now()
        contract.save()
        move_state(contract, ContractState.SIGNED)
    return contract


AVAILABILITY_CRITERION = {
    "kpi": "availability",
    "unit": "1",
    "scale": "1",
    "law": "rate_by_day",
    "comparator": "at_least",
    "minimum": "0.900000",
    "target": "0.970000",
    "window_days": 56,
    "coverage_min": "0.9000",
    "tasks_per_day": None,
    "mandatory": True,
    "evidence_kind": "live",
    "looks": [28, 35, 42, 49, 56],
    "definition_digest": "0" * 64,
    "engine_version": "1.0.0",
}


def move_state(subject, state):
    type(subject).objects.filter(pk=subject.pk).update(state=state)
    subject.refresh_from_db()


def pass_deadline(call, *, close=True):
    """Put a call's deadline behind the present, as time would, and close it."""
    with triggers_off("procurement_call"), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procurement_call SET closes_at = clock_timestamp() WHERE id = %s",
            [call.pk],
        )
    call.refresh_from_db()
    if close and call.state == CallState.OPEN:
        move_state(call, CallState.CLOSED)
        call.briefs.filter(state=BriefState.PUBLISHED).update(state=BriefState.CLOSED)


@contextmanager
def triggers_off(table):
    """Do what only a superuser at the table could."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
