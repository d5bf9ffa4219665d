"""A city's own KPIs as programs read and write them."""

from typing import Any

from rest_framework import serializers

from kpis.models import ComposedKpi
from kpis.services import told_again


class ComposedKpiSerializer(serializers.ModelSerializer[ComposedKpi]):
    city = serializers.CharField(source="city.code", read_only=True)
    definition = serializers.JSONField(
        read_only=True,
        help_text="All that a value rests on; `digest` is over it.",
    )
    told = serializers.SerializerMethodField(
        help_text="What would compose it again: the body of a new version."
    )

    class Meta:
        model = ComposedKpi
        fields = [
            "code",
            "key",
            "city",
            "version",
            "state",
            "digest",
            "definition",
            "told",
        ]

    def get_told(self, composed: ComposedKpi) -> dict[str, Any]:
        return told_again(composed)


class ConditionSerializer(serializers.Serializer[Any]):
    column = serializers.CharField()
    one_of = serializers.ListField(child=serializers.JSONField(), required=False)
    at_most = serializers.IntegerField(required=False, allow_null=True)


class PartSerializer(serializers.Serializer[Any]):
    """A declared integer by name, or what is counted over, with filters."""

    fact = serializers.CharField(required=False)
    over = serializers.CharField(required=False)
    sums = serializers.CharField(required=False, allow_blank=True)
    where = ConditionSerializer(many=True, required=False)


class CompositionSerializer(serializers.Serializer[Any]):
    key = serializers.CharField(max_length=32)
    title_zh = serializers.CharField()
    title = serializers.CharField()
    explanation_zh = serializers.CharField()
    explanation = serializers.CharField()
    unit = serializers.CharField()
    better = serializers.ChoiceField(choices=["higher", "lower"])
    few_cases = serializers.BooleanField(default=False)
    numerator = PartSerializer(many=True)
    denominator = PartSerializer(many=True)


class ComposedMoveSerializer(serializers.Serializer[Any]):
    target = serializers.ChoiceField(choices=["published", "retired"])
