"""Robots as programs read them, and the batches they send."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from robot_bridge.models import Robot, SetAsideMessage


class RobotSerializer(serializers.ModelSerializer[Robot]):
    vendor = serializers.CharField(source="vendor.code", read_only=True)

    class Meta:
        model = Robot
        fields = ["code", "serial", "maker", "model", "vendor", "protocol"]


class RobotRegistrationSerializer(serializers.Serializer[Robot]):
    serial = serializers.RegexField(
        r"^[A-Za-z0-9._-]{1,64}$",
        error_messages={
            "invalid": _(
                "A serial number has 1 to 64 letters, digits, dots, underscores or "
                "hyphens."
            )
        },
    )
    maker = serializers.CharField(max_length=80)
    model = serializers.CharField(max_length=80)
    protocol = serializers.ChoiceField(choices=["native", "vda5050"])


class SetAsideMessageSerializer(serializers.ModelSerializer[SetAsideMessage]):
    """`sentence` is the detail for engineers, `advice` says what would be right."""

    reason_text = serializers.CharField(source="get_reason_display", read_only=True)
    advice = serializers.CharField(read_only=True)

    class Meta:
        model = SetAsideMessage
        fields = [
            "id",
            "topic",
            "name",
            "reason",
            "reason_text",
            "advice",
            "sentence",
            "received_at",
        ]


class CredentialSerializer(serializers.Serializer[Any]):
    """What a robot proves itself with; the secret is told this once."""

    username = serializers.CharField()
    secret = serializers.CharField()


class SampleSerializer(serializers.Serializer[Any]):
    """`ts`: ISO 8601 or µs UTC; `m`: values by metric, null where none was read."""

    ts = serializers.CharField()
    m = serializers.DictField(child=serializers.FloatField(allow_null=True))


class EventSerializer(serializers.Serializer[Any]):
    ts = serializers.CharField()
    kind = serializers.CharField()
    ref = serializers.CharField(required=False)
    value = serializers.CharField(required=False)
    number = serializers.IntegerField(required=False)


class BatchSerializer(serializers.Serializer[Any]):
    """One batch of a robot; `session` and `seq` name it, so that a repeat is known.

    For the document alone: the body is kept as it came, and read when it is settled.
    """

    v = serializers.ChoiceField(choices=[1])
    session = serializers.RegexField(r"^[A-Za-z0-9._:-]{1,64}$")
    seq = serializers.IntegerField(min_value=0)
    sent = serializers.CharField(required=False)
    interval_ms = serializers.IntegerField(required=False, min_value=10)
    samples = SampleSerializer(many=True, required=False)
    events = EventSerializer(many=True, required=False)


class ReceiptSerializer(serializers.Serializer[Any]):
    """`ranges`: first and last number of what is durable and may be forgotten."""

    session = serializers.CharField()
    ranges = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField())
    )


class ReceiptsSerializer(serializers.Serializer[Any]):
    receipts = ReceiptSerializer(many=True)
