"""/api/v1/: the routes, the schema and an offline page to try them."""

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import DefaultRouter

from portals.api import schema  # noqa: F401 - registers itself
from portals.api.awards import AwardViewSet, PocContractViewSet
from portals.api.calls import BriefViewSet, CallViewSet, ProgrammeViewSet
from portals.api.jobs import JobViewSet
from portals.api.own_kpis import ComposedKpiViewSet
from portals.api.pilots import (
    GateReviewViewSet,
    PilotViewSet,
    SigningKeyView,
    VolumeTrancheViewSet,
)
from portals.api.problems import UnknownRoute
from portals.api.reviews import AssignmentViewSet
from portals.api.robots import RobotViewSet, SetAsideViewSet
from portals.api.submissions import SubmissionViewSet
from portals.api.telemetry import TelemetryView
from portals.api.vendors import VendorViewSet

app_name = "api"

router = DefaultRouter(trailing_slash=True)
router.include_root_view = False
router.include_format_suffixes = False
router.register("vendors", VendorViewSet, basename="vendor")
router.register("programmes", ProgrammeViewSet, basename="programme")
router.register("calls", CallViewSet, basename="call")
router.register("briefs", BriefViewSet, basename="brief")
router.register("submissions", SubmissionViewSet, basename="submission")
router.register("assignments", AssignmentViewSet, basename="assignment")
router.register("awards", AwardViewSet, basename="award")
router.register("contracts", PocContractViewSet, basename="contract")
router.register("pilots", PilotViewSet, basename="pilot")
router.register("gates", GateReviewViewSet, basename="gate")
router.register("tranches", VolumeTrancheViewSet, basename="tranche")
router.register("robots", RobotViewSet, basename="robot")
router.register("jobs", JobViewSet, basename="job")
router.register("own-kpis", ComposedKpiViewSet, basename="own_kpi")
router.register("set-aside", SetAsideViewSet, basename="set_aside")

urlpatterns = [
    path("", include(router.urls)),
    path(
        "telemetry/<str:vendor>/<str:serial>/",
        TelemetryView.as_view(),
        name="telemetry",
    ),
    path("evidence-key/", SigningKeyView.as_view(), name="evidence_key"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path(
        "docs/",
        SpectacularSwaggerSplitView.as_view(
            url_name="api:schema", template_name="api/docs.html"
        ),
        name="docs",
    ),
    re_path(r"^.*$", UnknownRoute.as_view(), name="unknown"),
]
