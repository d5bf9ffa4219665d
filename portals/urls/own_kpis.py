"""A city's own KPIs."""

from django.urls import path

from portals.views import own_kpis

urlpatterns = [
    path("own-kpis/", own_kpis.OwnKpiList.as_view(), name="own_kpi_list"),
    path("own-kpis/new/", own_kpis.OwnKpiCreate.as_view(), name="own_kpi_create"),
    path("own-kpis/check/", own_kpis.OwnKpiCheck.as_view(), name="own_kpi_check"),
    path(
        "own-kpis/<str:code>/", own_kpis.OwnKpiDetail.as_view(), name="own_kpi_detail"
    ),
    path(
        "own-kpis/<str:code>/edit/", own_kpis.OwnKpiEdit.as_view(), name="own_kpi_edit"
    ),
    path("own-kpis/<str:code>/try/", own_kpis.OwnKpiTry.as_view(), name="own_kpi_try"),
    path(
        "own-kpis/<str:code>/version/",
        own_kpis.OwnKpiVersion.as_view(),
        name="own_kpi_version",
    ),
    path(
        "own-kpis/<str:code>/discard/",
        own_kpis.OwnKpiDiscard.as_view(),
        name="own_kpi_discard",
    ),
    path(
        "own-kpis/<str:code>/to/<str:target>/",
        own_kpis.OwnKpiAdvance.as_view(),
        name="own_kpi_advance",
    ),
]
