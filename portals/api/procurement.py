"""Briefs and contracts."""

from django.db.models import QuerySet
from rest_framework.viewsets import ReadOnlyModelViewSet

from portals.requests import actor
from procurement.models import Brief, PocContract
from procurement.serializers import BriefSerializer, PocContractSerializer


class BriefViewSet(ReadOnlyModelViewSet[Brief]):
    """Scenario briefs that this person may know of."""

    serializer_class = BriefSerializer
    lookup_field = "code"
    filterset_fields = ["state", "scenario"]
    queryset = Brief.objects.none()

    def get_queryset(self) -> QuerySet[Brief]:
        seen = Brief.objects.visible_to(actor(self.request))
        return seen.select_related("call").prefetch_related("kpis").order_by("code")


class PocContractViewSet(ReadOnlyModelViewSet[PocContract]):
    serializer_class = PocContractSerializer
    lookup_field = "code"
    queryset = PocContract.objects.none()

    def get_queryset(self) -> QuerySet[PocContract]:
        seen = PocContract.objects.visible_to(actor(self.request))
        return seen.select_related("award__brief", "vendor", "city").order_by("code")
