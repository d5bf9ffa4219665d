"""Vendors as programs read them, and what officials answer."""

from rest_framework import serializers

from procurement.enums import RegistrationState
from procurement.models import VendorRegistration


class VendorRegistrationSerializer(serializers.ModelSerializer[VendorRegistration]):
    """A vendor, and whether it may submit."""

    name_zh = serializers.CharField(source="vendor.name_zh", read_only=True)
    name_en = serializers.CharField(source="vendor.name_en", read_only=True)
    uscc = serializers.CharField(source="vendor.uscc", read_only=True)
    code = serializers.CharField(read_only=True)

    class Meta:
        model = VendorRegistration
        fields = ["code", "name_zh", "name_en", "uscc", "state", "reason", "judged_at"]


class VendorMoveSerializer(serializers.Serializer[VendorRegistration]):
    """Both answers state their reason, which the vendor is told."""

    target = serializers.ChoiceField(
        choices=[RegistrationState.ACCEPTED, RegistrationState.REFUSED]
    )
    reason = serializers.CharField()
