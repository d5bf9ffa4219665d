"""The closed lists of pilots; stored values never change."""

from typing import Final

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class PilotState(TextChoices):
    PLANNED = "planned", pgettext_lazy("pilot", "Planned")
    RUNNING = "running", pgettext_lazy("pilot", "Running")
    IN_REVIEW = "in_review", pgettext_lazy("pilot", "In gate review")
    PROMOTED = "promoted", pgettext_lazy("pilot", "Promoted to volume")
    REFUSED = "refused", pgettext_lazy("pilot", "Refused")
    CLOSED = "closed", pgettext_lazy("pilot", "Closed")


class MilestoneState(TextChoices):
    SCHEDULED = "scheduled", pgettext_lazy("milestone", "Scheduled")
    MET = "met", pgettext_lazy("milestone", "Met")
    NOT_MET = "not_met", pgettext_lazy("milestone", "Not met")


class GateOutcome(TextChoices):
    PASS = "pass", pgettext_lazy("gate", "Pass")
    FAIL = "fail", pgettext_lazy("gate", "Fail")
    NOT_ENOUGH_EVIDENCE = (
        "not_enough_evidence",
        pgettext_lazy("gate", "Not enough evidence"),
    )


class GateStep(TextChoices):
    """The three signatures under a gate review, in this order."""

    RECOMMEND = "recommend", pgettext_lazy("gate", "Recommendation")
    DECIDE = "decide", pgettext_lazy("gate", "Decision")
    APPROVE = "approve", pgettext_lazy("gate", "Approval")


class GateAnswer(TextChoices):
    """Yes: volume may follow. No: it may not, on this evidence."""

    YES = "yes", pgettext_lazy("gate", "Yes, volume may follow")
    NO = "no", pgettext_lazy("gate", "No")


class TrancheState(TextChoices):
    ORDERED = "ordered", pgettext_lazy("tranche", "Ordered")
    DELIVERED = "delivered", pgettext_lazy("tranche", "Delivered")


# A stage's gate unlocks so many robots; each stage needs a gate of its own.
QUANTITY_OF_STAGE: Final = {1: 1, 2: 10, 3: 100, 4: 1000}
