"""Pilots, gates and volume, by portal."""

from django.urls import path

from portals.views import gates, pilots, streams, tranches

READING = [
    path("pilots/", pilots.PilotList.as_view(), name="pilot_list"),
    path("pilots/<str:code>/", pilots.PilotDetail.as_view(), name="pilot_detail"),
    path("pilots/<str:code>/live/", pilots.PilotLive.as_view(), name="pilot_live"),
    path("pilots/<str:code>/stream/", streams.pilot_stream, name="pilot_stream"),
    path(
        "pilots/<str:code>/kpis/<str:kpi>/",
        pilots.PilotKpi.as_view(),
        name="pilot_kpi",
    ),
    path("gates/<str:code>/", gates.GateDetail.as_view(), name="gate_detail"),
    path(
        "gates/<str:code>/dossier/<str:language>/",
        gates.GateDossier.as_view(),
        name="gate_dossier",
    ),
]
WORKING = [
    path(
        "pilots/<str:code>/deploy/", pilots.PilotDeploy.as_view(), name="robot_deploy"
    ),
    path(
        "pilots/<str:code>/forward/",
        pilots.PilotForward.as_view(),
        name="pilot_forward",
    ),
    path(
        "pilots/<str:code>/exclusions/new/",
        pilots.ExclusionNew.as_view(),
        name="exclusion_new",
    ),
    path("tranches/", tranches.TrancheList.as_view(), name="tranche_list"),
]
SIGNING = [
    path(
        "gates/<str:code>/sign/<str:step>/", gates.GateSign.as_view(), name="gate_sign"
    ),
]
DECIDING = [
    path(
        "contracts/<str:code>/pilot/",
        pilots.PilotCreate.as_view(),
        name="pilot_create",
    ),
    path(
        "pilots/<str:code>/assess/", pilots.PilotAssess.as_view(), name="pilot_assess"
    ),
    path(
        "pilots/<str:code>/exclusions/<int:pk>/judge/",
        pilots.ExclusionJudge.as_view(),
        name="exclusion_judge",
    ),
    path(
        "pilots/<str:code>/order/",
        tranches.TrancheOrder.as_view(),
        name="tranche_order",
    ),
    path(
        "gates/<str:code>/override/",
        gates.OverridePropose.as_view(),
        name="override_propose",
    ),
    path(
        "gates/<str:code>/override/approve/",
        gates.OverrideApprove.as_view(),
        name="override_approve",
    ),
]
