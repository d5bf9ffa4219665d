from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError
from django.utils import timezone, translation

from accounts.enums import Role
from accounts.errors import (
    DomainError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    TransitionRefusedError,
)
from accounts.models import AuditEntry
from accounts.services import clock
from dispatch.models import Notice
from procurement import sealing, services
from procurement.enums import (
    AssignmentState,
    BriefState,
    CallState,
    ContractState,
    SubmissionState,
)
from procurement.errors import RulesRefusedError
from procurement.models import (
    Award,
    Call,
    OpeningMinutes,
    PocContract,
    Submission,
    TechnicalPlan,
)
from tests.factories import make_user, pass_deadline, triggers_off
from tests.procurement.walk import BRIEF, KPIS, MILESTONES, PLAN, Walk

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def kinds_for(user):
    return sorted(Notice.objects.filter(recipient=user).values_list("kind", flat=True))


def fields_of(refusal):
    return sorted({problem.field for problem in refusal.value.problems})


def test_purchase_walks_from_brief_to_signed_contract():
    walk = Walk()
    vendor, loser = walk.vendor(), walk.vendor()
    walk.publish()
    won, lost = walk.submission(vendor), walk.submission(loser)
    minutes = walk.open(won, lost)
    walk.review(won, 9)
    walk.review(lost, 5)

    award = walk.award(won)
    contract = services.draft_contract(
        award=award, starts_on=timezone.localdate(), by=walk.official
    )
    services.sign_contract(contract=contract, by=vendor)
    services.sign_contract(contract=contract, by=walk.official)

    for each in (won, lost, walk.brief, walk.call, contract):
        each.refresh_from_db()
    assert (won.state, lost.state) == ("awarded", "not_awarded")
    assert (walk.brief.state, walk.call.state) == ("awarded", "opened")
    assert contract.state == ContractState.SIGNED
    assert contract.weeks == 10
    assert contract.unit_price_cny == Decimal("320000.50")
    assert contract.evidence_kind == "sim"
    assert contract.criteria_digest == sealing.digest(contract.criteria)
    assert award.score == Decimal("90.00")
    assert minutes.received == 2
    assert minutes.digest == sealing.digest(minutes.entries)
    assert [entry["digest"] for entry in minutes.entries] == [
        won.content_digest,
        lost.content_digest,
    ]
    assert kinds_for(vendor) == [
        "award_made",
        "brief_published",
        "contract_signed",
        "contract_to_sign",
        "submission_received",
        "submissions_opened",
    ]
    assert kinds_for(loser) == [
        "brief_published",
        "not_awarded",
        "submission_received",
        "submissions_opened",
    ]
    assert kinds_for(walk.official) == ["contract_to_sign"]


def test_contract_freezes_each_kpi_with_its_law_and_looks():
    walk = Walk().publish()
    won = walk.submission()
    walk.open(won)
    walk.review(won)

    contract = services.draft_contract(
        award=walk.award(won), starts_on=timezone.localdate(), by=walk.official
    )

    first, second = contract.criteria
    assert first == {
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
        "evidence_kind": "sim",
        "looks": [28, 35, 42, 49, 56],
        "definition_digest": first["definition_digest"],
        "engine_version": first["engine_version"],
    }
    assert (second["law"], second["scale"]) == ("time_per_count", "1/3600000000")
    assert second["window_days"] == 70  # never beyond the contract's ten weeks
    assert second["looks"][-1] == 70


def test_contract_of_a_real_city_accepts_live_evidence_and_no_past_start():
    walk = Walk(is_demo=False).publish()
    won = walk.submission()
    pass_deadline(walk.call)
    walk.open(won)
    walk.review(won)
    award = walk.award(won)

    with pytest.raises(InvalidInputError, match="today or later"):
        services.draft_contract(
            award=award,
            starts_on=timezone.localdate() - timedelta(days=1),
            by=walk.official,
        )
    contract = services.draft_contract(
        award=award, starts_on=timezone.localdate(), by=walk.official
    )

    assert contract.evidence_kind == "live"
    assert {each["evidence_kind"] for each in contract.criteria} == {"live"}


def test_brief_is_published_only_when_nothing_is_missing():
    walk = Walk(values={"need_en": "", "budget_line": " ", "quantity_max": None})

    with pytest.raises(RulesRefusedError) as refusal:
        services.publish_brief(brief=walk.brief, by=walk.official)

    assert fields_of(refusal) == ["budget_line", "need_en", "quantity_max"]
    assert "Volume budget line" in str(refusal.value)
    assert "财库〔2024〕13号, article 12" in str(refusal.value)
    walk.brief.refresh_from_db()
    assert (walk.brief.state, walk.brief.published_at) == (BriefState.DRAFT, None)


@pytest.mark.parametrize(
    ("kpis", "said"),
    [
        ([], "No KPI is mandatory"),
        ([KPIS[0] | {"mandatory": False}], "No KPI is mandatory"),
        ([KPIS[0] | {"kpi": "charm"}], "charm is not in the KPI catalogue"),
        (
            [KPIS[0] | {"comparator": "at_most", "target": Decimal("0.5")}],
            "points away from what is better",
        ),
        (
            [
                KPIS[0]
                | {"kpi": "mean_repair_time", "comparator": "at_most"}
                | {"minimum": Decimal(30), "target": Decimal(20)}
            ],
            "cannot be mandatory",
        ),
    ],
)
def test_brief_needs_measurable_kpis(kpis, said):
    walk = Walk()
    services.save_brief(brief=walk.brief, values={}, kpis=kpis, by=walk.official)

    with pytest.raises(RulesRefusedError, match=said):
        services.publish_brief(brief=walk.brief, by=walk.official)


def test_brief_kpi_with_target_at_minimum_is_refused_when_saved():
    walk = Walk()
    equal = KPIS[0] | {"target": KPIS[0]["minimum"]}

    with pytest.raises(DomainError, match="stricter than the minimum"):
        services.save_brief(brief=walk.brief, values={}, kpis=[equal], by=walk.official)

    assert walk.brief.kpis.count() == 2


def test_budget_must_pay_the_smallest_volume():
    walk = Walk(values={"budget_cny": Decimal(100_000)})

    with pytest.raises(RulesRefusedError, match="does not pay the smallest volume"):
        services.publish_brief(brief=walk.brief, by=walk.official)


def test_cooperative_innovation_needs_novelty_and_a_cap():
    walk = Walk(values={"route": "cooperative_innovation"})

    with pytest.raises(RulesRefusedError) as refusal:
        services.publish_brief(brief=walk.brief, by=walk.official)

    assert fields_of(refusal) == ["compensation_cap_cny", "novelty_zh"]


def test_review_of_a_brief_warns_where_a_gate_could_hardly_decide():
    walk = Walk()
    close = KPIS[0] | {"target": Decimal("0.905"), "tasks_per_day": 20}
    services.save_brief(brief=walk.brief, values={}, kpis=[close], by=walk.official)

    missing, warnings = services.review_brief(brief=walk.brief, by=walk.official)

    assert missing == []
    assert [warning.rule for warning in warnings] == ["gate_can_decide"]
    assert walk.brief.kpis.get().chance < Decimal("0.8")
    services.publish_brief(brief=walk.brief, by=walk.official)
    assert walk.brief.state == BriefState.PUBLISHED


def test_published_brief_cannot_be_saved_again():
    walk = Walk().publish()

    with pytest.raises(InvalidInputError, match="only a draft"):
        services.save_brief(
            brief=walk.brief, values={"quantity_max": 9}, by=walk.official
        )


def test_cancelled_brief_says_why():
    walk = Walk().publish()

    with pytest.raises(InvalidInputError, match="Say why"):
        services.cancel_brief(brief=walk.brief, reason=" ", by=walk.official)
    services.cancel_brief(brief=walk.brief, reason="No budget.", by=walk.official)

    assert (walk.brief.state, walk.brief.cancel_reason) == ("cancelled", "No budget.")


def test_services_take_no_field_beyond_their_own():
    walk = Walk().publish()

    with pytest.raises(InvalidInputError, match="state cannot be set"):
        services.create_brief(
            call=walk.call, values=BRIEF | {"state": "published"}, by=walk.official
        )
    with pytest.raises(InvalidInputError, match="submission cannot be set"):
        services.save_draft_submission(
            brief=walk.brief, plan={"submission": 1}, by=walk.vendor()
        )


def test_officials_act_on_their_own_city_only():
    walk = Walk()
    stranger = make_user(Role.OFFICIAL)

    for deed in (
        lambda: services.publish_brief(brief=walk.brief, by=stranger),
        lambda: services.save_brief(brief=walk.brief, values={}, by=stranger),
        lambda: services.close_call(call=walk.call, by=stranger),
        lambda: services.open_submissions(call=walk.call, by=stranger),
        lambda: services.save_site(site=walk.site, values={}, by=stranger),
    ):
        with pytest.raises(NotFoundError):
            deed()
    with pytest.raises(NotAllowedError, match="City official"):
        services.publish_brief(brief=walk.brief, by=walk.vendor())


def test_submit_lists_everything_that_is_missing():
    walk = Walk().publish()
    vendor = walk.vendor()
    draft = services.save_draft_submission(
        brief=walk.brief,
        plan=PLAN | {"summary": " ", "robots": 1, "unit_price_cny": Decimal(400_001)},
        milestones=MILESTONES[:2],
        by=vendor,
    )

    with pytest.raises(RulesRefusedError) as refusal:
        services.submit(submission=draft, by=vendor)

    assert fields_of(refusal) == ["milestones", "robots", "summary", "unit_price_cny"]
    assert "last 5 weeks together" in str(refusal.value)
    assert "above the ceiling of 400,000" in str(refusal.value)
    assert services.missing(submission=draft, by=vendor) == refusal.value.problems
    draft.refresh_from_db()
    assert (draft.state, draft.submitted_at) == (SubmissionState.DRAFT, None)


def test_empty_draft_cannot_be_submitted():
    walk = Walk().publish()
    vendor = walk.vendor()
    draft = services.start_draft(brief=walk.brief, by=vendor)

    with pytest.raises(RulesRefusedError) as refusal:
        services.submit(submission=draft, by=vendor)

    assert len(refusal.value.problems) == 14  # every heading, and the weeks


def test_submit_stamps_the_databases_time_and_the_contents_hash():
    walk = Walk().publish()

    submission = walk.submission()

    assert submission.state == SubmissionState.SUBMITTED
    assert len(submission.content_digest) == 64
    assert submission.submitted_at < walk.call.closes_at


def test_late_submission_stays_a_draft_and_says_so():
    walk = Walk().publish()
    vendor = walk.vendor()
    draft = walk.draft(vendor)
    pass_deadline(walk.call)

    with pytest.raises(RulesRefusedError, match="takes no submissions"):
        services.submit(submission=draft, by=vendor)
    with pytest.raises(RulesRefusedError, match="takes no submissions"):
        services.save_draft_submission(brief=walk.brief, plan={}, by=vendor)

    draft.refresh_from_db()
    assert draft.state == SubmissionState.DRAFT


def test_draft_is_one_a_vendor_and_saved_piece_by_piece():
    walk = Walk().publish()
    vendor = walk.vendor()

    first = services.save_draft_submission(
        brief=walk.brief, plan={"summary": "One"}, by=vendor
    )
    second = services.save_draft_submission(
        brief=walk.brief, milestones=MILESTONES, by=vendor
    )

    assert first == second
    assert second.plan.summary == "One"
    assert second.milestones.all().total_weeks() == 10


def test_revision_replaces_the_submission_it_copied():
    walk = Walk().publish()
    vendor = walk.vendor()
    first = walk.submission(vendor)

    draft = services.start_draft(brief=walk.brief, by=vendor)
    copied = TechnicalPlan.objects.get(submission=draft).data_needed
    first.refresh_from_db()
    standing = first.state
    services.submit(submission=draft, by=vendor)

    first.refresh_from_db()
    assert copied == PLAN["data_needed"]
    assert standing == SubmissionState.SUBMITTED
    assert (first.state, draft.state) == ("withdrawn", "submitted")
    assert walk.open(draft).received == 1


def test_withdrawn_submission_is_never_opened():
    walk = Walk().publish()
    vendor = walk.vendor()
    submission = walk.submission(vendor)

    services.withdraw(submission=submission, by=vendor)
    minutes = walk.open(submission)

    assert submission.state == SubmissionState.WITHDRAWN
    assert minutes.entries == []


def test_submission_cannot_be_withdrawn_after_the_deadline():
    walk = Walk().publish()
    vendor = walk.vendor()
    submission = walk.submission(vendor)
    pass_deadline(walk.call)

    with pytest.raises(TransitionRefusedError, match="takes no submissions"):
        services.withdraw(submission=submission, by=vendor)


def test_vendors_reach_their_own_submissions_only():
    walk = Walk().publish()
    submission = walk.submission()
    stranger = walk.vendor()

    for deed in (services.submit, services.withdraw, services.missing):
        with pytest.raises(NotFoundError):
            deed(submission=submission, by=stranger)
    with pytest.raises(NotAllowedError):
        services.start_draft(brief=walk.brief, by=walk.official)


def test_real_call_waits_for_its_deadline():
    walk = Walk(is_demo=False).publish()
    submission = walk.submission()

    for deed in (services.close_call, services.open_submissions):
        with pytest.raises(TransitionRefusedError, match="still ahead"):
            deed(call=walk.call, by=walk.official)
    submission.refresh_from_db()
    walk.call.refresh_from_db()
    assert (submission.state, walk.call.state) == ("submitted", "open")


def test_clock_closes_due_calls_and_their_briefs_once():
    walk = Walk(is_demo=False).publish()
    waiting = Walk(is_demo=False).publish()
    pass_deadline(walk.call, close=False)

    assert services.close_due_calls() == 1
    assert services.close_due_calls() == 0

    for each in (walk.call, walk.brief, waiting.call):
        each.refresh_from_db()
    assert (walk.call.state, walk.brief.state) == ("closed", "closed")
    assert waiting.call.state == CallState.OPEN
    entry = AuditEntry.objects.of(walk.call).first()
    assert (entry.by, entry.facts["target"]) == (clock(), "closed")


def test_deadline_is_put_off_and_never_brought_forward():
    walk = Walk(is_demo=False)
    later = walk.call.closes_at + timedelta(days=1)

    services.put_off_deadline(
        call=walk.call, closes_at=later, reason="Questions.", by=walk.official
    )
    with pytest.raises(DomainError, match="only be put off"):
        services.put_off_deadline(
            call=walk.call,
            closes_at=later - timedelta(hours=1),
            reason="Hurry.",
            by=walk.official,
        )

    assert Call.objects.get(pk=walk.call.pk).closes_at == later


def test_call_needs_weights_of_a_hundred():
    walk = Walk()
    call = services.create_call(
        values={
            "programme": walk.call.programme,
            "batch_no": 4,
            "title_zh": "第四批",
            "title_en": "Fourth batch",
            "opens_at": timezone.now(),
            "closes_at": timezone.now() + timedelta(days=1),
        },
        by=walk.official,
    )
    services.save_criteria(
        call=call,
        criteria=[{"title_zh": "一", "title_en": "One", "weight": 90}],
        by=walk.official,
    )

    with pytest.raises(TransitionRefusedError, match="add up to 90 percent"):
        services.open_call(call=call, by=walk.official)


def test_tampered_content_is_recorded_invalid_with_the_rule():
    walk = Walk().publish()
    submission = walk.submission()
    with triggers_off("procurement_technicalplan"):
        TechnicalPlan.objects.update(unit_price_cny=1)

    minutes = walk.open(submission)

    assert submission.state == SubmissionState.INVALID
    assert submission.invalid_rule == "content_is_intact"
    assert submission.content_digest in submission.invalid_reason
    assert minutes.entries[0]["rule"] == "content_is_intact"


def test_opening_happens_once():
    walk = Walk().publish()
    walk.submission()
    walk.open()

    with pytest.raises(TransitionRefusedError):
        walk.open()

    assert OpeningMinutes.objects.count() == 1


def test_conflicted_reviewer_is_barred_for_good():
    walk = Walk().publish()
    submission = walk.submission()
    walk.open(submission)
    assignment = walk.assignment(submission)
    reviewer = assignment.reviewer
    criterion = walk.call.criteria.first()

    with pytest.raises(InvalidInputError, match="Name the ground"):
        services.declare_conflict(assignment=assignment, has_conflict=True, by=reviewer)
    services.declare_conflict(
        assignment=assignment, has_conflict=True, ground="shareholding", by=reviewer
    )

    assert assignment.state == AssignmentState.BARRED
    with pytest.raises(NotAllowedError, match="barred"):
        services.score(
            assignment=assignment, criterion=criterion, points=Decimal(1), by=reviewer
        )
    with pytest.raises(InvalidInputError, match="made already"):
        services.declare_conflict(
            assignment=assignment, has_conflict=False, by=reviewer
        )
    with pytest.raises(RulesRefusedError, match="0 of 0 reviews"):
        walk.award(submission)


def test_score_before_declaring_is_refused():
    walk = Walk().publish()
    submission = walk.submission()
    walk.open(submission)
    assignment = walk.assignment(submission)

    with pytest.raises(DomainError, match="after a declaration") as refusal:
        services.score(
            assignment=assignment,
            criterion=walk.call.criteria.first(),
            points=Decimal(1),
            by=assignment.reviewer,
        )

    assert refusal.value.code == "score_needs_a_review_under_way"


@pytest.mark.parametrize("points", ["-1", "10.5"])
def test_score_keeps_to_its_scale(points):
    walk = Walk().publish()
    submission = walk.submission()
    walk.open(submission)
    assignment = walk.assignment(submission)
    services.declare_conflict(
        assignment=assignment, has_conflict=False, by=assignment.reviewer
    )

    with pytest.raises(InvalidInputError, match="0 to 10 points"):
        services.score(
            assignment=assignment,
            criterion=walk.call.criteria.first(),
            points=Decimal(points),
            by=assignment.reviewer,
        )


def test_reviewers_work_on_their_own_assignments_only():
    walk = Walk().publish()
    submission = walk.submission()
    walk.open(submission)
    assignment = walk.assignment(submission)
    stranger = walk.reviewer()

    with pytest.raises(NotFoundError):
        services.declare_conflict(
            assignment=assignment, has_conflict=False, by=stranger
        )
    with pytest.raises(NotFoundError):
        services.finish_review(assignment=assignment, by=stranger)
    with pytest.raises(InvalidInputError, match="not an active reviewer"):
        walk.assignment(submission, reviewer=walk.vendor())
    with pytest.raises(DomainError, match="assigned to the submission already"):
        walk.assignment(submission, reviewer=assignment.reviewer)


def test_review_is_finished_only_with_every_score():
    walk = Walk().publish()
    submission = walk.submission()
    walk.open(submission)
    assignment = walk.assignment(submission)
    services.declare_conflict(
        assignment=assignment, has_conflict=False, by=assignment.reviewer
    )

    with pytest.raises(TransitionRefusedError, match="0 of 5 criteria"):
        services.finish_review(assignment=assignment, by=assignment.reviewer)

    assignment.refresh_from_db()
    assert assignment.finished_at is None


def test_award_waits_until_every_submission_was_reviewed():
    walk = Walk().publish()
    one, two = walk.submission(), walk.submission()
    walk.open(one, two)
    walk.review(one)

    with pytest.raises(RulesRefusedError, match="reviewed by nobody"):
        walk.award(one)
    pending = walk.assignment(two)
    with pytest.raises(RulesRefusedError, match="are not finished"):
        walk.award(one)

    assert pending.state == AssignmentState.ASSIGNED
    assert not Award.objects.exists()


def test_cooperative_innovation_needs_an_odd_group_of_three():
    walk = Walk(
        values={
            "route": "cooperative_innovation",
            "novelty_zh": "新算法",
            "novelty_en": "A new method",
            "compensation_cap_cny": Decimal(500_000),
        }
    ).publish()
    submission = walk.submission()
    walk.open(submission)
    walk.review(submission)
    walk.review(submission)

    with pytest.raises(RulesRefusedError, match="article 15"):
        walk.award(submission)
    walk.review(submission)

    assert walk.award(submission).score == Decimal("80.00")


def test_brief_is_awarded_once():
    walk = Walk().publish()
    one, two = walk.submission(), walk.submission()
    walk.open(one, two)
    walk.review(one)
    walk.review(two)
    walk.award(one)

    two.refresh_from_db()
    with pytest.raises(DomainError, match="awarded already") as refusal:
        walk.award(two)

    assert refusal.value.code == "brief_is_awarded_once"
    assert Award.objects.get().submission == one


def test_ranking_shows_mean_and_spread():
    walk = Walk().publish()
    one, two = walk.submission(), walk.submission()
    walk.open(one, two)
    walk.review(one, 6)
    walk.review(two, 9)
    walk.review(two, 7)

    ranks = services.rank_submissions(brief=walk.brief, by=walk.official)

    assert [(rank.submission, rank.mean, rank.spread) for rank in ranks] == [
        (two, Decimal("80.00"), Decimal("20.00")),
        (one, Decimal("60.00"), Decimal("0.00")),
    ]


def test_contract_is_signed_by_the_right_people_in_order():
    walk = Walk().publish()
    vendor = walk.vendor()
    won = walk.submission(vendor)
    walk.open(won)
    walk.review(won)
    contract = services.draft_contract(
        award=walk.award(won), starts_on=timezone.localdate(), by=walk.official
    )

    with pytest.raises(NotAllowedError, match="city signs after the vendor"):
        services.sign_contract(contract=contract, by=walk.official)
    with pytest.raises(NotFoundError):
        services.sign_contract(contract=contract, by=walk.vendor())
    services.sign_contract(contract=contract, by=vendor)
    with pytest.raises(NotAllowedError, match="already"):
        services.sign_contract(contract=contract, by=vendor)
    with pytest.raises(NotFoundError):
        services.sign_contract(contract=contract, by=make_user(Role.OFFICIAL))

    assert contract.state == ContractState.VENDOR_SIGNED


def test_contract_with_tampered_criteria_cannot_be_signed():
    walk = Walk().publish()
    vendor = walk.vendor()
    won = walk.submission(vendor)
    walk.open(won)
    walk.review(won)
    contract = services.draft_contract(
        award=walk.award(won), starts_on=timezone.localdate(), by=walk.official
    )
    easier = [each | {"minimum": "0.1"} for each in contract.criteria]
    PocContract.objects.update(criteria=easier)

    with pytest.raises(TransitionRefusedError, match="digest"):
        services.sign_contract(contract=contract, by=vendor)

    contract.refresh_from_db()
    assert (contract.state, contract.vendor_signed_by) == (ContractState.DRAFT, None)


def test_every_deed_leaves_an_audit_entry_and_no_content():
    walk = Walk().publish()
    submission = walk.submission()

    told = list(AuditEntry.objects.values_list("subject_code", "verb", "facts"))
    assert "moved" in {verb for code, verb, _f in told if code == submission.code}
    assert "CANARY" not in str(told)
    assert not AuditEntry.objects.filter(city=walk.city).filter(
        subject_code=submission.code
    )


def test_unknown_constraint_is_not_dressed_up():
    walk = Walk()

    with pytest.raises(IntegrityError):
        services.create_programme(
            values={
                "code": walk.call.programme.code,
                "title_zh": "重复",
                "title_en": "Twice",
            },
            by=walk.official,
        )
    assert Submission.objects.count() == 0
