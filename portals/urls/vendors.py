"""The Vendor portal: which nouns its people meet."""

from django.urls import path

from portals.urls import answers, people
from portals.views.workbench import Workbench

app_name = "portal"

urlpatterns = [
    path("", Workbench.as_view(), name="workbench"),
    *people.urlpatterns,
    *answers.READING,
    *answers.WRITING,
]
