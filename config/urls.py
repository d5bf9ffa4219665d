"""Which URL belongs to whom; portals and the API bring their own."""

from django.urls import URLPattern, URLResolver, include, path

from config.health import healthz
from portals.views.styleguide import styleguide

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("styleguide", styleguide, name="styleguide"),
]
