"""A portal of which only two pages are mounted."""

from django.urls import include, path

from portals.views.styleguide import styleguide

portal = (
    [
        path("", styleguide, name="workbench"),
        path("pilots", styleguide, name="pilot_list"),
    ],
    "portal",
)
urlpatterns = [path("officials/", include(portal, namespace="officials"))]
