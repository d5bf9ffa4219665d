"""Is the evidence good enough? Pure: a criterion and evidence in, a verdict out."""

from pilots.gate.assessment import assess, overall, preview
from pilots.gate.objections import objections
from pilots.gate.opinions import Dependence, Opinion, dependence, second_opinion
from pilots.gate.terms import (
    Comparator,
    Criterion,
    Day,
    Evidence,
    Law,
    Look,
    LookReading,
    Outcome,
    Overall,
    Reason,
    Roll,
    Verdict,
)

__all__ = [
    "Comparator",
    "Criterion",
    "Day",
    "Dependence",
    "Evidence",
    "Law",
    "Look",
    "LookReading",
    "Opinion",
    "Outcome",
    "Overall",
    "Reason",
    "Roll",
    "Verdict",
    "assess",
    "dependence",
    "objections",
    "overall",
    "preview",
    "second_opinion",
]
