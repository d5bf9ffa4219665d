"""Awards and the contracts that follow them."""

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
from procurement.models import Award, PocContract, Submission
from procurement.serializers import (
    AwardSerializer,
    AwardWriteSerializer,
    ContractDraftSerializer,
    PocContractSerializer,
)


class AwardViewSet(ReadOnlyModelViewSet[Award]):
    """Awards, which are published with their reasons."""

    serializer_class = AwardSerializer
    lookup_field = "code"
    queryset = Award.objects.none()

    def get_queryset(self) -> QuerySet[Award]:
        seen = Award.objects.visible_to(actor(self.request))
        return seen.select_related(
            "brief__call__programme__city", "submission__vendor"
        ).order_by("code")

    @extend_schema(request=AwardWriteSerializer, responses={201: AwardSerializer})
    def create(self, request: Request) -> Response:
        """Award a brief to a submission after all its reviews are finished."""
        given, user = asked(AwardWriteSerializer, request), actor(request)
        seen = Submission.objects.visible_to(user).select_related(
            "brief__call__programme__city", "vendor"
        )
        submission = get_object_or_404(seen, code=given["submission"])
        award = services.award(submission=submission, reason=given["reason"], by=user)
        return Response(self.get_serializer(award).data, status=201)

    @extend_schema(
        request=ContractDraftSerializer, responses={201: PocContractSerializer}
    )
    @action(detail=True, methods=["post"])
    def contract(self, request: Request, code: str) -> Response:
        """Draft the contract of an award; the KPIs of the brief are frozen into it."""
        given = asked(ContractDraftSerializer, request)
        contract = services.draft_contract(
            award=self.get_object(), by=actor(request), **given
        )
        return Response(PocContractSerializer(contract).data, status=201)


class PocContractViewSet(ReadOnlyModelViewSet[PocContract]):
    """POC contracts of one's own side, with the criteria their gates are judged by."""

    serializer_class = PocContractSerializer
    lookup_field = "code"
    queryset = PocContract.objects.none()

    def get_queryset(self) -> QuerySet[PocContract]:
        seen = PocContract.objects.visible_to(actor(self.request))
        return seen.select_related("award__brief", "vendor", "city").order_by("code")

    @extend_schema(request=None, responses=PocContractSerializer)
    @action(detail=True, methods=["post"])
    def sign(self, request: Request, code: str) -> Response:
        """Sign for one's own side: the vendor first, then the city."""
        contract = self.get_object()
        services.sign_contract(contract=contract, by=actor(request))
        return Response(self.get_serializer(contract).data)
