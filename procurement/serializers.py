"""Procurement as programs read it."""

from rest_framework import serializers

from procurement.models import Brief, BriefKpi, PocContract


class BriefKpiSerializer(serializers.ModelSerializer[BriefKpi]):
    class Meta:
        model = BriefKpi
        fields = [
            "kpi",
            "comparator",
            "minimum",
            "target",
            "window_days",
            "coverage_min",
            "tasks_per_day",
            "mandatory",
        ]


class BriefSerializer(serializers.ModelSerializer[Brief]):
    call = serializers.CharField(source="call.code", read_only=True)
    closes_at = serializers.DateTimeField(source="call.closes_at", read_only=True)
    kpis = BriefKpiSerializer(many=True, read_only=True)

    class Meta:
        model = Brief
        fields = [
            "code",
            "call",
            "closes_at",
            "state",
            "scenario",
            "title_zh",
            "title_en",
            "need_zh",
            "need_en",
            "weeks_min",
            "weeks_max",
            "poc_robots",
            "quantity_min",
            "quantity_max",
            "unit_price_ceiling_cny",
            "budget_cny",
            "published_at",
            "kpis",
        ]


class PocContractSerializer(serializers.ModelSerializer[PocContract]):
    brief = serializers.CharField(source="award.brief.code", read_only=True)
    vendor = serializers.CharField(source="vendor.code", read_only=True)
    city = serializers.CharField(source="city.code", read_only=True)

    class Meta:
        model = PocContract
        fields = [
            "code",
            "brief",
            "city",
            "vendor",
            "state",
            "starts_on",
            "weeks",
            "robots",
            "evidence_kind",
            "criteria",
            "criteria_digest",
            "signed_at",
        ]
