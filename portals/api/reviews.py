"""A reviewer's work: declare, score, finish; the city reads along."""

from typing import Any

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts.errors import InvalidInputError
from portals.api.asking import asked
from portals.requests import actor
from procurement import services
from procurement.models import Assignment, ConflictDeclaration, Score
from procurement.serializers import (
    AssignmentSerializer,
    ConflictDeclarationSerializer,
    ScoreSheetSerializer,
)


class AssignmentViewSet(ReadOnlyModelViewSet[Assignment]):
    """Reviews asked for: one's own, or those of one's city."""

    serializer_class = AssignmentSerializer
    lookup_field = "code"
    filterset_fields = ["state"]
    queryset = Assignment.objects.none()

    def get_queryset(self) -> QuerySet[Assignment]:
        user = actor(self.request)
        rows = Assignment.objects.visible_to(user).select_related(
            "submission__brief__call__programme__city", "submission__vendor", "reviewer"
        )
        scores = Score.objects.visible_to(user).select_related("criterion")
        return rows.prefetch_related(
            Prefetch("declaration", ConflictDeclaration.objects.visible_to(user)),
            Prefetch("scores", scores.order_by("criterion__number")),
        ).order_by("code")

    @extend_schema(
        request=ConflictDeclarationSerializer, responses=AssignmentSerializer
    )
    @action(detail=True, methods=["post"])
    def declare(self, request: Request, code: str) -> Response:
        """Declare a conflict of interest, or none; the plan is readable after it."""
        assignment = self.get_object()
        given = asked(ConflictDeclarationSerializer, request)
        services.declare_conflict(assignment=assignment, by=actor(request), **given)
        return Response(self._told(assignment))

    @extend_schema(request=ScoreSheetSerializer, responses=AssignmentSerializer)
    @action(detail=True, methods=["post"])
    def score(self, request: Request, code: str) -> Response:
        """Save scores; all of them, or none if one is wrong."""
        assignment = self.get_object()
        sheet = asked(ScoreSheetSerializer, request)["scores"]
        criteria = {
            each.number: each
            for each in assignment.submission.brief.call.criteria.all()
        }
        with transaction.atomic():
            for row in sheet:
                number = row.pop("criterion")["number"]
                if number not in criteria:
                    raise InvalidInputError(
                        _("The call has no criterion %(number)s; it has %(known)s.")
                        % {
                            "number": number,
                            "known": ", ".join(str(each) for each in criteria),
                        }
                    )
                services.score(
                    assignment=assignment,
                    criterion=criteria[number],
                    by=actor(request),
                    **row,
                )
        return Response(self._told(assignment))

    @extend_schema(request=None, responses=AssignmentSerializer)
    @action(detail=True, methods=["post"])
    def finish(self, request: Request, code: str) -> Response:
        """Close a review that scored every criterion; its scores stand from now on."""
        assignment = self.get_object()
        services.finish_review(assignment=assignment, by=actor(request))
        return Response(self._told(assignment))

    def _told(self, assignment: Assignment) -> Any:
        return self.get_serializer(self.get_queryset().get(pk=assignment.pk)).data
