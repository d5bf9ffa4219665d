"""The public side: no log-in."""

from django.urls import path

from portals.views.home import Home

app_name = "portal"

urlpatterns = [path("", Home.as_view(), name="home")]
