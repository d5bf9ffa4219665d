"""Batches over HTTPS, for robots without a broker: the same path as MQTT."""

import functools
import time
from typing import Any, Final

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.errors import DomainError
from portals.api.authentication import IsRobot, RobotAuthentication
from robot_bridge.models import Robot
from robot_bridge.services import ingest, open_spool
from robot_bridge.spool import Spool
from robot_bridge.telemetry import Envelope

MOST_BYTES: Final = 256 * 1024


class PayloadTooLargeError(DomainError):
    code = "payload_too_large"
    status = 413


class UnreceiptedError(DomainError):
    """Kept, but it does not say which message of which session it is."""

    code = "unreceipted"
    status = 422


class RawParser(BaseParser):
    """Hand the body on as it came: the adapter reads it when it is settled."""

    media_type = "application/json"

    def parse(  # type: ignore[override]
        self, stream: Any, media_type: Any = None, parser_context: Any = None
    ) -> bytes:
        return bytes(stream.read(MOST_BYTES + 1))


@functools.cache
def _spool() -> Spool:
    return open_spool(age_s=0)


class TelemetryView(APIView):
    """Take one native batch; 200 means it is on disk and may be forgotten."""

    authentication_classes = [RobotAuthentication]
    permission_classes = [IsRobot]
    parser_classes = [RawParser]

    @extend_schema(
        operation_id="telemetry_send",
        request={"application/json": {"type": "object"}},
        responses={200: OpenApiResponse(description="receipts of what is durable")},
    )
    def post(self, request: Request, vendor: str, serial: str) -> Response:
        robot = request.user
        if not isinstance(robot, Robot) or robot.wire_name != f"{vendor}/{serial}":
            raise PermissionDenied(
                _("This credential is not that of %(vendor)s/%(serial)s.")
                % {"vendor": vendor, "serial": serial}
            )
        payload = request.data
        if len(payload) > MOST_BYTES:
            raise PayloadTooLargeError(
                _("A batch holds at most %(most)s bytes; split it.")
                % {"most": MOST_BYTES}
            )
        envelope = Envelope(
            topic=f"pilotgate/v1/{robot.wire_name}/telemetry",
            payload=payload,
            name=robot.wire_name,
            recv_us=time.time_ns() // 1000,
        )
        receipts = ingest([envelope], spool=_spool())
        if not receipts:
            raise UnreceiptedError(
                _(
                    "The batch is kept, and set aside: it is not JSON with a session "
                    "and a seq. See the set-aside messages of this robot."
                )
            )
        return Response(
            {
                "receipts": [
                    {"session": each.session, "ranges": each.ranges}
                    for each in receipts
                ]
            }
        )
