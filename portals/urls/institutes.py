"""The Institute portal: which nouns its people meet."""

from django.urls import path

from portals.urls import (
    answers,
    briefs,
    calls,
    catalogue,
    contracts,
    people,
    pilots,
)
from portals.views.workbench import Workbench

app_name = "portal"

urlpatterns = [
    path("", Workbench.as_view(), name="workbench"),
    *people.urlpatterns,
    *pilots.SIGNING,
    *pilots.READING,
    *answers.REVIEWING,
    *calls.read,
    *briefs.read,
    *contracts.published,
    *catalogue.urlpatterns,
]
