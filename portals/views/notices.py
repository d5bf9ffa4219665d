"""News for a person."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from dispatch import services
from dispatch.models import Notice
from portals.presenters.news import news_cell, page_of_notice
from portals.presenters.pieces import Cell, table_of
from portals.requests import actor
from portals.views.access import PersonalView

PER_PAGE = 50


class NoticeList(PersonalView):
    def get(self, request: HttpRequest) -> HttpResponse:
        notices = Notice.objects.visible_to(actor(request))
        page = Paginator(notices, PER_PAGE).get_page(request.GET.get("page"))
        rows = [
            [
                news_cell(request, each),
                Cell(at=each.created_at),
                Cell(
                    _("Read") if each.read_at else _("New"),
                    status="info" if each.read_at else "pending",
                ),
            ]
            for each in page
        ]
        table = table_of(
            _("Notices"),
            [_("News"), _("Age"), _("Read")],
            rows,
            empty=_("No news yet. What happens to your cases is told here."),
        )
        context = {"title": _("Notices"), "page": page, "table": table}
        return render(request, "dispatch/notice_list.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        services.mark_read(user=actor(request))
        return redirect("account:notice_list")


class NoticeOpen(PersonalView):
    """Mark a notice as read, and go on to what it tells of."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        seen = Notice.objects.visible_to(actor(request))
        notice = get_object_or_404(seen, pk=pk)
        services.read_notice(notice=notice)
        return redirect(page_of_notice(request, notice) or "account:notice_list")
