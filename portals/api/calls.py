"""Programmes, calls and briefs."""

from collections.abc import Callable
from typing import Any, Final

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from portals.api.asking import asked
from portals.requests import actor
from procurement import services
from procurement.enums import BriefState, CallState
from procurement.models import Brief, Call, OpeningMinutes, Programme
from procurement.serializers import (
    BriefMoveSerializer,
    BriefSerializer,
    CallMoveSerializer,
    CallSerializer,
    CallWriteSerializer,
    DeadlineSerializer,
    OpeningMinutesSerializer,
    ProgrammeSerializer,
    RankSerializer,
    ReviewerLoadSerializer,
)

STEPS: Final[dict[str, Callable[..., Any]]] = {
    CallState.OPEN: services.open_call,
    CallState.CLOSED: services.close_call,
    CallState.OPENED: services.open_submissions,
}


class ProgrammeViewSet(ReadOnlyModelViewSet[Programme]):
    """A city's programmes, whose calls buy."""

    serializer_class = ProgrammeSerializer
    lookup_field = "code"
    queryset = Programme.objects.none()

    def get_queryset(self) -> QuerySet[Programme]:
        seen = Programme.objects.visible_to(actor(self.request))
        return seen.select_related("city").order_by("code")


class CallViewSet(ReadOnlyModelViewSet[Call]):
    """Calls with their review criteria: announced ones, and a city's own drafts."""

    serializer_class = CallSerializer
    lookup_field = "code"
    filterset_fields = ["state"]
    queryset = Call.objects.none()

    def get_queryset(self) -> QuerySet[Call]:
        seen = Call.objects.visible_to(actor(self.request))
        rows = seen.select_related("programme__city").prefetch_related("criteria")
        return rows.order_by("code")

    @extend_schema(request=CallWriteSerializer, responses={201: CallSerializer})
    def create(self, request: Request) -> Response:
        """Draft a call with the usual review criteria."""
        values, user = asked(CallWriteSerializer, request), actor(request)
        programmes = Programme.objects.visible_to(user).select_related("city")
        values["programme"] = get_object_or_404(programmes, code=values["programme"])
        call = services.create_call(values=values, by=user)
        return Response(self._told(call), status=201)

    @extend_schema(request=CallMoveSerializer, responses=CallSerializer)
    @action(detail=True, methods=["post"])
    def advance(self, request: Request, code: str) -> Response:
        """Open a call, close it after its deadline, or open what was submitted."""
        step = STEPS[asked(CallMoveSerializer, request)["target"]]
        call = self.get_object()
        step(call=call, by=actor(request))
        return Response(self._told(call))

    @extend_schema(request=DeadlineSerializer, responses=CallSerializer)
    @action(detail=True, methods=["post"])
    def deadline(self, request: Request, code: str) -> Response:
        """Put the deadline of an open call off; it is never brought forward."""
        call = self.get_object()
        services.put_off_deadline(
            call=call, by=actor(request), **asked(DeadlineSerializer, request)
        )
        return Response(self._told(call))

    @extend_schema(responses=OpeningMinutesSerializer)
    @action(detail=True, methods=["get"])
    def minutes(self, request: Request, code: str) -> Response:
        """Read what was opened, when, and the digest of each content."""
        seen = OpeningMinutes.objects.visible_to(actor(request))
        minutes = get_object_or_404(seen, call=self.get_object())
        return Response(OpeningMinutesSerializer(minutes).data)

    def _told(self, call: Call) -> Any:
        return self.get_serializer(self.get_queryset().get(pk=call.pk)).data


class BriefViewSet(ReadOnlyModelViewSet[Brief]):
    """Scenario briefs that this person may know of."""

    serializer_class = BriefSerializer
    lookup_field = "code"
    filterset_fields = ["state", "scenario"]
    queryset = Brief.objects.none()

    def get_queryset(self) -> QuerySet[Brief]:
        seen = Brief.objects.visible_to(actor(self.request))
        rows = seen.select_related("call__programme__city")
        return rows.prefetch_related("kpis").order_by("code")

    @extend_schema(request=BriefMoveSerializer, responses=BriefSerializer)
    @action(detail=True, methods=["post"])
    def advance(self, request: Request, code: str) -> Response:
        """Publish a draft, or cancel a brief with a reason."""
        move, brief = asked(BriefMoveSerializer, request), self.get_object()
        if move["target"] == BriefState.PUBLISHED:
            services.publish_brief(brief=brief, by=actor(request))
        else:
            services.cancel_brief(brief=brief, reason=move["reason"], by=actor(request))
        return Response(self.get_serializer(brief).data)

    @extend_schema(responses=RankSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filter_backends=[])
    def ranking(self, request: Request, code: str) -> Response:
        """Rank the opened submissions by their finished reviews, best first."""
        ranks = services.rank_submissions(brief=self.get_object(), by=actor(request))
        return Response(RankSerializer(ranks, many=True).data)

    @extend_schema(responses=ReviewerLoadSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filter_backends=[])
    def reviewers(self, request: Request, code: str) -> Response:
        """List who could review, the least burdened first."""
        loads = services.reviewer_loads(brief=self.get_object(), by=actor(request))
        return Response(ReviewerLoadSerializer(loads, many=True).data)
