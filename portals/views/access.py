"""Which portal a person lives in, and the base of every portal page."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import View

from accounts.enums import Role
from accounts.models import User
from portals.navigation import PORTAL_OF, portal_of
from portals.requests import actor


def home_of(user: User) -> str:
    """Return where a person starts."""
    return reverse(f"{PORTAL_OF[Role(user.role)]}:workbench")


def sign_in_first(request: HttpRequest) -> HttpResponse:
    """Send a visitor to the log-in page, and back here after it."""
    asked = urlencode({"next": request.get_full_path()})
    return HttpResponseRedirect(f"{settings.LOGIN_URL}?{asked}")


@method_decorator(never_cache, name="dispatch")
class PortalView(View):
    """A page of a portal; for people of other portals it does not exist.

    `roles` narrows a page further, as to officials without auditors. What a person
    may see inside is the querysets' `visible_to`, what they may do the tables'.
    """

    roles: frozenset[Role] = frozenset()

    def dispatch(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        if portal_of(request) == "public":
            return super().dispatch(request, *args, **kwargs)
        if not request.user.is_authenticated:
            return sign_in_first(request)
        role = Role(actor(request).role)
        if PORTAL_OF.get(role) != portal_of(request):
            raise Http404
        if self.roles and role not in self.roles:
            raise Http404
        return super().dispatch(request, *args, **kwargs)


@method_decorator(never_cache, name="dispatch")
class PersonalView(View):
    """A page outside the portals for whoever is logged in."""

    def dispatch(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return sign_in_first(request)
        return super().dispatch(request, *args, **kwargs)
