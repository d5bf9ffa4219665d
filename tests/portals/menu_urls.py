"""A portal of which only two pages are mounted."""

from django.urls import include, path

from config.urls import urlpatterns as own
from portals.views.styleguide import styleguide

portal = (
    [
        path("", styleguide, name="workbench"),
        path("pilots", styleguide, name="pilot_list"),
    ],
    "portal",
)
urlpatterns = [*own, path("officials/", include(portal, namespace="officials"))]
