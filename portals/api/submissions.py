"""Submissions: a vendor writes, submits and withdraws; opened, others may read."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts.errors import InvalidInputError
from accounts.models import User
from portals.api.asking import asked
from portals.requests import actor
from procurement import services
from procurement.enums import SubmissionState
from procurement.models import Brief, PlanMilestone, Submission, TechnicalPlan
from procurement.serializers import (
    AssignmentSerializer,
    AssignSerializer,
    ReasonSerializer,
    RuleProblemSerializer,
    SubmissionContentSerializer,
    SubmissionSerializer,
    SubmissionWriteSerializer,
)


class SubmissionViewSet(ReadOnlyModelViewSet[Submission]):
    """A vendor's own; for the city and reviewers nothing exists until it is opened."""

    serializer_class = SubmissionSerializer
    lookup_field = "code"
    filterset_fields = ["state"]
    queryset = Submission.objects.none()

    def get_queryset(self) -> QuerySet[Submission]:
        user = actor(self.request)
        rows = Submission.objects.visible_to(user).select_related(
            "brief__call__programme__city", "vendor"
        )
        return rows.prefetch_related(
            Prefetch("plan", TechnicalPlan.objects.visible_to(user)),
            Prefetch("milestones", PlanMilestone.objects.visible_to(user)),
        ).order_by("code")

    @extend_schema(
        request=SubmissionWriteSerializer, responses={201: SubmissionSerializer}
    )
    def create(self, request: Request) -> Response:
        """Begin a draft, or go on with the one there is.

        A vendor that has submitted gets a copy to revise; the submission stands until
        the revision is submitted in its place.
        """
        content, user = asked(SubmissionWriteSerializer, request), actor(request)
        briefs = Brief.objects.visible_to(user).select_related("call__programme__city")
        brief = get_object_or_404(briefs, code=content.pop("brief"))
        draft = services.save_draft_submission(brief=brief, by=user, **content)
        return Response(self._told(draft), status=201)

    @extend_schema(request=SubmissionContentSerializer, responses=SubmissionSerializer)
    def partial_update(self, request: Request, code: str) -> Response:
        """Save what was written so far; what is left out stays."""
        content, draft = asked(SubmissionContentSerializer, request), self.get_object()
        if draft.state != SubmissionState.DRAFT:
            raise InvalidInputError(
                _(
                    "%(submission)s is %(state)s; only a draft can be changed. Begin "
                    "a revision with a new draft for the same brief."
                )
                % {"submission": draft, "state": draft.get_state_display()}
            )
        saved = services.save_draft_submission(
            brief=draft.brief, by=actor(request), **content
        )
        return Response(self._told(saved))

    @extend_schema(responses=RuleProblemSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filter_backends=[])
    def missing(self, request: Request, code: str) -> Response:
        """List what keeps a draft from being submitted."""
        problems = services.missing(submission=self.get_object(), by=actor(request))
        return Response(RuleProblemSerializer(problems, many=True).data)

    @extend_schema(request=None, responses=SubmissionSerializer)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, code: str) -> Response:
        """Hand a draft in; the answer's `submitted_at` and digest are the receipt."""
        submission = self.get_object()
        services.submit(submission=submission, by=actor(request))
        return Response(self._told(submission))

    @extend_schema(request=ReasonSerializer, responses=SubmissionSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, code: str) -> Response:
        """Take back a draft, or a submission before the deadline."""
        submission = self.get_object()
        services.withdraw(
            submission=submission, by=actor(request), **asked(ReasonSerializer, request)
        )
        return Response(self._told(submission))

    @extend_schema(request=AssignSerializer, responses={201: AssignmentSerializer})
    @action(detail=True, methods=["post"])
    def assign(self, request: Request, code: str) -> Response:
        """Ask a reviewer to score an opened submission."""
        submission, user = self.get_object(), actor(request)
        reviewer = reviewer_of(
            submission.brief, asked(AssignSerializer, request)["reviewer"], user
        )
        assignment = services.assign_reviewer(
            submission=submission, reviewer=reviewer, by=user
        )
        return Response(AssignmentSerializer(assignment).data, status=201)

    def _told(self, submission: Submission) -> Any:
        return self.get_serializer(self.get_queryset().get(pk=submission.pk)).data


def reviewer_of(brief: Brief, number: int, by: User) -> User:
    """Return a reviewer of a brief by the id the list of reviewers gave.

    Raises:
        InvalidInputError: nobody of that id reviews.
    """
    for load in services.reviewer_loads(brief=brief, by=by):
        if load.reviewer.pk == number:
            return load.reviewer
    raise InvalidInputError(
        _("No reviewer has the id %(id)s; take one from the brief's reviewers.")
        % {"id": number}
    )
