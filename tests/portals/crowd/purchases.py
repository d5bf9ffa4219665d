"""Calls, briefs, submissions, assignments, awards and contracts."""

from datetime import timedelta
from decimal import Decimal
from itertools import islice

from django.utils import timezone

from accounts.enums import OrganisationKind
from accounts.models import Organisation
from kpis.engine.definition import CATALOGUE
from procurement import sealing
from procurement.enums import (
    BriefState,
    CallState,
    Comparator,
    ContractState,
    Environment,
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
    Site,
    Submission,
    TechnicalPlan,
    VendorRegistration,
)
from tests.factories import make_call, make_programme, make_site, pass_deadline
from tests.factories.people import make_uscc, numbers
from tests.pilots.factories import simple_criterion

LATER_STAGES = ("awarded", "drafted", "signed")
# With the first two every source of figures is read, and more are more rows alone.
KPIS = list(dict.fromkeys(("availability", "completeness", *CATALOGUE)))
PILOTS = ("unsigned", "recommended", "overridden", "promoted", "running")


class Purchases:
    """Every stage of buying, a few or `size` cases each, all of one vendor."""

    def __init__(self, cast, size, few):
        self.cast, self.size, self.few = cast, size, few
        self.city = cast["official"].organisation
        self.programme = make_programme(city=self.city)
        self.site = make_site(city=self.city)
        self.contracts = {}

    def values(self):
        self._calls()
        self._sites()
        taking, decided = self._call(), self._call()
        draft, *_rest = self._briefs(taking, self.few)
        open_briefs = self._briefs(taking, self.size)
        cases = {
            "reviewing": self.size,
            **dict.fromkeys((*LATER_STAGES, *PILOTS), self.few),
            "ordered": self.size,
            "published": self.size,
        }
        contested, *briefs = self._briefs(decided, 1 + sum(cases.values()))
        self._kpis([open_briefs[0]], self.size)
        for call in (taking, decided):
            self._publish(call, keep=draft)
        drafts = self._answers(open_briefs)
        rivals = self._answers([contested] * self.size, self._vendors())
        answers = iter(self._answers(briefs))
        groups = {name: list(islice(answers, many)) for name, many in cases.items()}
        self._submit(decided)
        self._open(decided)
        assigned = self._ask(groups["reviewing"] + rivals)
        awards = self._award(
            [x for name in groups if name != "reviewing" for x in groups[name]]
        )
        self._contract(groups, awards)
        Brief.objects.filter(pk=contested.pk).update(state=BriefState.IN_REVIEW)
        return {
            "call.code": taking.code,
            "brief.code": open_briefs[0].code,
            "brief_submissions.code": contested.code,
            "brief_reviewers.code": contested.code,
            "brief_ranking.code": contested.code,
            "officials:submission.code": rivals[0].code,
            "submission.code": drafts[0].code,
            "assignment.code": assigned[0].code,
            "award.code": awards[0].code,
            "contract.code": self.contracts["signed"][0].code,
        }

    def _call(self, state=CallState.OPEN):
        official = self.cast["official"]
        return make_call(state, programme=self.programme, created_by=official)

    def _calls(self):
        """Programmes; calls to open, open ones, and those whose submissions wait."""
        now = timezone.now()
        Programme.objects.bulk_create(
            Programme(city=self.city, title_zh="计划", title_en="Programme")
            for _ in range(self.size)
        )
        for state, days in (("draft", 9), ("open", 9), ("closed", -1)):
            rows = [
                Call(
                    programme=self.programme,
                    batch_no=next(numbers),
                    title_zh="批次",
                    title_en="Batch",
                    opens_at=now - timedelta(days=2),
                    closes_at=now + timedelta(days=days),
                    created_by=self.cast["official"],
                )
                for _ in range(self.size)
            ]
            made = Call.objects.bulk_create(rows)
            if state != "draft":
                own = Call.objects.filter(pk__in=[each.pk for each in made])
                own.update(state=CallState.OPEN)
                if state == "closed":
                    own.update(state=CallState.CLOSED)

    def _sites(self):
        Site.objects.bulk_create(
            Site(
                city=self.city,
                name_zh="车间",
                name_en="Workshop",
                host_zh="厂",
                host_en="Works",
                environment=Environment.FACTORY_LINE,
            )
            for _ in range(self.size)
        )

    def _briefs(self, call, many):
        return Brief.objects.bulk_create(
            Brief(
                call=call,
                site=self.site,
                scenario=Scenario.LINE_SIDE_DELIVERY,
                title_zh="线边配送",
                title_en="Line-side delivery",
                budget_line="2026-ROBOT-1",
                budget_cny=50_000_000,
                quantity_min=10,
                quantity_max=200,
                unit_price_ceiling_cny=400_000,
                created_by=self.cast["official"],
            )
            for _ in range(many)
        )

    def _kpis(self, briefs, many):
        BriefKpi.objects.bulk_create(
            BriefKpi(
                brief=brief,
                kpi=key,
                comparator=Comparator.AT_LEAST,
                minimum=Decimal("0.9"),
                target=Decimal("0.97"),
            )
            for brief in briefs
            for key in KPIS[:many]
        )

    def _publish(self, call, keep):
        briefs = call.briefs.exclude(pk=keep.pk)
        briefs.update(published_at=timezone.now())
        briefs.update(state=BriefState.PUBLISHED)

    def _vendors(self):
        made = Organisation.objects.bulk_create(
            Organisation(
                code=f"rival-{number}",
                kind=OrganisationKind.VENDOR,
                name_zh=f"对手{number}",
                name_en=f"Rival {number}",
                uscc=make_uscc(number),
                is_demo=True,
            )
            for number in islice(numbers, self.size)
        )
        VendorRegistration.objects.bulk_create(
            VendorRegistration(
                vendor=vendor,
                state="accepted",
                reason="Known.",
                judged_at=timezone.now(),
            )
            for vendor in made
        )
        return made

    def _answers(self, briefs, vendors=None):
        person = self.cast["vendor"]
        vendors = vendors or [person.organisation] * len(briefs)
        made = Submission.objects.bulk_create(
            Submission(brief=brief, vendor=vendor, created_by=person)
            for brief, vendor in zip(briefs, vendors, strict=True)
        )
        TechnicalPlan.objects.bulk_create(
            TechnicalPlan(submission=each, robots=2, poc_price_cny=9, unit_price_cny=9)
            for each in made
        )
        PlanMilestone.objects.bulk_create(
            PlanMilestone(submission=each, number=number, title="M", weeks=weeks)
            for each in made
            for number, weeks in enumerate([10] if self.few == 1 else [5, 5], start=1)
        )
        return made

    def _submit(self, call):
        rows = Submission.objects.filter(brief__call=call)
        person = self.cast["vendor"]
        rows.update(content_digest="0" * 64, submitted_by=person)
        rows.update(state=SubmissionState.SUBMITTED)

    def _open(self, call):
        pass_deadline(call)
        rows = Submission.objects.filter(brief__call=call)
        rows.update(state=SubmissionState.OPENED)
        Call.objects.filter(pk=call.pk).update(state=CallState.OPENED)
        call.briefs.update(state=BriefState.IN_REVIEW)

    def _ask(self, submissions):
        return Assignment.objects.bulk_create(
            Assignment(
                submission=each,
                reviewer=self.cast["reviewer"],
                assigned_by=self.cast["official"],
            )
            for each in submissions
        )

    def _award(self, submissions):
        made = Award.objects.bulk_create(
            Award(
                brief=each.brief,
                submission=each,
                awarded_by=self.cast["official"],
                score=88,
                reason="Best score.",
            )
            for each in submissions
        )
        won = Submission.objects.filter(pk__in=[each.pk for each in submissions])
        won.update(state=SubmissionState.AWARDED)
        briefs = Brief.objects.filter(pk__in=[each.brief_id for each in submissions])
        briefs.update(state=BriefState.AWARDED)
        return made

    def _contract(self, groups, awards):
        """Leave the first group without a contract, the second unsigned."""
        award_of = {each.submission_id: each for each in awards}
        for name in (*LATER_STAGES[1:], *PILOTS, "ordered", "published"):
            made = PocContract.objects.bulk_create(
                self._draft(award_of[each.pk]) for each in groups[name]
            )
            self.contracts[name] = made
            if name != "drafted":
                self._sign(PocContract.objects.filter(pk__in=[x.pk for x in made]))

    def _draft(self, award):
        criteria = [simple_criterion(key) for key in KPIS[: 1 + self.few]]
        return PocContract(
            award=award,
            city=self.city,
            vendor=self.cast["vendor"].organisation,
            starts_on=timezone.localdate(),
            weeks=10,
            robots=200,
            poc_price_cny=9,
            unit_price_cny=9,
            quantity_min=10,
            quantity_max=200,
            evidence_kind="sim",
            criteria=criteria,
            criteria_digest=sealing.digest(criteria),
            drafted_by=self.cast["official"],
        )

    def _sign(self, contracts):
        now = timezone.now()
        contracts.update(vendor_signed_by=self.cast["vendor"], vendor_signed_at=now)
        contracts.update(state=ContractState.VENDOR_SIGNED)
        contracts.update(city_signed_by=self.cast["official"], signed_at=now)
        contracts.update(state=ContractState.SIGNED)
