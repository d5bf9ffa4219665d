"""Answers to briefs: written as a task list, checked, submitted, receipted."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.errors import DomainError
from accounts.models import User
from portals.navigation import here, optional_url, portal_of
from portals.presenters import answering
from portals.presenters.pieces import Cell, Link, Move, table_of
from portals.requests import actor
from portals.views.access import PortalView
from portals.views.lists import page_of
from procurement import services
from procurement.enums import SubmissionState
from procurement.forms import MilestoneFormSet, PlanForm, milestone_rows
from procurement.models import Brief, Submission, TechnicalPlan

VENDOR_ONLY = frozenset({Role.VENDOR})


def submission_of(request: HttpRequest, code: str) -> Submission:
    seen = Submission.objects.visible_to(actor(request)).select_related(
        "brief__call__programme__city", "brief__site", "vendor", "submitted_by"
    )
    return get_object_or_404(seen, code=code)


def draft_of(request: HttpRequest, code: str) -> Submission:
    return get_object_or_404(
        Submission.objects.visible_to(actor(request)).select_related(
            "brief__call__programme__city"
        ),
        code=code,
        state=SubmissionState.DRAFT,
    )


class SubmissionList(PortalView):
    def get(self, request: HttpRequest) -> HttpResponse:
        seen = (
            Submission.objects.visible_to(actor(request))
            .select_related("brief__call", "vendor")
            .order_by("-created_at")
        )
        page = page_of(request, seen)
        rows = [
            [
                Cell(each.code, url=here(request, "submission_detail", each.code)),
                each.brief.title,
                str(each.vendor),
                Cell(each.get_state_display(), status=each.state),
                Cell(at=each.submitted_at) if each.submitted_at else "—",
            ]
            for each in page
        ]
        context = {
            "title": _("Submissions"),
            "page": page,
            "table": table_of(
                _("Submissions"),
                [_("Code"), _("Brief"), _("Vendor"), _("State"), _("Submitted")],
                rows,
                empty=_("No submissions to show yet. They appear here."),
                empty_url=optional_url(f"{portal_of(request)}:brief_list"),
                empty_action=_("See the briefs"),
            ),
        }
        return render(request, "portals/simple_list.html", context)


class SubmissionStart(PortalView):
    roles = VENDOR_ONLY

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        user = actor(request)
        brief = get_object_or_404(Brief.objects.visible_to(user), code=code)
        draft = services.start_draft(brief=brief, by=user)
        return redirect("vendors:submission_detail", code=draft.code)


class SubmissionDetail(PortalView):
    """A draft is a task list; what was handed in is a receipt, then a reading."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        user = actor(request)
        submission = submission_of(request, code)
        if submission.state == SubmissionState.DRAFT:
            return self._draft(request, submission, user)
        context = {
            "title": _("Submission %(code)s") % {"code": submission.code},
            "subtitle": submission.brief.title,
            "submission": submission,
            "status": submission.state,
            "status_label": submission.get_state_display(),
            "receipt": answering.receipt(submission),
            "moves": _withdrawals(submission, user),
            "readable": _content(submission, user),
        }
        return render(request, "procurement/submission_detail.html", context)

    def _draft(
        self, request: HttpRequest, submission: Submission, user: User
    ) -> HttpResponse:
        problems = services.missing(submission=submission, by=user)
        context = {
            "title": _("Answer to %(brief)s") % {"brief": submission.brief.title},
            "subtitle": submission.brief.city,
            "submission": submission,
            "status": submission.state,
            "status_label": submission.get_state_display(),
            "tasks": answering.tasks(submission, problems),
            "problems": problems,
            "moves": _withdrawals(submission, user),
            "saved_at": submission.saved_at,
            "now": timezone.now(),
        }
        return render(request, "procurement/submission_draft.html", context)


class PlanEdit(PortalView):
    roles = VENDOR_ONLY

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        draft = draft_of(request, code)
        return self._page(
            request, draft, PlanForm(instance=_plan(draft, actor(request)))
        )

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        draft, user = draft_of(request, code), actor(request)
        form = PlanForm(request.POST, instance=_plan(draft, user))
        if not form.is_valid():
            if wants_json(request):
                return refused_json(form.errors)
            return self._page(request, draft, form, status=422)
        try:
            services.save_draft_submission(brief=draft.brief, plan=form.values, by=user)
        except DomainError as refused:
            if wants_json(request):
                raise
            messages.error(request, refused.message)
            return self._page(request, draft, form, status=refused.status)
        if wants_json(request):
            return JsonResponse({"saved_at": timezone.now().isoformat()})
        return redirect("vendors:submission_milestones", code=code)

    def _page(
        self, request: HttpRequest, draft: Submission, form: PlanForm, status: int = 200
    ) -> HttpResponse:
        context = _step_context(
            request, draft, _("Technical plan"), "submission_plan"
        ) | {"form": form}
        return render(
            request, "procurement/submission_plan.html", context, status=status
        )


class MilestonesEdit(PortalView):
    roles = VENDOR_ONLY

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        draft = draft_of(request, code)
        formset = MilestoneFormSet(initial=milestone_rows(draft), prefix="milestones")
        return self._page(request, draft, formset)

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        draft, user = draft_of(request, code), actor(request)
        formset = MilestoneFormSet(request.POST, prefix="milestones")
        if not formset.is_valid():
            return self._page(request, draft, formset, status=422)
        try:
            services.save_draft_submission(
                brief=draft.brief,
                milestones=formset.values,  # type: ignore[attr-defined]
                by=user,
            )
        except DomainError as refused:
            messages.error(request, refused.message)
            return self._page(request, draft, formset, status=refused.status)
        return redirect("vendors:submission_check", code=code)

    def _page(
        self, request: HttpRequest, draft: Submission, formset: Any, status: int = 200
    ) -> HttpResponse:
        context = _step_context(
            request, draft, _("Milestones"), "submission_milestones"
        ) | {"formset": formset}
        return render(
            request, "procurement/submission_milestones.html", context, status=status
        )


class SubmissionCheck(PortalView):
    roles = VENDOR_ONLY

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        draft, user = draft_of(request, code), actor(request)
        context = _step_context(
            request, draft, _("Check your answers"), "submission_check"
        ) | {
            "readable": _content(draft, user),
            "problems": services.missing(submission=draft, by=user),
        }
        return render(request, "procurement/submission_check.html", context)


class SubmissionSubmit(PortalView):
    roles = VENDOR_ONLY

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        services.submit(submission=draft_of(request, code), by=actor(request))
        return redirect("vendors:submission_detail", code=code)


class SubmissionWithdraw(PortalView):
    roles = VENDOR_ONLY

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        services.withdraw(
            submission=submission_of(request, code),
            by=actor(request),
            reason=request.POST.get("reason", ""),
        )
        return redirect("vendors:submission_list")


def wants_json(request: HttpRequest) -> bool:
    """Say whether the page's autosave is asking."""
    return request.headers.get("accept", "").startswith("application/json")


def refused_json(errors: Any) -> JsonResponse:
    """Return a form's errors as one sentence for the autosave line."""
    sentences = [str(text) for texts in errors.values() for text in texts]
    return JsonResponse({"detail": " ".join(sentences)}, status=422)


def _plan(draft: Submission, user: User) -> TechnicalPlan | None:
    return TechnicalPlan.objects.visible_to(user).filter(submission=draft).first()


def _content(submission: Submission, user: User) -> dict[str, Any]:
    """Return the plan and milestones for whoever may read them, else nothing."""
    readable = Submission.objects.content_visible_to(user).filter(pk=submission.pk)
    return answering.content(submission, user) if readable.exists() else {}


def _withdrawals(submission: Submission, user: User) -> list[Move]:
    if user.organisation_id != submission.vendor_id:
        return []
    if submission.state not in {SubmissionState.DRAFT, SubmissionState.SUBMITTED}:
        return []
    url = reverse("vendors:submission_withdraw", args=[submission.code])
    return [
        Move(
            _("Withdraw"),
            url,
            "outline-danger",
            confirm=_("A withdrawn submission does not take part in the call."),
        )
    ]


def _step_context(
    request: HttpRequest, draft: Submission, title: str, step: str
) -> dict[str, Any]:
    problems = services.missing(submission=draft, by=actor(request))
    return {
        "title": title,
        "trail": [
            Link(_("Submissions"), reverse("vendors:submission_list")),
            Link(draft.code, reverse("vendors:submission_detail", args=[draft.code])),
            Link(title),
        ],
        "subtitle": draft.brief.title,
        "submission": draft,
        "tasks": answering.tasks(draft, problems, step),
        "saved_at": draft.saved_at,
    }
