"""Programmes and calls."""

from django.urls import path

from portals.views import calls

read = [
    path("calls/", calls.CallList.as_view(), name="call_list"),
    path("calls/<str:code>/", calls.CallDetail.as_view(), name="call_detail"),
]
write = [
    path("programmes/new/", calls.ProgrammeCreate.as_view(), name="programme_create"),
    path("calls/new/", calls.CallCreate.as_view(), name="call_create"),
    path("calls/<str:code>/edit/", calls.CallEdit.as_view(), name="call_edit"),
    path(
        "calls/<str:code>/criteria/",
        calls.CallCriteria.as_view(),
        name="call_criteria",
    ),
    path("calls/<str:code>/deadline/", calls.CallPutOff.as_view(), name="call_put_off"),
    path(
        "calls/<str:code>/to/<str:target>/",
        calls.CallAdvance.as_view(),
        name="call_advance",
    ),
]
