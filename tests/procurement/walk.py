"""A purchase walked by its services, step by step, for tests to stop anywhere."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from accounts.enums import OrganisationKind, Role
from procurement import services
from tests.factories import make_organisation, make_user

KPIS = [
    {
        "kpi": "availability",
        "comparator": "at_least",
        "minimum": Decimal("0.90"),
        "target": Decimal("0.97"),
        "window_days": 56,
    },
    {
        "kpi": "mtbf",
        "comparator": "at_least",
        "minimum": Decimal(20),
        "target": Decimal(60),
        "window_days": 84,
        "mandatory": False,
    },
]
BRIEF = {
    "scenario": "line_side_delivery",
    "title_zh": "焊装车间线边配送",
    "title_en": "Line-side delivery in a welding shop",
    "need_zh": "按节拍送件。",
    "need_en": "Bring parts to takt.",
    "baseline_zh": "六名工人推车。",
    "baseline_en": "Six people push carts.",
    "poc_robots": 2,
    "budget_line": "2026-R-17",
    "budget_cny": Decimal(50_000_000),
    "quantity_min": 10,
    "quantity_max": 120,
    "unit_price_ceiling_cny": Decimal(400_000),
}
PLAN = {
    "summary": "Two mobile manipulators.",
    "scenario_fit": "Parts arrive before takt ends.",
    "approach": "Lidar and vision.",
    "robot_maker": "Qiyun",
    "robot_model": "Q1",
    "robots": 2,
    "interfaces": ["vda5050"],
    "data_needed": "CANARY floor plan",
    "site_needs": "Wi-Fi 6",
    "safety_concept": "E-stop within reach.",
    "service_concept": "An engineer on site.",
    "poc_price_cny": Decimal(300_000),
    "unit_price_cny": Decimal("320000.50"),
}
MILESTONES = [
    {"title": "Install", "weeks": 2},
    {"title": "Ramp up", "weeks": 3},
    {"title": "Measure", "weeks": 5},
]


@dataclass
class Walk:
    """A city with one open call and one published brief."""

    is_demo: bool = True
    values: dict = field(default_factory=dict)

    def __post_init__(self):
        self.city = make_organisation(is_demo=self.is_demo)
        self.official = make_user(Role.OFFICIAL, organisation=self.city)
        programme = services.create_programme(
            values={"title_zh": "计划", "title_en": "Programme"}, by=self.official
        )
        self.call = services.create_call(
            values={
                "programme": programme,
                "batch_no": 3,
                "title_zh": "第三批",
                "title_en": "Third batch",
                "opens_at": timezone.now() - timedelta(minutes=1),
                "closes_at": timezone.now() + timedelta(days=20),
            },
            by=self.official,
        )
        self.site = services.create_site(
            values={
                "name_zh": "焊装车间",
                "name_en": "Welding shop",
                "host_zh": "某汽车厂",
                "host_en": "A car maker",
                "environment": "factory_line",
            },
            by=self.official,
        )
        services.open_call(call=self.call, by=self.official)
        self.brief = services.create_brief(
            call=self.call,
            values=BRIEF | {"site": self.site} | self.values,
            kpis=KPIS,
            by=self.official,
        )

    def publish(self):
        services.publish_brief(brief=self.brief, by=self.official)
        return self

    def vendor(self):
        house = make_organisation(OrganisationKind.VENDOR, is_demo=self.is_demo)
        return make_user(Role.VENDOR, organisation=house)

    def reviewer(self):
        house = make_organisation(OrganisationKind.INSTITUTE, is_demo=self.is_demo)
        return make_user(Role.REVIEWER, organisation=house)

    def draft(self, by, **plan):
        return services.save_draft_submission(
            brief=self.brief, plan=PLAN | plan, milestones=MILESTONES, by=by
        )

    def submission(self, by=None, **plan):
        by = by or self.vendor()
        return services.submit(submission=self.draft(by, **plan), by=by)

    def open(self, *submissions):
        minutes = services.open_submissions(call=self.call, by=self.official)
        self.brief.refresh_from_db()
        for each in submissions:
            each.refresh_from_db()
        return minutes

    def assignment(self, submission, reviewer=None):
        return services.assign_reviewer(
            submission=submission,
            reviewer=reviewer or self.reviewer(),
            by=self.official,
        )

    def review(self, submission, points=8):
        return self.finish(self.assignment(submission), points)

    def finish(self, assignment, points=8):
        reviewer = assignment.reviewer
        services.declare_conflict(
            assignment=assignment, has_conflict=False, by=reviewer
        )
        for criterion in self.call.criteria.all():
            services.score(
                assignment=assignment,
                criterion=criterion,
                points=Decimal(points),
                by=reviewer,
            )
        return services.finish_review(assignment=assignment, by=reviewer)

    def award(self, submission):
        return services.award(
            submission=submission, reason="The best plan.", by=self.official
        )
