"""The City portal: which nouns its people meet."""

from django.urls import path

from portals.urls import (
    answers,
    audit,
    briefs,
    calls,
    catalogue,
    contracts,
    own_kpis,
    people,
    pilots,
    robots,
)
from portals.views.workbench import Workbench

app_name = "portal"

urlpatterns = [
    path("", Workbench.as_view(), name="workbench"),
    *people.urlpatterns,
    *people.CITY,
    *pilots.DECIDING,
    *pilots.SIGNING,
    *pilots.WORKING,
    *pilots.READING,
    *robots.READING,
    *answers.READING,
    *calls.write,
    *calls.read,
    *briefs.write,
    *briefs.read,
    *contracts.published,
    *contracts.party,
    *contracts.draft,
    *catalogue.urlpatterns,
    *audit.urlpatterns,
    *own_kpis.urlpatterns,
]
