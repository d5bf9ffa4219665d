"""What cannot be true is refused by the database, whoever asks and however."""

import pytest
from django.db import IntegrityError, connection, transaction

from procurement.enums import (
    AssignmentState,
    CallState,
    SubmissionState,
)
from procurement.models import (
    ConflictDeclaration,
    Score,
    Submission,
    TechnicalPlan,
)
from tests.factories import (
    make_assignment,
    make_brief,
    make_call,
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
