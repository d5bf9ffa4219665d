"""Submissions and reviews, by portal."""

from django.urls import path

from portals.views import assignments, submissions

READING = [
    path("submissions/", submissions.SubmissionList.as_view(), name="submission_list"),
    path(
        "submissions/<str:code>/",
        submissions.SubmissionDetail.as_view(),
        name="submission_detail",
    ),
]
WRITING = [
    path(
        "briefs/<str:code>/answer/",
        submissions.SubmissionStart.as_view(),
        name="submission_start",
    ),
    path(
        "submissions/<str:code>/plan/",
        submissions.PlanEdit.as_view(),
        name="submission_plan",
    ),
    path(
        "submissions/<str:code>/milestones/",
        submissions.MilestonesEdit.as_view(),
        name="submission_milestones",
    ),
    path(
        "submissions/<str:code>/check/",
        submissions.SubmissionCheck.as_view(),
        name="submission_check",
    ),
    path(
        "submissions/<str:code>/submit/",
        submissions.SubmissionSubmit.as_view(),
        name="submission_submit",
    ),
    path(
        "submissions/<str:code>/withdraw/",
        submissions.SubmissionWithdraw.as_view(),
        name="submission_withdraw",
    ),
]
REVIEWING = [
    path("assignments/", assignments.AssignmentList.as_view(), name="assignment_list"),
    path(
        "assignments/<str:code>/",
        assignments.AssignmentDetail.as_view(),
        name="assignment_detail",
    ),
    path(
        "assignments/<str:code>/declare/",
        assignments.AssignmentDeclare.as_view(),
        name="assignment_declare",
    ),
    path(
        "assignments/<str:code>/score/",
        assignments.AssignmentScore.as_view(),
        name="assignment_score",
    ),
    path(
        "assignments/<str:code>/move/<str:target>/",
        assignments.AssignmentAdvance.as_view(),
        name="assignment_advance",
    ),
]
