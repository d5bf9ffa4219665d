"""The audit trail: searched, read as a case's history, exported; never edited."""

import csv
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import AuditEntry
from portals.navigation import here
from portals.presenters.audit import (
    audit_table,
    events_of,
    export_labels,
    exported,
)
from portals.presenters.pieces import Link
from portals.requests import actor
from portals.views.access import PortalView
from portals.views.filters import AuditForm
from portals.views.lists import page_of
from procurement.models import Brief

BOM = "\ufeff"  # without it WPS takes a file for one in GBK
# What a spreadsheet would take for a formula begins so.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def form_of(request: HttpRequest) -> AuditForm:
    return AuditForm(request.GET or None, reader=actor(request))


def entries_of(request: HttpRequest, form: AuditForm) -> "QuerySet[AuditEntry]":
    """Narrow the audit as asked; a question that makes no sense finds nothing."""
    seen = AuditEntry.objects.visible_to(actor(request))
    if form.is_bound and not form.is_valid():
        return seen.none()
    found = seen.filter(form.words) if form.is_bound else seen
    rows: QuerySet[AuditEntry] = found.select_related("by__organisation")
    return rows.order_by("-number")


class AuditList(PortalView):
    def get(self, request: HttpRequest) -> HttpResponse:
        form = form_of(request)
        page = page_of(request, entries_of(request, form))
        case = form.purchase if form.is_bound else None
        context: dict[str, Any] = {
            "title": _("History of %(case)s") % {"case": case.title}
            if case
            else _("Audit"),
            "trail": self._trail(request, case),
            "page": page,
            "form": form,
            "events": events_of(page) if case else [],
            "table": audit_table(request, page),
            "actions": [self._export(request)],
        }
        return render(request, "accounts/audit_list.html", context)

    def _trail(self, request: HttpRequest, case: Brief | None) -> list[Link]:
        if case is None:
            return []
        return [
            Link(_("Audit"), here(request, "audit_list")),
            Link(case.code, here(request, "brief_detail", case.code)),
            Link(_("History")),
        ]

    def _export(self, request: HttpRequest) -> Link:
        asked = request.GET.urlencode()
        url = here(request, "audit_export") + (f"?{asked}" if asked else "")
        return Link(_("Export (CSV)"), url, icon="download")


class AuditExport(PortalView):
    """All that the list would show, with every digest, for a spreadsheet."""

    def get(self, request: HttpRequest) -> HttpResponse:
        answer = HttpResponse(BOM, content_type="text/csv; charset=utf-8")
        name = f"audit-{timezone.localdate()}.csv"
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        lines = csv.writer(answer)
        lines.writerow(export_labels())
        for entry in entries_of(request, form_of(request)).iterator():
            lines.writerow([harmless(cell) for cell in exported(entry)])
        return answer


def harmless(cell: str) -> str:
    """Keep a spreadsheet from running what a person typed."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
