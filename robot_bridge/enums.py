"""The fixed words of robots and their messages."""

from typing import Final

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

    @property
    def advice(self) -> str:
        """Say what would be right, in the reader's language."""
        return str(ADVICE[self])


ADVICE: Final = {
    SetAsideReason.MALFORMED: _(
        "Compare the message with the sample beside the robot's credential, put right "
        "what the detail names, and send it again."
    ),
    SetAsideReason.TOO_LARGE: _("Split the batch and send each part as its own."),
    SetAsideReason.UNKNOWN_TOPIC: _(
        "Send to the topics listed beside the robot's credential."
    ),
    SetAsideReason.UNKNOWN_METRIC: _(
        "Leave the metric out or use a known one, and send the batch again."
    ),
    SetAsideReason.UNKNOWN_EVENT: _(
        "Send the event with a known kind and value; the detail names them."
    ),
    SetAsideReason.IDENTITY_MISMATCH: _(
        "A sender used this robot's name without its credential. If it was yours, "
        "send under the robot's own name; if not, issue a new credential."
    ),
    SetAsideReason.UNKNOWN_ROBOT: _(
        "Enrol the robot with this serial number first, then send again."
    ),
    SetAsideReason.CREDENTIAL_REVOKED: _(
        "Issue a new credential for the robot, set it up there, and send again."
    ),
    SetAsideReason.SEQ_CONFLICT: _(
        "Number every message once within a session; begin a new session after a "
        "restart that lost count. Neither of the two counts."
    ),
    SetAsideReason.FUTURE: _("Set the robot's clock, by NTP if it can be."),
    SetAsideReason.TOO_OLD: _(
        "Ask the city for leave to send data of so long ago, then send again."
    ),
    SetAsideReason.ADAPTER_FAILED: _(
        "The message is kept. Tell those who run the platform; it is theirs to mend."
    ),
}
