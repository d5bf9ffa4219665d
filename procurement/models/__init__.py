from procurement.models.brief import Brief, BriefKpi, Site
from procurement.models.call import Call, Programme, ReviewCriterion
from procurement.models.contract import Award, PocContract
from procurement.models.review import Assignment, ConflictDeclaration, Score
from procurement.models.submission import (
    OpeningMinutes,
    PlanMilestone,
    Submission,
    TechnicalPlan,
)
from procurement.models.vendor import VendorRegistration

__all__ = [
    "Assignment",
    "Award",
    "Brief",
    "BriefKpi",
    "Call",
    "ConflictDeclaration",
    "OpeningMinutes",
    "PlanMilestone",
    "PocContract",
    "Programme",
    "ReviewCriterion",
    "Score",
    "Site",
    "Submission",
    "TechnicalPlan",
    "VendorRegistration",
]
