"""What people type in procurement, made clean for the services.

Every form has `values`: the mapping its service takes. A formset's `values` is the list
of its rows that are filled in and not marked for deletion.
"""

from procurement.forms.brief_parts import (
    BRIEF_PARTS,
    KPI_PART,
    BriefPart,
    BriefPartForm,
    NewBriefForm,
)
from procurement.forms.briefs import BriefForm, KpiFormSet, kpi_rows
from procurement.forms.calls import (
    CallForm,
    CriterionFormSet,
    DeadlineForm,
    ProgrammeForm,
    SiteForm,
    criterion_rows,
)
from procurement.forms.decisions import (
    AssignReviewerForm,
    AwardForm,
    CancelBriefForm,
    DraftContractForm,
)
from procurement.forms.reviews import (
    ConflictDeclarationForm,
    ScoreForm,
    score_forms,
)
from procurement.forms.submissions import MilestoneFormSet, PlanForm, milestone_rows

__all__ = [
    "BRIEF_PARTS",
    "KPI_PART",
    "AssignReviewerForm",
    "AwardForm",
    "BriefForm",
    "BriefPart",
    "BriefPartForm",
    "CallForm",
    "CancelBriefForm",
    "ConflictDeclarationForm",
    "CriterionFormSet",
    "DeadlineForm",
    "DraftContractForm",
    "KpiFormSet",
    "MilestoneFormSet",
    "NewBriefForm",
    "PlanForm",
    "ProgrammeForm",
    "ScoreForm",
    "SiteForm",
    "criterion_rows",
    "kpi_rows",
    "milestone_rows",
    "score_forms",
]
