"""What cannot be true is refused by the database, whoever asks and however."""

import pytest
from django.db import IntegrityError, connection, transaction

from procurement.enums import (
    AssignmentState,
    BriefState,
    CallState,
    ContractState,
    SubmissionState,
)
from procurement.models import (
    Award,
    BriefKpi,
    ConflictDeclaration,
    PocContract,
    ReviewCriterion,
    Score,
    Submission,
    TechnicalPlan,
)
from tests.factories import (
    make_assignment,
    make_award,
    make_brief,
    make_call,
    make_contract,
    make_organisation,
    make_submission,
    move_state,
    pass_deadline,
)

pytestmark = pytest.mark.django_db


def refused(rule):
    return pytest.raises(IntegrityError, match=rule)


def sql(statement, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("budget_line", "", "published_brief_has_a_volume_budget_line"),
        ("budget_cny", None, "published_brief_has_a_volume_budget_line"),
        ("quantity_min", None, "published_brief_has_a_quantity_range"),
        ("quantity_max", 5, "published_brief_has_a_quantity_range"),
        ("unit_price_ceiling_cny", None, "published_brief_has_a_unit_price_ceiling"),
        ("site_id", None, "published_brief_has_a_site_and_a_date"),
    ],
)
def test_brief_cannot_be_published_without_volume_terms(column, value, rule):
    brief = make_brief(state=BriefState.DRAFT)
    sql(f"UPDATE procurement_brief SET {column} = %s WHERE id = %s", value, brief.pk)

    with refused(rule):
        sql(
            "UPDATE procurement_brief SET state = 'published', published_at = now() "
            "WHERE id = %s",
            brief.pk,
        )
    with refused("published_brief_has_a_site_and_a_date"):
        sql("UPDATE procurement_brief SET state = 'published' WHERE id = %s", brief.pk)


def test_published_terms_and_kpis_stand():
    brief = make_brief()

    with refused("published_terms_stand"):
        sql("UPDATE procurement_brief SET quantity_max = 999 WHERE id = %s", brief.pk)
    with refused("published_kpis_stand"):
        sql(
            "UPDATE procurement_briefkpi SET minimum = 0.1 WHERE brief_id = %s",
            brief.pk,
        )
    with refused("published_kpis_stand"):
        sql("DELETE FROM procurement_briefkpi WHERE brief_id = %s", brief.pk)
    with refused("published_kpis_stand"), transaction.atomic():
        BriefKpi.objects.create(
            brief=brief, kpi="mtbf", comparator="at_least", minimum=1, target=2
        )


def test_criteria_of_an_open_call_stand():
    call = make_call()

    with refused("published_criteria_stand"):
        sql("UPDATE procurement_reviewcriterion SET weight = 1")
    with refused("published_criteria_stand"), transaction.atomic():
        ReviewCriterion.objects.create(
            call=call, number=9, title_zh="九", title_en="Nine", weight=1
        )


@pytest.mark.parametrize(
    ("comparator", "minimum", "target"),
    [("at_least", "0.9", "0.9"), ("at_least", "0.9", "0.8"), ("at_most", "2", "3")],
)
def test_target_must_be_stricter_than_minimum(comparator, minimum, target):
    brief = make_brief(state=BriefState.DRAFT)

    with refused("target_is_stricter_than_minimum"), transaction.atomic():
        BriefKpi.objects.create(
            brief=brief,
            kpi="mtbf",
            comparator=comparator,
            minimum=minimum,
            target=target,
        )


@pytest.mark.parametrize("weeks", [(), (7,), (4, 3), (6, 7), (12, 1)])
def test_milestones_must_total_8_to_12_weeks(weeks):
    submission = make_submission(weeks=weeks)
    Submission.objects.filter(pk=submission.pk).update(
        content_digest="0" * 64, submitted_by=submission.created_by
    )

    with refused("milestones_total_8_to_12_weeks"):
        sql(
            "UPDATE procurement_submission SET state = 'submitted' WHERE id = %s",
            submission.pk,
        )


@pytest.mark.parametrize("weeks", [(8,), (4, 4), (6, 6), (4, 4, 3)])
def test_milestones_of_8_to_12_weeks_are_taken(weeks):
    submission = make_submission(weeks=weeks)
    Submission.objects.filter(pk=submission.pk).update(
        content_digest="0" * 64, submitted_by=submission.created_by
    )

    sql(
        "UPDATE procurement_submission SET state = 'submitted' WHERE id = %s",
        submission.pk,
    )

    submission.refresh_from_db()
    assert submission.submitted_at is not None


def test_milestones_keep_to_a_brief_that_asks_for_less():
    submission = make_submission(
        weeks=(6, 6), brief=make_brief(weeks_min=8, weeks_max=10)
    )
    Submission.objects.filter(pk=submission.pk).update(
        content_digest="0" * 64, submitted_by=submission.created_by
    )

    with refused("milestones_total_8_to_12_weeks"):
        sql(
            "UPDATE procurement_submission SET state = 'submitted' WHERE id = %s",
            submission.pk,
        )


def test_submitted_content_is_frozen():
    make_submission(SubmissionState.SUBMITTED)

    for statement in (
        "UPDATE procurement_planmilestone SET weeks = 5",
        "DELETE FROM procurement_planmilestone",
        "UPDATE procurement_technicalplan SET unit_price_cny = 1",
        "DELETE FROM procurement_technicalplan",
        "UPDATE procurement_submission SET content_digest = repeat('1', 64)",
        "UPDATE procurement_planmilestone SET number = number + 9",
    ):
        with refused("submitted_content_is_frozen"):
            sql(statement)


def test_submission_time_cannot_be_written():
    submission = make_submission(SubmissionState.SUBMITTED)
    stamped = submission.submitted_at

    sql("UPDATE procurement_submission SET submitted_at = now() - interval '1 day'")

    submission.refresh_from_db()
    assert submission.submitted_at == stamped


def test_submission_is_refused_after_the_deadline():
    submission = make_submission()
    Submission.objects.filter(pk=submission.pk).update(
        content_digest="0" * 64, submitted_by=submission.created_by
    )
    pass_deadline(submission.brief.call)

    with refused("submission_arrives_before_the_deadline"):
        sql("UPDATE procurement_submission SET state = 'submitted'")


def test_submission_is_refused_before_the_call_opens():
    submission = make_submission(brief=make_brief(call=make_call(CallState.DRAFT)))
    Submission.objects.filter(pk=submission.pk).update(
        content_digest="0" * 64, submitted_by=submission.created_by
    )

    with refused("submission_arrives_before_the_deadline"):
        sql("UPDATE procurement_submission SET state = 'submitted'")


def test_submission_cannot_be_opened_before_the_deadline():
    make_submission(SubmissionState.SUBMITTED)

    with refused("nothing_is_opened_before_the_deadline"):
        sql("UPDATE procurement_submission SET state = 'opened'")


def test_submission_cannot_be_withdrawn_after_the_deadline():
    submission = make_submission(SubmissionState.SUBMITTED)
    pass_deadline(submission.brief.call)

    with refused("submission_is_withdrawn_before_the_deadline"):
        sql("UPDATE procurement_submission SET state = 'withdrawn'")


def test_submission_cannot_jump_or_vanish():
    submission = make_submission()
    with refused("submission_moves_along_its_states"):
        sql("UPDATE procurement_submission SET state = 'awarded'")
    with refused("submission_begins_as_a_draft"), transaction.atomic():
        Submission.objects.create(
            brief=submission.brief,
            vendor=make_organisation("vendor"),
            created_by=submission.created_by,
            state=SubmissionState.SUBMITTED,
        )
    Submission.objects.filter(pk=submission.pk).update(
        content_digest="0" * 64, submitted_by=submission.created_by
    )
    move_state(submission, SubmissionState.SUBMITTED)

    with refused("submission_is_kept"):
        sql("DELETE FROM procurement_submission")
    assert TechnicalPlan.objects.count() == 1


def test_vendor_has_one_draft_and_one_submission_a_brief():
    first = make_submission(SubmissionState.SUBMITTED)
    again = make_submission(
        brief=first.brief, vendor=first.vendor, created_by=first.created_by
    )
    Submission.objects.filter(pk=again.pk).update(
        content_digest="0" * 64, submitted_by=first.created_by
    )

    with refused("vendor_has_one_draft_a_brief"), transaction.atomic():
        Submission.objects.create(
            brief=first.brief, vendor=first.vendor, created_by=first.created_by
        )
    with refused("vendor_has_one_submission_a_brief"):
        sql(
            "UPDATE procurement_submission SET state = 'submitted' WHERE id = %s",
            again.pk,
        )


def test_deadline_is_only_put_off():
    call = make_call()

    sql("UPDATE procurement_call SET closes_at = closes_at + interval '1 hour'")
    with refused("deadline_is_only_put_off"):
        sql("UPDATE procurement_call SET closes_at = closes_at - interval '1 minute'")
    with refused("opening_day_stands_once_open"):
        sql("UPDATE procurement_call SET opens_at = opens_at - interval '1 minute'")
    with refused("call_closes_at_its_deadline"):
        sql("UPDATE procurement_call SET state = 'closed'")
    pass_deadline(call)
    with refused("deadline_stands_once_passed"):
        sql("UPDATE procurement_call SET closes_at = closes_at + interval '1 hour'")
    with refused("call_moves_along_its_states"):
        sql("UPDATE procurement_call SET state = 'open'")


def test_demo_deadline_comes_forward_to_now_and_no_further():
    call = make_call(city=make_organisation(is_demo=True))
    submission = make_submission(SubmissionState.SUBMITTED, brief=make_brief(call=call))

    sql("UPDATE procurement_call SET closes_at = opens_at + interval '1 minute'")

    call.refresh_from_db()
    assert call.closes_at > submission.submitted_at


def test_reviewer_must_declare_before_reading():
    assignment = make_assignment()

    with refused("reviewer_declares_before_reading"):
        sql("UPDATE procurement_assignment SET state = 'cleared'")
    ConflictDeclaration.objects.create(
        assignment=assignment, has_conflict=True, ground="family"
    )
    with refused("reviewer_declares_before_reading"):
        sql("UPDATE procurement_assignment SET state = 'cleared'")
    with refused("declaration_is_never_edited"):
        sql("UPDATE procurement_conflictdeclaration SET has_conflict = false")


def test_score_keeps_to_its_review_scale_and_call():
    assignment = make_assignment()
    criterion = assignment.submission.brief.call.criteria.first()
    foreign = make_call().criteria.first()

    def score(points, on=criterion):
        with transaction.atomic():
            return Score.objects.create(
                assignment=assignment, criterion=on, points=points
            )

    with refused("score_needs_a_review_under_way"):
        score(5)
    ConflictDeclaration.objects.create(assignment=assignment, has_conflict=False)
    move_state(assignment, AssignmentState.CLEARED)
    with refused("score_keeps_to_its_scale"):
        score("10.01")
    with refused("points_are_not_negative"):
        score("-0.01")
    with refused("score_answers_a_criterion_of_its_call"):
        score(5, on=foreign)
    assert score(10).points == 10
    move_state(assignment, AssignmentState.FINISHED)
    with refused("score_needs_a_review_under_way"):
        sql("UPDATE procurement_score SET points = 1")
    with refused("score_needs_a_review_under_way"):
        sql("DELETE FROM procurement_score")


def test_award_goes_once_to_an_opened_submission_of_its_brief():
    brief = make_brief()
    one = make_submission(SubmissionState.SUBMITTED, brief=brief)
    two = make_submission(SubmissionState.SUBMITTED, brief=brief)
    pass_deadline(brief.call)

    with (
        refused("award_goes_to_an_opened_submission_of_its_brief"),
        transaction.atomic(),
    ):
        make_award(submission=one)
    move_state(one, SubmissionState.OPENED)
    move_state(two, SubmissionState.OPENED)
    make_award(submission=one)
    with refused("brief_is_awarded_once"), transaction.atomic():
        make_award(submission=two)
    with refused("award_is_never_edited"):
        sql("UPDATE procurement_award SET reason = 'other'")
    with refused("award_is_never_edited"):
        sql("DELETE FROM procurement_award")
    assert Award.objects.count() == 1


@pytest.mark.parametrize("state", [ContractState.VENDOR_SIGNED, ContractState.SIGNED])
@pytest.mark.parametrize(
    "change",
    [
        """criteria = '[{"kpi": "none"}]'""",
        "criteria_digest = repeat('1', 64)",
        "weeks = 11",
        "unit_price_cny = 1",
        "starts_on = starts_on + 1",
        "quantity_max = 1000",
        "vendor_signed_at = now()",
    ],
)
def test_contract_is_frozen_once_signed(state, change):
    make_contract(state)

    with refused("terms_are_frozen_at_signature"):
        sql(f"UPDATE procurement_poccontract SET {change}")
    with refused("signed_contract_is_kept"):
        sql("DELETE FROM procurement_poccontract")


def test_contract_needs_both_signatures_in_order():
    make_contract(ContractState.DRAFT)

    with refused("vendor_signs_first"):
        sql("UPDATE procurement_poccontract SET state = 'vendor_signed'")
    with refused("contract_moves_along_its_states"):
        sql("UPDATE procurement_poccontract SET state = 'signed'")


@pytest.mark.parametrize("weeks", [7, 13])
def test_contract_lasts_8_to_12_weeks(weeks):
    award = make_award()

    with refused("poc_lasts_8_to_12_weeks"), transaction.atomic():
        make_contract(award=award, weeks=weeks)


def test_simulation_counts_in_a_demo_city_only():
    award = make_award()

    with refused("simulation_counts_in_a_demo_city_only"), transaction.atomic():
        make_contract(award=award, evidence_kind="sim")
    with refused("gate_accepts_live_or_sim_only"), transaction.atomic():
        make_contract(award=award, evidence_kind="recorded")
    contract = make_contract(ContractState.DRAFT, award=award)
    with refused("simulation_counts_in_a_demo_city_only"):
        sql("UPDATE procurement_poccontract SET evidence_kind = 'sim'")
    assert PocContract.objects.get().evidence_kind == contract.evidence_kind == "live"


def test_contract_binds_the_parties_of_its_award():
    award = make_award()

    with refused("contract_binds_the_award_s_parties"), transaction.atomic():
        make_contract(award=award, vendor=make_organisation("vendor"))
