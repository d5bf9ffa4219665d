"""A reviewer's work: declare first, then read, score and finish."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import Role
from portals.presenters import answering
from portals.presenters.moves import moves_of
from portals.presenters.pieces import Cell, Link, Move, table_of
from portals.requests import actor
from portals.views.access import PortalView
from portals.views.lists import page_of
from portals.views.submissions import refused_json, wants_json
from procurement import services
from procurement.enums import AssignmentState
from procurement.forms import ConflictDeclarationForm, score_forms
from procurement.models import Assignment, Submission
from procurement.workflow import ASSIGNMENT_TRANSITIONS

REVIEWER_ONLY = frozenset({Role.REVIEWER})


def assignment_of(request: HttpRequest, code: str) -> Assignment:
    seen = Assignment.objects.visible_to(actor(request)).select_related(
        "submission__brief__call__programme__city", "submission__vendor"
    )
    return get_object_or_404(seen, code=code)


class AssignmentList(PortalView):
    def get(self, request: HttpRequest) -> HttpResponse:
        seen = (
            Assignment.objects.visible_to(actor(request))
            .select_related("submission__brief__call", "submission__vendor")
            .order_by("finished_at", "-assigned_at")
        )
        page = page_of(request, seen)
        rows = [
            [
                Cell(
                    each.code,
                    url=reverse("institutes:assignment_detail", args=[each.code]),
                ),
                each.submission.brief.title,
                str(each.submission.vendor),
                Cell(each.get_state_display(), status=each.state),
                Cell(at=each.assigned_at),
            ]
            for each in page
        ]
        context = {
            "title": _("Assignments"),
            "page": page,
            "table": table_of(
                _("Assignments"),
                [_("Code"), _("Brief"), _("Vendor"), _("State"), _("Assigned")],
                rows,
                empty=_("Nobody has asked you for a review yet; a notice tells you."),
            ),
        }
        return render(request, "portals/simple_list.html", context)


class AssignmentDetail(PortalView):
    roles = REVIEWER_ONLY

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        assignment = assignment_of(request, code)
        if assignment.state in {AssignmentState.ASSIGNED, AssignmentState.BARRED}:
            return declaration_page(request, assignment, ConflictDeclarationForm())
        return sheet_page(request, assignment, score_forms(assignment))


class AssignmentDeclare(PortalView):
    roles = REVIEWER_ONLY

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        assignment = assignment_of(request, code)
        form = ConflictDeclarationForm(request.POST)
        if not form.is_valid():
            return declaration_page(request, assignment, form, status=422)
        services.declare_conflict(
            assignment=assignment, by=actor(request), **form.values
        )
        return redirect("institutes:assignment_detail", code=code)


class AssignmentScore(PortalView):
    """Save the sheet; what is not filled in yet is left for later."""

    roles = REVIEWER_ONLY

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        assignment, user = assignment_of(request, code), actor(request)
        sheet = score_forms(assignment, request.POST)
        filled = [form for form in sheet if form.data.get(form.add_prefix("points"))]
        wrong = [form for form in filled if not form.is_valid()]
        for form in filled:
            if form not in wrong:
                services.score(assignment=assignment, by=user, **form.values)
        if wants_json(request):
            if wrong:
                return refused_json(wrong[0].errors)
            return JsonResponse({"saved_at": timezone.now().isoformat()})
        if wrong:
            return sheet_page(request, assignment, sheet, status=422)
        return redirect("institutes:assignment_detail", code=code)


class AssignmentAdvance(PortalView):
    """Finish the review, and go on to the next that waits."""

    roles = REVIEWER_ONLY

    def post(self, request: HttpRequest, code: str, target: str) -> HttpResponse:
        user = actor(request)
        services.finish_review(assignment=assignment_of(request, code), by=user)
        waiting = (
            Assignment.objects.visible_to(user)
            .filter(state__in=[AssignmentState.ASSIGNED, AssignmentState.CLEARED])
            .order_by("assigned_at")
            .first()
        )
        if waiting:
            return redirect("institutes:assignment_detail", code=waiting.code)
        return redirect("institutes:assignment_list")


def declaration_page(
    request: HttpRequest,
    assignment: Assignment,
    form: ConflictDeclarationForm,
    status: int = 200,
) -> HttpResponse:
    context = _context(assignment) | {"form": form}
    template = "procurement/assignment_declare.html"
    return render(request, template, context, status=status)


def sheet_page(
    request: HttpRequest, assignment: Assignment, sheet: list[Any], status: int = 200
) -> HttpResponse:
    user = actor(request)
    readable = Submission.objects.content_visible_to(user)
    submission = get_object_or_404(readable, pk=assignment.submission_id)
    finish = Move(
        _("Finish the review"),
        "",
        "primary",
        confirm=_("Your scores stand from then on."),
    )
    context = _context(assignment) | {
        "sheet": [(form, form.criterion.guidance) for form in sheet],
        "is_open": assignment.state == AssignmentState.CLEARED,
        "readable": answering.content(submission, user),
        "moves": [
            move
            for move in moves_of(
                request,
                ASSIGNMENT_TRANSITIONS,
                assignment,
                url_name="assignment_advance",
                words={AssignmentState.FINISHED: finish},
            )
            if move.url.endswith(f"/{AssignmentState.FINISHED}/")
        ],
    }
    template = "procurement/assignment_detail.html"
    return render(request, template, context, status=status)


def _context(assignment: Assignment) -> dict[str, Any]:
    return {
        "title": _("Review of %(code)s") % {"code": assignment.submission.code},
        "trail": [
            Link(_("Assignments"), reverse("institutes:assignment_list")),
            Link(assignment.code),
        ],
        "subtitle": f"{assignment.submission.brief.title} · "
        f"{assignment.submission.vendor}",
        "assignment": assignment,
        "status": assignment.state,
        "status_label": assignment.get_state_display(),
    }
