"""Procurement as programs read it, and what they may ask."""

from decimal import Decimal
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers

from procurement.enums import BriefState, CallState, ConflictGround
from procurement.models import (
    Assignment,
    Award,
    Brief,
    BriefKpi,
    Call,
    ConflictDeclaration,
    OpeningMinutes,
    PlanMilestone,
    PocContract,
    Programme,
    ReviewCriterion,
    Score,
    Submission,
    TechnicalPlan,
)
from procurement.workflow.checks import PLAN_FIELDS

MOST_MILESTONES: Final = 12


class ProgrammeSerializer(serializers.ModelSerializer[Programme]):
    city = serializers.CharField(source="city.code", read_only=True)

    class Meta:
        model = Programme
        fields = [
            "code",
            "city",
            "title_zh",
            "title_en",
            "objective_zh",
            "objective_en",
        ]


class ReviewCriterionSerializer(serializers.ModelSerializer[ReviewCriterion]):
    class Meta:
        model = ReviewCriterion
        fields = [
            "number",
            "title_zh",
            "title_en",
            "guidance_zh",
            "guidance_en",
            "weight",
            "max_points",
        ]


class CallSerializer(serializers.ModelSerializer[Call]):
    programme = serializers.CharField(source="programme.code", read_only=True)
    city = serializers.CharField(source="city.code", read_only=True)
    criteria = ReviewCriterionSerializer(many=True, read_only=True)

    class Meta:
        model = Call
        fields = [
            "code",
            "programme",
            "city",
            "batch_no",
            "title_zh",
            "title_en",
            "state",
            "opens_at",
            "closes_at",
            "closed_at",
            "opened_at",
            "criteria",
        ]


class CallWriteSerializer(serializers.Serializer[Call]):
    """A call as it is drafted; its programme is named by its code."""

    programme = serializers.CharField()
    batch_no = serializers.IntegerField(min_value=1, max_value=32767)
    title_zh = serializers.CharField(max_length=200)
    title_en = serializers.CharField(max_length=200)
    opens_at = serializers.DateTimeField()
    closes_at = serializers.DateTimeField()

    def validate_closes_at(self, value: Any) -> Any:
        if value <= timezone.now():
            raise serializers.ValidationError(_("The deadline must lie in the future."))
        return value


class DeadlineSerializer(serializers.Serializer[Call]):
    closes_at = serializers.DateTimeField()
    reason = serializers.CharField()


class CallMoveSerializer(serializers.Serializer[Call]):
    target = serializers.ChoiceField(
        choices=[CallState.OPEN, CallState.CLOSED, CallState.OPENED]
    )


class OpeningMinutesSerializer(serializers.ModelSerializer[OpeningMinutes]):
    """`entries`: submission, vendor, time, state and content digest of each."""

    entries = serializers.ListField(child=serializers.DictField(), read_only=True)

    class Meta:
        model = OpeningMinutes
        fields = ["opened_at", "received", "entries", "digest"]


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


class BriefMoveSerializer(serializers.Serializer[Brief]):
    """A cancelled brief states its reason."""

    target = serializers.ChoiceField(
        choices=[BriefState.PUBLISHED, BriefState.CANCELLED]
    )
    reason = serializers.CharField(required=False, default="", allow_blank=True)


class RankSerializer(serializers.Serializer[Any]):
    """A submission with its weighted scores of 100; `mean` is null before a review."""

    submission = serializers.CharField(source="submission.code")
    vendor = serializers.CharField(source="submission.vendor.code")
    state = serializers.CharField(source="submission.state")
    scores = serializers.ListField(
        child=serializers.DecimalField(max_digits=5, decimal_places=2)
    )
    mean = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True)


class ReviewerLoadSerializer(serializers.Serializer[Any]):
    """Who could be asked; `barred_from`: vendors of this brief with a declared tie."""

    id = serializers.IntegerField(source="reviewer.pk")
    name = serializers.CharField(source="reviewer.name")
    institute = serializers.CharField(source="reviewer.organisation.code")
    waiting = serializers.IntegerField()
    finished = serializers.IntegerField()
    on_brief = serializers.IntegerField()
    barred_from = serializers.ListField(child=serializers.CharField())


class TechnicalPlanSerializer(serializers.ModelSerializer[TechnicalPlan]):
    """All may be left out while it is a draft; submitting lists what is missing."""

    class Meta:
        model = TechnicalPlan
        fields = list(PLAN_FIELDS)
        extra_kwargs = {
            "robots": {"min_value": 1},
            "poc_price_cny": {"min_value": Decimal(0)},
            "unit_price_cny": {"min_value": Decimal("0.01")},
        }


class PlanMilestoneSerializer(serializers.ModelSerializer[PlanMilestone]):
    class Meta:
        model = PlanMilestone
        fields = ["number", "title", "weeks", "deliverable", "acceptance"]
        read_only_fields = ["number"]
        extra_kwargs = {"weeks": {"min_value": 1, "max_value": 12}}


class SubmissionContentSerializer(serializers.Serializer[Submission]):
    """What is written; milestones, when given, replace those there were."""

    plan = TechnicalPlanSerializer(required=False)
    milestones = PlanMilestoneSerializer(
        many=True,
        required=False,
        max_length=MOST_MILESTONES,  # type: ignore[call-arg]
    )


class SubmissionWriteSerializer(SubmissionContentSerializer):
    brief = serializers.CharField()


class SubmissionSerializer(serializers.ModelSerializer[Submission]):
    """Plan and milestones are null for whoever may not read them, or not yet."""

    brief = serializers.CharField(source="brief.code", read_only=True)
    vendor = serializers.CharField(source="vendor.code", read_only=True)
    plan = TechnicalPlanSerializer(read_only=True, allow_null=True)
    milestones = PlanMilestoneSerializer(many=True, read_only=True, allow_null=True)

    class Meta:
        model = Submission
        fields = [
            "code",
            "brief",
            "vendor",
            "state",
            "saved_at",
            "submitted_at",
            "opened_at",
            "content_digest",
            "invalid_rule",
            "invalid_reason",
            "plan",
            "milestones",
        ]

    def to_representation(self, instance: Submission) -> dict[str, Any]:
        told = super().to_representation(instance)
        if told["plan"] is None:
            told["milestones"] = None
        return told


class ReasonSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(required=False, default="", allow_blank=True)


class RuleProblemSerializer(serializers.Serializer[Any]):
    """One thing that stands in the way: the rule, the field, and a sentence."""

    rule = serializers.CharField()
    field = serializers.CharField(allow_blank=True)
    sentence = serializers.CharField()


class AssignSerializer(serializers.Serializer[Assignment]):
    """`reviewer`: an id from the reviewers of the brief."""

    reviewer = serializers.IntegerField(min_value=1)


class ConflictDeclarationSerializer(serializers.ModelSerializer[ConflictDeclaration]):
    """A conflict names its ground; the declaration is kept and never changed."""

    ground = serializers.ChoiceField(
        choices=ConflictGround.choices, required=False, default="", allow_blank=True
    )

    class Meta:
        model = ConflictDeclaration
        fields = ["has_conflict", "ground", "statement", "declared_at"]
        read_only_fields = ["declared_at"]
        extra_kwargs = {"has_conflict": {"required": True}}


class ScoreSerializer(serializers.ModelSerializer[Score]):
    """`criterion`: its number in the call; the scale is the criterion's."""

    criterion = serializers.IntegerField(source="criterion.number")

    class Meta:
        model = Score
        fields = ["criterion", "points", "comment"]
        extra_kwargs = {"points": {"min_value": Decimal(0)}}


class ScoreSheetSerializer(serializers.Serializer[Assignment]):
    """The scores given so far; those left out stay as they are."""

    scores = ScoreSerializer(many=True, allow_empty=False)


class AssignmentSerializer(serializers.ModelSerializer[Assignment]):
    """Scores of others are told once their review is finished."""

    submission = serializers.CharField(source="submission.code", read_only=True)
    brief = serializers.CharField(source="submission.brief.code", read_only=True)
    vendor = serializers.CharField(source="submission.vendor.code", read_only=True)
    reviewer = serializers.CharField(source="reviewer.name", read_only=True)
    declaration = ConflictDeclarationSerializer(read_only=True, allow_null=True)
    scores = ScoreSerializer(many=True, read_only=True)

    class Meta:
        model = Assignment
        fields = [
            "code",
            "submission",
            "brief",
            "vendor",
            "reviewer",
            "state",
            "assigned_at",
            "finished_at",
            "declaration",
            "scores",
        ]


class AwardSerializer(serializers.ModelSerializer[Award]):
    brief = serializers.CharField(source="brief.code", read_only=True)
    submission = serializers.CharField(source="submission.code", read_only=True)
    vendor = serializers.CharField(source="vendor.code", read_only=True)

    class Meta:
        model = Award
        fields = [
            "code",
            "brief",
            "submission",
            "vendor",
            "score",
            "reason",
            "awarded_at",
        ]


class AwardWriteSerializer(serializers.Serializer[Award]):
    """The reason is published."""

    submission = serializers.CharField()
    reason = serializers.CharField()


class ContractDraftSerializer(serializers.Serializer[PocContract]):
    starts_on = serializers.DateField()


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
