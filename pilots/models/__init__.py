"""Pilots, their gates, and the volume that follows."""

from pilots.models.dossier import GateDossier
from pilots.models.gate import (
    Gate,
    GateLook,
    GateOverride,
    GateReview,
    GateSignature,
    GateVerdict,
)
from pilots.models.pilot import (
    Deployment,
    Exclusion,
    Pilot,
    PilotMilestone,
    ReviewerAssignment,
    Shift,
)
from pilots.models.tranche import VolumeTranche

__all__ = [
    "Deployment",
    "Exclusion",
    "Gate",
    "GateDossier",
    "GateLook",
    "GateOverride",
    "GateReview",
    "GateSignature",
    "GateVerdict",
    "Pilot",
    "PilotMilestone",
    "ReviewerAssignment",
    "Shift",
    "VolumeTranche",
]
