"""Scenario briefs and their sites."""

from django.urls import path

from portals.views import brief_editor, briefs, comparison, sites

read = [
    path("briefs/", briefs.BriefList.as_view(), name="brief_list"),
    path("briefs/<str:code>/", briefs.BriefDetail.as_view(), name="brief_detail"),
]
write = [
    path("briefs/new/", brief_editor.BriefCreate.as_view(), name="brief_create"),
    path(
        "briefs/<str:code>/edit/<str:part>/",
        brief_editor.BriefEdit.as_view(),
        name="brief_edit",
    ),
    path(
        "briefs/<str:code>/edit/<str:part>/autosave/",
        brief_editor.BriefAutosave.as_view(),
        name="brief_autosave",
    ),
    path(
        "briefs/<str:code>/edit/<str:part>/review/",
        brief_editor.BriefReview.as_view(),
        name="brief_review",
    ),
    path(
        "briefs/<str:code>/to/<str:target>/",
        briefs.BriefAdvance.as_view(),
        name="brief_advance",
    ),
    path(
        "briefs/<str:code>/submissions/",
        comparison.BriefSubmissions.as_view(),
        name="brief_submissions",
    ),
    path(
        "briefs/<str:code>/reviewers/",
        comparison.ReviewerBoard.as_view(),
        name="brief_reviewers",
    ),
    path(
        "briefs/<str:code>/reviewers/all/<int:pk>/",
        comparison.BriefAssignAll.as_view(),
        name="brief_assign_all",
    ),
    path(
        "briefs/<str:code>/reviewers/of/<str:submission>/",
        comparison.BriefAssign.as_view(),
        name="brief_assign",
    ),
    path(
        "briefs/<str:code>/award/<str:submission>/",
        comparison.BriefAward.as_view(),
        name="brief_award",
    ),
    path("sites/", sites.SiteList.as_view(), name="site_list"),
    path("sites/new/", sites.SiteCreate.as_view(), name="site_create"),
    path("sites/<str:code>/", sites.SiteEdit.as_view(), name="site_edit"),
]
