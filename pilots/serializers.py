"""Pilots, gates and volume as programs read them, and what they may ask."""

from typing import Any

from rest_framework import serializers

from dispatch.models import Job
from pilots.enums import QUANTITY_OF_STAGE, GateAnswer
from pilots.models import (
    GateReview,
    GateSignature,
    GateVerdict,
    Pilot,
    VolumeTranche,
)


class PilotSerializer(serializers.ModelSerializer[Pilot]):
    contract = serializers.CharField(source="contract.code", read_only=True)
    brief = serializers.CharField(source="brief.code", read_only=True)
    city = serializers.CharField(source="city.code", read_only=True)
    vendor = serializers.CharField(source="vendor.code", read_only=True)

    class Meta:
        model = Pilot
        fields = [
            "code",
            "contract",
            "brief",
            "city",
            "vendor",
            "state",
            "starts_on",
            "ends_on",
            "weeks",
        ]


class GateVerdictSerializer(serializers.ModelSerializer[GateVerdict]):
    class Meta:
        model = GateVerdict
        fields = [
            "kpi",
            "decides",
            "outcome",
            "reasons",
            "num",
            "den",
            "estimate",
            "low",
            "high",
            "coverage",
        ]


class GateSignatureSerializer(serializers.ModelSerializer[GateSignature]):
    person = serializers.CharField(source="person.name", read_only=True)

    class Meta:
        model = GateSignature
        fields = ["step", "person", "answer", "reason", "signed_at"]


class GateReviewSerializer(serializers.ModelSerializer[GateReview]):
    """What a gate came to at a look, criterion by criterion."""

    pilot = serializers.CharField(source="pilot.code", read_only=True)
    look_on = serializers.DateField(source="look.on", read_only=True)
    verdicts = GateVerdictSerializer(many=True, read_only=True)
    signatures = GateSignatureSerializer(many=True, read_only=True)

    class Meta:
        model = GateReview
        fields = [
            "code",
            "pilot",
            "look_on",
            "outcome",
            "reasons",
            "earliest_on",
            "criteria_digest",
            "bundle_digest",
            "evidence_sha256",
            "evidence_bytes",
            "engine_version",
            "assessed_at",
            "verdicts",
            "signatures",
        ]


class GateReviewBundleSerializer(GateReviewSerializer):
    """`bundle` holds every integer, so that anyone can weigh them again."""

    class Meta(GateReviewSerializer.Meta):
        fields = [*GateReviewSerializer.Meta.fields, "bundle"]


class SigningKeySerializer(serializers.Serializer[Any]):
    """What bundles are signed with; `public` and `fingerprint` in hexadecimal."""

    algorithm = serializers.CharField()
    public = serializers.CharField()
    fingerprint = serializers.CharField()


class SignatureSerializer(serializers.Serializer[GateSignature]):
    answer = serializers.ChoiceField(choices=GateAnswer.choices)
    reason = serializers.CharField()


class VolumeTrancheSerializer(serializers.ModelSerializer[VolumeTranche]):
    pilot = serializers.CharField(source="pilot.code", read_only=True)
    gate_review = serializers.CharField(source="gate_review.code", read_only=True)

    class Meta:
        model = VolumeTranche
        fields = [
            "code",
            "pilot",
            "number",
            "quantity",
            "gate_review",
            "unit_price_cny",
            "currency",
            "state",
            "ordered_at",
        ]


class OrderSerializer(serializers.Serializer[VolumeTranche]):
    quantity = serializers.ChoiceField(choices=list(QUANTITY_OF_STAGE.values()))


class DryRunRequestSerializer(serializers.Serializer[Any]):
    """Past days of a pilot; with minimum and target the gate's law is asked as well."""

    pilot = serializers.CharField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    minimum = serializers.DecimalField(18, 6, required=False, allow_null=True)
    target = serializers.DecimalField(18, 6, required=False, allow_null=True)


class DryRunSerializer(serializers.ModelSerializer[Job]):
    class Meta:
        model = Job
        fields = ["code", "state", "done", "total", "error", "result"]
