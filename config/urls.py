"""Which URL belongs to whom; portals and the API bring their own."""

from django.urls import URLPattern, URLResolver, include, path

from config.health import healthz
from portals.views.accounts import set_language
from portals.views.sign_in import no_such_page, sign_in
from portals.views.styleguide import styleguide

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("i18n/setlang/", set_language, name="set_language"),
    path("styleguide", styleguide, name="styleguide"),
    path("account/login/", sign_in, name="account_login"),
    path("account/email/", no_such_page, name="account_email"),
    path("account/", include("portals.urls.account")),
    path("account/", include("allauth.urls")),
    path("api/v1/", include("portals.urls.api", namespace="api")),
    path("officials/", include("portals.urls.officials", namespace="officials")),
    path("vendors/", include("portals.urls.vendors", namespace="vendors")),
    path("institutes/", include("portals.urls.institutes", namespace="institutes")),
    path("", include("portals.urls.public", namespace="public")),
]

handler400 = "config.outage.unreadable"
handler500 = "config.outage.server_error"
