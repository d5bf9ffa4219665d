"""Robots as programs read them."""

from rest_framework import serializers

from robot_bridge.models import Robot, SetAsideMessage


class RobotSerializer(serializers.ModelSerializer[Robot]):
    vendor = serializers.CharField(source="vendor.code", read_only=True)

    class Meta:
        model = Robot
        fields = ["code", "serial", "maker", "model", "vendor", "protocol"]


class RobotRegistrationSerializer(serializers.Serializer[Robot]):
    serial = serializers.RegexField(r"^[A-Za-z0-9._-]{1,64}$")
    maker = serializers.CharField(max_length=80)
    model = serializers.CharField(max_length=80)
    protocol = serializers.ChoiceField(choices=["native", "vda5050"])


class SetAsideMessageSerializer(serializers.ModelSerializer[SetAsideMessage]):
    class Meta:
        model = SetAsideMessage
        fields = ["id", "topic", "reason", "sentence", "received_at"]
