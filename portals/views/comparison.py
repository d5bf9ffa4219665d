"""The submissions to a brief, their reviewers, and the award."""

from typing import Any

from django.contrib import messages
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.enums import Role
from portals.navigation import here
from portals.presenters import comparison as draw
from portals.presenters.awards import award_form_page
from portals.requests import actor
from portals.views.access import PortalView
from portals.views.briefs import own_brief
from procurement import services
from procurement.enums import BriefState, SubmissionState
from procurement.forms import AssignReviewerForm, AwardForm
from procurement.models import Assignment, Brief, Score, Submission, TechnicalPlan

OFFICIALS = frozenset({Role.OFFICIAL})


class BriefSubmissions(PortalView):
    """A count while sealed; after the opening, who offers what and how it scored."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        user = actor(request)
        rows = Brief.objects.visible_to(user).with_arrivals()
        brief: Any = get_object_or_404(
            rows.select_related("call__programme__city"), code=code
        )
        context = draw.comparison_page(request, brief, brief.arrivals)
        ranks = services.rank_submissions(brief=brief, by=user)
        if ranks:
            context |= self._compared(request, brief, ranks)
        return render(request, "procurement/brief_submissions.html", context)

    def _compared(
        self, request: HttpRequest, brief: Brief, ranks: list[services.Rank]
    ) -> dict[str, Any]:
        user = actor(request)
        plans = TechnicalPlan.objects.visible_to(user).filter(submission__brief=brief)
        weeks = dict(
            Submission.objects.visible_to(user)
            .filter(brief=brief)
            .annotate(total=Sum("milestones__weeks"))
            .values_list("pk", "total")
        )
        for rank in ranks:
            rank.submission.weeks = weeks.get(rank.submission.pk)  # type: ignore[attr-defined]
            rank.submission.brief = brief
        assignments = list(
            Assignment.objects.visible_to(user).filter(submission__brief=brief)
        )
        scores = Score.objects.visible_to(user).filter(
            assignment__submission__brief=brief
        )
        table = draw.rank_table(
            request, ranks, {plan.submission_id: plan for plan in plans}, assignments
        )
        return {
            "ranking": table,
            "by_criterion": draw.criterion_table(
                list(brief.call.criteria.all()),
                ranks,
                scores.select_related("assignment"),
            ),
        }


class ReviewerBoard(PortalView):
    roles = OFFICIALS

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        brief = own_brief(request, code)
        opened = opened_of(request, brief)
        assignments = (
            Assignment.objects.visible_to(actor(request))
            .filter(submission__brief=brief)
            .select_related("reviewer__organisation", "declaration")
            .order_by("assigned_at", "pk")
        )
        loads = services.reviewer_loads(brief=brief, by=actor(request))
        title = _("Reviewers")
        context = {
            "title": title,
            "brief": brief,
            "trail": draw.trail_to(
                request,
                brief,
                draw.Link(_("Submissions"), here(request, "brief_submissions", code)),
                draw.Link(title),
            ),
            "subtitle": brief.title,
            "loads": draw.load_rows(request, brief, loads, len(opened)),
            "board": draw.benches(opened, assignments, loads),
        }
        return render(request, "procurement/reviewer_board.html", context)


def opened_of(request: HttpRequest, brief: Brief) -> list[Submission]:
    rows = Submission.objects.visible_to(actor(request))
    return list(
        rows.filter(brief=brief, state=SubmissionState.OPENED)
        .select_related("vendor", "brief__call__programme__city")
        .order_by("code")
    )


class BriefAssign(PortalView):
    roles = OFFICIALS

    def post(self, request: HttpRequest, code: str, submission: str) -> HttpResponse:
        user = actor(request)
        found = get_object_or_404(
            Submission.objects.visible_to(user), brief__code=code, code=submission
        )
        form = AssignReviewerForm(request.POST, submission=found, prefix=found.code)
        if form.is_valid():
            services.assign_reviewer(
                submission=found, reviewer=form.values["reviewer"], by=user
            )
            messages.success(request, _("The reviewer is asked."))
        else:
            messages.error(request, _("Choose a reviewer first."))
        return redirect(here(request, "brief_reviewers", code))


class BriefAssignAll(PortalView):
    roles = OFFICIALS

    def post(self, request: HttpRequest, code: str, pk: int) -> HttpResponse:
        brief, user = own_brief(request, code), actor(request)
        loads = services.reviewer_loads(brief=brief, by=user)
        reviewer = next(
            (load.reviewer for load in loads if load.reviewer.pk == pk), None
        )
        if reviewer is None:
            raise Http404
        made = services.assign_to_all(brief=brief, reviewer=reviewer, by=user)
        messages.success(
            request,
            ngettext(
                "%(person)s is asked to review %(n)s submission.",
                "%(person)s is asked to review %(n)s submissions.",
                len(made),
            )
            % {"person": reviewer.name, "n": len(made)},
        )
        return redirect(here(request, "brief_reviewers", code))


class BriefAward(PortalView):
    """Award a brief to one of its submissions, with a reason that is published."""

    roles = OFFICIALS

    def get(self, request: HttpRequest, code: str, submission: str) -> HttpResponse:
        return self._page(request, self._found(request, code, submission), AwardForm())

    def post(self, request: HttpRequest, code: str, submission: str) -> HttpResponse:
        found = self._found(request, code, submission)
        form = AwardForm(request.POST)
        if not form.is_valid():
            return self._page(request, found, form, status=422)
        made = services.award(submission=found, by=actor(request), **form.values)
        messages.success(request, _("The brief is awarded. Now draft the contract."))
        return redirect(here(request, "award_detail", made.code))

    def _found(self, request: HttpRequest, code: str, submission: str) -> Submission:
        rows = Submission.objects.visible_to(actor(request)).filter(
            brief__code=code, brief__state=BriefState.IN_REVIEW
        )
        found: Submission = get_object_or_404(
            rows.select_related("vendor", "brief__call__programme__city"),
            code=submission,
        )
        return found

    def _page(
        self,
        request: HttpRequest,
        submission: Submission,
        form: AwardForm,
        status: int = 200,
    ) -> HttpResponse:
        user = actor(request)
        plan = (
            TechnicalPlan.objects.visible_to(user).filter(submission=submission).first()
        )
        ranks = services.rank_submissions(brief=submission.brief, by=user)
        context = award_form_page(
            request, next(r for r in ranks if r.submission == submission), plan
        )
        context |= {
            "form": form,
            "problems": services.review_award(submission=submission, by=user),
        }
        return render(request, "procurement/award_form.html", context, status=status)
