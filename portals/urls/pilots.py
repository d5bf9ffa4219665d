"""Pilots, gates and volume, by portal."""

from django.urls import path

from portals.views import (
    gates,
    pilot_deeds,
    pilot_figures,
    pilots,
    streams,
    tranches,
)

READING = [
    path("pilots/", pilots.PilotList.as_view(), name="pilot_list"),
    path("pilots/<str:code>/", pilots.PilotDetail.as_view(), name="pilot_detail"),
    path("pilots/<str:code>/live/", pilots.PilotLive.as_view(), name="pilot_live"),
    path("pilots/<str:code>/stream/", streams.pilot_stream, name="pilot_stream"),
    path(
        "pilots/<str:code>/kpis/<str:kpi>/",
        pilot_figures.PilotKpi.as_view(),
        name="pilot_kpi",
    ),
    path(
        "pilots/<str:code>/robots/<str:robot>/",
        pilot_figures.PilotRobot.as_view(),
        name="pilot_robot",
    ),
    path(
        "pilots/<str:code>/robots/<str:robot>/rows/",
        pilot_figures.PilotRows.as_view(),
        name="pilot_rows",
    ),
    path("gates/", gates.GateList.as_view(), name="gate_list"),
    path("gates/<str:code>/", gates.GateDetail.as_view(), name="gate_detail"),
    path(
        "gates/<str:code>/kpis/<str:kpi>/",
        pilot_figures.GateKpi.as_view(),
        name="gate_kpi",
    ),
    path(
        "gates/<str:code>/evidence/",
        gates.GateEvidence.as_view(),
        name="gate_evidence",
    ),
    path(
        "gates/<str:code>/dossier/<str:language>/",
        gates.GateDossierFile.as_view(),
        name="gate_dossier",
    ),
]
ORDERS = [
    path("tranches/", tranches.TrancheList.as_view(), name="tranche_list"),
    path(
        "tranches/<str:code>/", tranches.TrancheDetail.as_view(), name="tranche_detail"
    ),
]
WORKING = [
    *ORDERS,
    path(
        "pilots/<str:code>/deploy/",
        pilot_deeds.PilotDeploy.as_view(),
        name="robot_deploy",
    ),
    path(
        "pilots/<str:code>/robots/<str:robot>/withdraw/",
        pilot_deeds.PilotWithdraw.as_view(),
        name="pilot_withdraw",
    ),
    path(
        "pilots/<str:code>/forward/",
        pilot_deeds.PilotForward.as_view(),
        name="pilot_forward",
    ),
    path(
        "pilots/<str:code>/exclusions/new/",
        pilot_deeds.ExclusionNew.as_view(),
        name="exclusion_new",
    ),
]
ENROLLING = [
    path(
        "pilots/<str:code>/enrol/",
        pilot_deeds.PilotEnrol.as_view(),
        name="pilot_enrol",
    ),
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
        "pilots/<str:code>/to/<str:target>/",
        pilots.PilotAdvance.as_view(),
        name="pilot_advance",
    ),
    path(
        "pilots/<str:code>/assess/",
        pilot_deeds.PilotAssess.as_view(),
        name="pilot_assess",
    ),
    path(
        "pilots/<str:code>/reviewers/",
        pilot_deeds.PilotAssign.as_view(),
        name="pilot_assign",
    ),
    path(
        "pilots/<str:code>/milestones/<int:number>/",
        pilot_deeds.PilotMilestoneJudge.as_view(),
        name="pilot_milestone",
    ),
    path(
        "pilots/<str:code>/exclusions/<int:pk>/judge/",
        pilot_deeds.ExclusionJudge.as_view(),
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
