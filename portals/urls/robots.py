"""Robots, by portal."""

from django.urls import path

from portals.views import robots

READING = [
    path("robots/", robots.RobotList.as_view(), name="robot_list"),
    path("robots/<str:code>/", robots.RobotDetail.as_view(), name="robot_detail"),
    path("robots/<str:code>/live/", robots.RobotLive.as_view(), name="robot_live"),
    path("robots/<str:code>/rows/", robots.RobotRows.as_view(), name="robot_rows"),
]
WRITING = [
    path("robots/new/", robots.RobotNew.as_view(), name="robot_new"),
    path(
        "robots/<str:code>/credential/",
        robots.RobotCredential.as_view(),
        name="robot_credential",
    ),
    path(
        "robots/<str:code>/revoke/", robots.RobotRevoke.as_view(), name="robot_revoke"
    ),
]
