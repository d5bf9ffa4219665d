"""The fixed words of robots and their messages."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RobotProtocol(TextChoices):
    """The protocol a robot is enrolled with; the values are the adapters' names."""

    NATIVE = "native", _("Pilotgate batches")
    VDA5050 = "vda5050", "VDA 5050"


class EvidenceKind(TextChoices):
    """Labels of `telemetry.Evidence`, value by value."""

    LIVE = "live", _("Live operation")
    TESTBED = "testbed", _("Testbed")
    SIM = "sim", _("Simulation")
    RECORDED = "recorded", _("Recording")
    SHOWCASE = "showcase", _("Showcase")


class SetAsideReason(TextChoices):
    """Why a message's rows do not count."""

    MALFORMED = "malformed", _("The message cannot be read")
    TOO_LARGE = "too_large", _("The message is too large")
    UNKNOWN_TOPIC = "unknown_topic", _("No adapter reads this topic")
    UNKNOWN_METRIC = "unknown_metric", _("A metric is not known")
    UNKNOWN_EVENT = "unknown_event", _("An event is not known")
    IDENTITY_MISMATCH = "identity_mismatch", _("The sender is not the robot named")
    UNKNOWN_ROBOT = "unknown_robot", _("No such robot is registered")
    CREDENTIAL_REVOKED = "credential_revoked", _("The robot had no valid credential")
    SEQ_CONFLICT = "seq_conflict", _("Two messages bear the same number")
    FUTURE = "future", _("The rows lie in the future")
    TOO_OLD = "too_old", _("The rows are too old to enter without a permission")
    ADAPTER_FAILED = "adapter_failed", _("The platform failed to read the message")
