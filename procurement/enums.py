"""The closed lists of procurement; stored values never change."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CallState(TextChoices):
    DRAFT = "draft", _("Draft")
    OPEN = "open", _("Open for submissions")
    CLOSED = "closed", _("Closed")
    OPENED = "opened", _("Submissions opened")


class BriefState(TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    CLOSED = "closed", _("Closed")
    IN_REVIEW = "in_review", _("In review")
    AWARDED = "awarded", _("Awarded")
    CANCELLED = "cancelled", _("Cancelled")


class SubmissionState(TextChoices):
    DRAFT = "draft", _("Draft, not submitted")
    SUBMITTED = "submitted", _("Submitted")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    OPENED = "opened", _("Opened")
    INVALID = "invalid", _("Invalid")
    AWARDED = "awarded", _("Awarded")
    NOT_AWARDED = "not_awarded", _("Not awarded")


class AssignmentState(TextChoices):
    ASSIGNED = "assigned", _("Declaration due")
    CLEARED = "cleared", _("Reading and scoring")
    BARRED = "barred", _("Barred by a conflict of interest")
    FINISHED = "finished", _("Review finished")


class ContractState(TextChoices):
    DRAFT = "draft", _("Draft")
    VENDOR_SIGNED = "vendor_signed", _("Signed by the vendor")
    SIGNED = "signed", _("Signed by both sides")


class Route(TextChoices):
    """How the purchase is made; the law differs by it."""

    SCENARIO_PILOT = "scenario_pilot", _("Scenario pilot")
    COOPERATIVE_INNOVATION = (
        "cooperative_innovation",
        _("Cooperative innovation procurement"),
    )


class Scenario(TextChoices):
    INTRALOGISTICS = "intralogistics", _("Intralogistics")
    LINE_SIDE_DELIVERY = "line_side_delivery", _("Line-side delivery")
    QUALITY_INSPECTION = "quality_inspection", _("Quality inspection")
    HUMAN_ROBOT_COLLABORATION = (
        "human_robot_collaboration",
        _("Human-robot collaboration"),
    )
    FACILITY_INSPECTION = "facility_inspection", _("Facility inspection")
    SANITATION = "sanitation", _("Sanitation")
    EMERGENCY_RESPONSE = "emergency_response", _("Emergency response drill")
    ELDERCARE_ASSISTANCE = "eldercare_assistance", _("Eldercare assistance")


class Environment(TextChoices):
    FACTORY_LINE = "factory_line", _("Factory line")
    WAREHOUSE = "warehouse", _("Warehouse")
    PUBLIC_FACILITY = "public_facility", _("Public facility")
    OUTDOOR_PUBLIC = "outdoor_public", _("Outdoor public space")
    CARE_HOME = "care_home", _("Care home")
    LABORATORY = "laboratory", _("Laboratory")


class Comparator(TextChoices):
    AT_LEAST = "at_least", _("at least")
    AT_MOST = "at_most", _("at most")


class Interface(TextChoices):
    VDA5050 = "vda5050", _("VDA 5050")
    NATIVE = "native", _("Native telemetry batches")
    OPC_UA = "opc_ua", _("OPC UA")
    MQTT = "mqtt", _("MQTT")
    ROS2 = "ros2", _("ROS 2")
    REST = "rest", _("REST API")


class ContractEvidence(TextChoices):
    """The evidence a contract's gates accept; sim only in a demo organisation."""

    LIVE = "live", _("Live operation")
    SIM = "sim", _("Simulation")


class ConflictGround(TextChoices):
    EMPLOYMENT = "employment", _("Employed by the vendor, now or in three years past")
    SHAREHOLDING = "shareholding", _("Holds shares or options of the vendor")
    FAMILY = "family", _("Family tie with the vendor's people")
    COOPERATION = "cooperation", _("Works with the vendor on a project or placement")
    OTHER = "other", _("Another circumstance that may sway the judgement")


class RegistrationState(TextChoices):
    """Where a vendor stands that registered itself."""

    WAITING = "waiting", pgettext_lazy("vendor", "Waits to be accepted")
    ACCEPTED = "accepted", pgettext_lazy("vendor", "Accepted")
    REFUSED = "refused", pgettext_lazy("vendor", "Refused")
