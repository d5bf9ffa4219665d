"""A city's own KPIs: read, composed, tried out, published."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from kpis import services
from kpis.errors import CompositionRefusedError
from kpis.models import ComposedKpi
from kpis.serializers import (
    ComposedKpiSerializer,
    ComposedMoveSerializer,
    CompositionSerializer,
)
from pilots.models import Pilot
from pilots.serializers import DryRunRequestSerializer, DryRunSerializer
from pilots.services import ask_dry_run, dry_runs_of
from portals.api.asking import asked
from portals.requests import actor


class ComposedKpiViewSet(ReadOnlyModelViewSet[ComposedKpi]):
    """KPIs that cities composed: one's own city's, and others' once published."""

    serializer_class = ComposedKpiSerializer
    lookup_field = "code"
    filterset_fields = ["state"]
    queryset = ComposedKpi.objects.none()

    def get_queryset(self) -> QuerySet[ComposedKpi]:
        seen = ComposedKpi.objects.visible_to(actor(self.request))
        return seen.select_related("city").order_by("code")

    @extend_schema(
        request=CompositionSerializer, responses={201: ComposedKpiSerializer}
    )
    def create(self, request: Request) -> Response:
        """Compose a KPI of one's own city, as a draft of its first version."""
        told = asked(CompositionSerializer, request)
        try:
            composed = services.compose_kpi(told=told, by=actor(request))
        except CompositionRefusedError as refused:
            raise at_fields(refused) from refused
        return Response(self._told(composed), status=201)

    @extend_schema(request=CompositionSerializer, responses=ComposedKpiSerializer)
    def update(self, request: Request, code: str) -> Response:
        """Write a draft anew; its key stands."""
        composed = self.get_object()
        told = asked(CompositionSerializer, request)
        try:
            services.save_kpi(composed=composed, told=told, by=actor(request))
        except CompositionRefusedError as refused:
            raise at_fields(refused) from refused
        return Response(self._told(composed))

    @extend_schema(request=ComposedMoveSerializer, responses=ComposedKpiSerializer)
    @action(detail=True, methods=["post"])
    def advance(self, request: Request, code: str) -> Response:
        """Publish a draft, which then never changes, or take it out of use."""
        move = asked(ComposedMoveSerializer, request)
        composed = self.get_object()
        services.move_kpi(composed=composed, target=move["target"], by=actor(request))
        return Response(self._told(composed))

    @extend_schema(request=None, responses={201: ComposedKpiSerializer})
    @action(detail=True, methods=["post"])
    def version(self, request: Request, code: str) -> Response:
        """Begin the next version as a draft that says what this one says."""
        begun = services.begin_version(composed=self.get_object(), by=actor(request))
        return Response(self._told(begun), status=201)

    @extend_schema(request=DryRunRequestSerializer, responses={201: DryRunSerializer})
    @action(detail=True, methods=["post"], url_path="dry-run", url_name="dry-run")
    def dry_run(self, request: Request, code: str) -> Response:
        """Have a KPI tried out on past days of a pilot, in the background."""
        given, user = asked(DryRunRequestSerializer, request), actor(request)
        pilots = Pilot.objects.visible_to(user).with_parties()
        job = ask_dry_run(
            composed=self.get_object(),
            pilot=get_object_or_404(pilots, code=given["pilot"]),
            days=(given["starts_on"], given["ends_on"]),
            bounds=(given.get("minimum"), given.get("target")),
            by=user,
        )
        return Response(DryRunSerializer(job).data, status=201)

    @extend_schema(responses=DryRunSerializer(many=True))
    @action(
        detail=True,
        methods=["get"],
        url_path="dry-runs",
        url_name="dry-runs",
        pagination_class=None,
        filter_backends=[],
    )
    def dry_runs(self, request: Request, code: str) -> Response:
        """List what a KPI came to on past telemetry, the newest first."""
        runs = dry_runs_of(self.get_object(), actor(request))[:50]
        return Response(DryRunSerializer(runs, many=True).data)

    def _told(self, composed: ComposedKpi) -> Any:
        return self.get_serializer(self.get_queryset().get(pk=composed.pk)).data


def at_fields(refused: CompositionRefusedError) -> ValidationError:
    """Say each problem at its field, as the API says what a body lacks."""
    errors: dict[str, list[str]] = {}
    for problem in refused.problems:
        errors.setdefault(problem.field, []).append(problem.sentence)
    return ValidationError(errors)
