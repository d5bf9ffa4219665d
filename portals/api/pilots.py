"""Pilots, their gates and the volume that follows."""

from collections.abc import Callable
from typing import Final

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiResponse,
    extend_schema,
)
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import ReadOnlyModelViewSet

from pilots import services
from pilots.models import GateReview, GateSignature, Pilot, VolumeTranche
from pilots.serializers import (
    GateReviewBundleSerializer,
    GateReviewSerializer,
    GateSignatureSerializer,
    OrderSerializer,
    PilotSerializer,
    SignatureSerializer,
    SigningKeySerializer,
    VolumeTrancheSerializer,
)
from portals.api.asking import asked
from portals.requests import actor
from portals.sending import file_answer

BUNDLE: Final = OpenApiResponse(
    OpenApiTypes.BINARY,
    description="A zip; `python -m pilotgate_offline verify` reads it.",
    examples=[
        OpenApiExample("A bundle", value="PK…", media_type="application/zip"),
    ],
)


class PilotViewSet(ReadOnlyModelViewSet[Pilot]):
    """Pilots of one's own side, or those a reviewer follows."""

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
        tranche = services.order_tranche(
            pilot=self.get_object(),
            by=actor(request),
            **asked(OrderSerializer, request),
        )
        return Response(VolumeTrancheSerializer(tranche).data, status=201)


class GateReviewViewSet(ReadOnlyModelViewSet[GateReview]):
    """Gate reviews: verdicts and signatures; one alone also tells its bundle."""

    serializer_class = GateReviewSerializer
    lookup_field = "code"
    filterset_fields = ["outcome"]
    queryset = GateReview.objects.none()

    def get_queryset(self) -> QuerySet[GateReview]:
        seen = GateReview.objects.visible_to(actor(self.request))
        rows = (
            seen.select_related(
                "look", "gate__pilot__contract__city", "gate__pilot__contract__vendor"
            )
            .prefetch_related("verdicts", "signatures__person")
            .order_by("code")
        )
        return rows.defer("bundle") if self.action == "list" else rows

    def get_serializer_class(self) -> type[GateReviewSerializer]:
        told = self.action == "retrieve"
        return GateReviewBundleSerializer if told else GateReviewSerializer

    @extend_schema(responses={(200, "application/zip"): BUNDLE})
    @action(detail=True)
    def evidence(self, request: Request, code: str) -> StreamingHttpResponse:
        """Hand out the signed file with which anyone computes the verdict again."""
        path = services.evidence_file(self.get_object())
        return file_answer(request, path, content_type="application/zip")

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
        answers = asked(SignatureSerializer, request)
        signature = deed(review=self.get_object(), by=actor(request), **answers)
        return Response(GateSignatureSerializer(signature).data, status=201)


class SigningKeyView(APIView):
    """The key this platform signs evidence bundles with; for everybody."""

    authentication_classes = []
    permission_classes = []

    @extend_schema(operation_id="evidence_key", responses=SigningKeySerializer, auth=[])
    def get(self, request: Request) -> Response:
        """Hold the signature of a bundle against this key."""
        return Response(SigningKeySerializer(services.signing_key()).data)


class VolumeTrancheViewSet(ReadOnlyModelViewSet[VolumeTranche]):
    """Volume orders, each with the gate review that unlocked it."""

    serializer_class = VolumeTrancheSerializer
    lookup_field = "code"
    queryset = VolumeTranche.objects.none()

    def get_queryset(self) -> QuerySet[VolumeTranche]:
        seen = VolumeTranche.objects.visible_to(actor(self.request))
        return seen.select_related("pilot", "gate_review").order_by("code")
