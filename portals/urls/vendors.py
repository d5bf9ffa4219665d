"""The Vendor portal: which nouns its people meet."""

from django.urls import path

from portals.urls import (
    answers,
    briefs,
    calls,
    catalogue,
    contracts,
    people,
    pilots,
    robots,
)
from portals.views.workbench import Workbench

app_name = "portal"

urlpatterns = [
    path("", Workbench.as_view(), name="workbench"),
    *people.urlpatterns,
    *pilots.ENROLLING,
    *pilots.WORKING,
    *pilots.READING,
    *robots.WRITING,
    *robots.READING,
    *answers.READING,
    *answers.WRITING,
    *calls.read,
    *briefs.read,
    *contracts.published,
    *contracts.party,
    *catalogue.urlpatterns,
]
