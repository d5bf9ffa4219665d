"""Robots, what they may send, and the ledger of what they sent."""

from robot_bridge.models.ledger import (
    MinuteLedger,
    RobotSession,
    SetAsideMessage,
    SettledSegment,
    StreamHead,
    StreamLedger,
)
from robot_bridge.models.robot import (
    BackfillPermission,
    Credential,
    DeploymentSpan,
    Robot,
)

__all__ = [
    "BackfillPermission",
    "Credential",
    "DeploymentSpan",
    "MinuteLedger",
    "Robot",
    "RobotSession",
    "SetAsideMessage",
    "SettledSegment",
    "StreamHead",
    "StreamLedger",
]
