"""The KPI catalogue."""

from django.urls import path

from portals.views import catalogue

urlpatterns = [
    path("kpis/", catalogue.KpiList.as_view(), name="kpi_list"),
    path("kpis/<str:key>/", catalogue.KpiDetail.as_view(), name="kpi_detail"),
]
