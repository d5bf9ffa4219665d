"""Batches over HTTPS, for robots without a broker: the same path as MQTT."""

import functools
import time
from pathlib import Path
from typing import Any, Final, cast

from django.conf import settings
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.errors import DomainError, UnavailableError
from accounts.models import User
from portals.api.authentication import (
    MaySendTelemetry,
    RobotAuthentication,
    TokenAuthentication,
)
from robot_bridge.errors import SpoolError
from robot_bridge.models import Robot
from robot_bridge.serializers import BatchSerializer, ReceiptsSerializer
from robot_bridge.services import Receipt, ingest
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
def _spool(folder: Path) -> Spool:
    """Keep one spool a folder; age 0 hands each batch on at once."""
    return Spool(folder, age_s=0)


class TelemetryView(APIView):
    """Where a robot, or its vendor's gateway, sends batches without a broker."""

    authentication_classes = [RobotAuthentication, TokenAuthentication]
    permission_classes = [MaySendTelemetry]
    parser_classes = [RawParser]

    @extend_schema(
        operation_id="telemetry_send",
        request=BatchSerializer,
        responses=ReceiptsSerializer,
    )
    def post(self, request: Request, vendor: str, serial: str) -> Response:
        """Take one native batch; 200 means it is on disk and may be forgotten.

        With the robot's own credential, or a vendor's token of scope ingest for any
        robot of that vendor.
        """
        name = sender(request, vendor, serial)
        payload = cast("bytes", request.data)
        if len(payload) > MOST_BYTES:
            raise PayloadTooLargeError(
                _("A batch holds at most %(most)s bytes; split it.")
                % {"most": MOST_BYTES}
            )
        envelope = Envelope(
            topic=f"pilotgate/v1/{name}/telemetry",
            payload=payload,
            name=name,
            recv_us=time.time_ns() // 1000,
        )
        receipts = keep(envelope)
        if not receipts:
            raise UnreceiptedError(
                _(
                    "The batch is kept, and set aside: it is not JSON with a session "
                    "and a seq. See the set-aside messages of this robot."
                )
            )
        return Response(ReceiptsSerializer({"receipts": receipts}).data)


def sender(request: Request, vendor: str, serial: str) -> str:
    """Return the name a batch comes under, if the caller may send under it."""
    caller, name = request.user, f"{vendor}/{serial}"
    if isinstance(caller, Robot):
        if caller.wire_name == name:
            return name
    elif isinstance(caller, User):
        own = Robot.objects.visible_to(caller).filter(vendor=caller.organisation)
        if own.filter(vendor__code=vendor, serial=serial).exists():
            return name
    raise PermissionDenied(
        _(
            "This credential is not that of %(vendor)s/%(serial)s; send to the address "
            "of the robot it was issued for."
        )
        % {"vendor": vendor, "serial": serial}
    )


def keep(envelope: Envelope) -> list[Receipt]:
    """Make a batch durable.

    Raises:
        UnavailableError: the disk refused, and nothing of it is kept.
    """
    try:
        return ingest([envelope], spool=_spool(Path(settings.SPOOL_ROOT)))
    except SpoolError as error:
        raise UnavailableError(
            _(
                "The platform cannot store the batch now, and kept nothing of it. "
                "Keep it, and send it again in a minute."
            ),
            code=error.code,
        ) from error
