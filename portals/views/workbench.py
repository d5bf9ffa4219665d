"""Where a person starts: what waits for them, and the latest news."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from dispatch.models import Notice
from portals.presenters.news import news_cell
from portals.presenters.pieces import Cell, table_of
from portals.presenters.todos import todos_of
from portals.requests import actor
from portals.views.access import PortalView

LATEST = 8


class Workbench(PortalView):
    def get(self, request: HttpRequest) -> HttpResponse:
        user = actor(request)
        news = Notice.objects.visible_to(user)[:LATEST]
        context = {
            "title": _("Workbench"),
            "subtitle": f"{user.organisation} · {user.get_role_display()}",
            "tasks": todos_of(user),
            "news": table_of(
                _("Latest news"),
                [_("News"), _("Age")],
                [[news_cell(request, each), Cell(at=each.created_at)] for each in news],
                empty=_("No news yet. What happens to your cases is told here."),
            ),
        }
        return render(request, "portals/workbench.html", context)
