"""Robots, their credentials, and what of theirs was set aside."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from portals.api.asking import asked
from portals.requests import actor
from robot_bridge.models import Robot, SetAsideMessage
from robot_bridge.serializers import (
    CredentialSerializer,
    RobotRegistrationSerializer,
    RobotSerializer,
    SetAsideMessageSerializer,
)
from robot_bridge.services import issue_credential, register_robot


class RobotViewSet(ReadOnlyModelViewSet[Robot]):
    """A vendor's robots, or those at work in a city."""

    serializer_class = RobotSerializer
    lookup_field = "code"
    queryset = Robot.objects.none()

    def get_queryset(self) -> QuerySet[Robot]:
        seen = Robot.objects.visible_to(actor(self.request))
        return seen.select_related("vendor").order_by("code")

    @extend_schema(
        request=RobotRegistrationSerializer, responses={201: RobotSerializer}
    )
    def create(self, request: Request) -> Response:
        """Register a robot of one's own organisation."""
        given, user = asked(RobotRegistrationSerializer, request), actor(request)
        robot = register_robot(vendor=user.organisation, by=user, **given)
        return Response(self.get_serializer(robot).data, status=201)

    @extend_schema(request=None, responses={201: CredentialSerializer})
    @action(detail=True, methods=["post"])
    def credential(self, request: Request, code: str) -> Response:
        """Issue a new credential, whose secret is told once; the one before ends."""
        credential, secret = issue_credential(
            robot=self.get_object(), by=actor(request)
        )
        body = {"username": credential.username, "secret": secret}
        return Response(CredentialSerializer(body).data, status=201)


class SetAsideViewSet(ReadOnlyModelViewSet[SetAsideMessage]):
    """Messages that do not count, each with the reason and what would be right."""

    serializer_class = SetAsideMessageSerializer
    queryset = SetAsideMessage.objects.none()

    def get_queryset(self) -> QuerySet[SetAsideMessage]:
        return SetAsideMessage.objects.visible_to(actor(self.request))
