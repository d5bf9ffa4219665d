"""Vendors that registered themselves, and whether they may submit."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from portals.api.asking import asked
from portals.requests import actor
from procurement import services
from procurement.models import VendorRegistration
from procurement.serializers.vendors import (
    VendorMoveSerializer,
    VendorRegistrationSerializer,
)


class VendorViewSet(ReadOnlyModelViewSet[VendorRegistration]):
    """Every vendor to a city; to a vendor itself alone."""

    serializer_class = VendorRegistrationSerializer
    lookup_field = "vendor__code"
    lookup_url_kwarg = "code"
    filterset_fields = ["state"]
    queryset = VendorRegistration.objects.none()

    def get_queryset(self) -> QuerySet[VendorRegistration]:
        seen = VendorRegistration.objects.visible_to(actor(self.request))
        return seen.select_related("vendor").order_by("vendor__code")

    @extend_schema(request=VendorMoveSerializer, responses=VendorRegistrationSerializer)
    @action(detail=True, methods=["post"])
    def advance(self, request: Request, code: str) -> Response:
        """Accept or refuse a vendor as an official, with a reason it is told."""
        registration = services.judge_vendor(
            registration=self.get_object(),
            by=actor(request),
            **asked(VendorMoveSerializer, request),
        )
        return Response(self.get_serializer(registration).data)
