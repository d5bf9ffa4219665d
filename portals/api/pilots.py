"""Pilots, their gates and the volume that follows."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from pilots import services
from pilots.models import GateReview, GateSignature, Pilot, VolumeTranche
from pilots.serializers import (
    GateReviewSerializer,
    GateSignatureSerializer,
    OrderSerializer,
    PilotSerializer,
    SignatureSerializer,
    VolumeTrancheSerializer,
)
from portals.requests import actor


class PilotViewSet(ReadOnlyModelViewSet[Pilot]):
    serializer_class = PilotSerializer
    lookup_field = "code"
    filterset_fields = ["state"]
    queryset = Pilot.objects.none()

    def get_queryset(self) -> QuerySet[Pilot]:
        seen = Pilot.objects.visible_to(actor(self.request))
        return seen.with_parties().order_by("code")

    @extend_schema(request=OrderSerializer, responses={201: VolumeTrancheSerializer})
    @action(detail=True, methods=["post"])
    def order(self, request: Request, code: str) -> Response:
        """Order the next tranche; refused in words unless its gate unlocks it."""
        asked = OrderSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        tranche = services.order_tranche(
            pilot=self.get_object(), by=actor(request), **asked.validated_data
        )
        return Response(VolumeTrancheSerializer(tranche).data, status=201)


class GateReviewViewSet(ReadOnlyModelViewSet[GateReview]):
    serializer_class = GateReviewSerializer
    lookup_field = "code"
    filterset_fields = ["outcome"]
    queryset = GateReview.objects.none()

    def get_queryset(self) -> QuerySet[GateReview]:
        seen = GateReview.objects.visible_to(actor(self.request))
        return (
            seen.select_related(
                "look", "gate__pilot__contract__city", "gate__pilot__contract__vendor"
            )
            .prefetch_related("verdicts", "signatures__person")
            .order_by("code")
        )

    @extend_schema(
        request=SignatureSerializer, responses={201: GateSignatureSerializer}
    )
    @action(detail=True, methods=["post"])
    def recommend(self, request: Request, code: str) -> Response:
        """Sign as the reviewer of an institute."""
        return self._sign(request, services.recommend)

    @extend_schema(
        request=SignatureSerializer, responses={201: GateSignatureSerializer}
    )
    @action(detail=True, methods=["post"])
    def decide(self, request: Request, code: str) -> Response:
        """Sign as the official in charge."""
        return self._sign(request, services.decide)

    @extend_schema(
        request=SignatureSerializer, responses={201: GateSignatureSerializer}
    )
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, code: str) -> Response:
        """Sign as the second official."""
        return self._sign(request, services.approve)

    def _sign(self, request: Request, deed: Callable[..., GateSignature]) -> Response:
        asked = SignatureSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        answers: dict[str, Any] = asked.validated_data
        signature = deed(review=self.get_object(), by=actor(request), **answers)
        return Response(GateSignatureSerializer(signature).data, status=201)


class VolumeTrancheViewSet(ReadOnlyModelViewSet[VolumeTranche]):
    serializer_class = VolumeTrancheSerializer
    lookup_field = "code"
    queryset = VolumeTranche.objects.none()

    def get_queryset(self) -> QuerySet[VolumeTranche]:
        seen = VolumeTranche.objects.visible_to(actor(self.request))
        return seen.select_related("pilot", "gate_review").order_by("code")
