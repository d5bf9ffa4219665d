"""A vendor's plan and milestones."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from procurement.enums import Interface
from procurement.forms.rows import RowFormSet
from procurement.models import PlanMilestone, Submission, TechnicalPlan
from procurement.rules.plans import PLAN_HEADINGS
from procurement.workflow.checks import PLAN_FIELDS

LONG = (
    "summary",
    "scenario_fit",
    "approach",
    "data_needed",
    "site_needs",
    "safety_concept",
    "service_concept",
    "software_policy",
)


class PlanForm(forms.ModelForm):
    """A draft may be saved with gaps; submitting lists what is missing."""

    interfaces = forms.MultipleChoiceField(
        label=_("Interfaces"),
        choices=Interface.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("How the robots report and take orders."),
    )

    class Meta:
        model = TechnicalPlan
        fields = list(PLAN_FIELDS)
        help_texts = {
            "scenario_fit": _(
                "Go through the brief: which step is done by the robot, and how each "
                "KPI is reached."
            ),
            "approach": _("Perception, control, end effector, fleet, and its limits."),
            "data_needed": _("Maps, orders, signals: what the site must give, when."),
            "site_needs": _("Power, network, floor, space, people."),
            "safety_concept": _(
                "E-stop, separation from people, hazards and what is done about each."
            ),
            "service_concept": _(
                "Engineers on site, spare parts, and repairs in under 30 minutes."
            ),
            "software_policy": _(
                "When software changes during the POC, and how it is rolled back."
            ),
            "unit_price_cny": _("Per robot in volume; below the ceiling of the brief."),
        }
        widgets = {name: forms.Textarea(attrs={"rows": 5}) for name in LONG}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, _heading in PLAN_HEADINGS:
            self.fields[name].needed_later = _("(needed to submit)")  # type: ignore[attr-defined]

    @property
    def values(self) -> dict[str, Any]:
        return self.cleaned_data


class MilestoneForm(forms.Form):
    title = forms.CharField(label=_("Milestone"), max_length=200)
    weeks = forms.IntegerField(label=_("Weeks"), min_value=1, max_value=12)
    deliverable = forms.CharField(
        label=_("Deliverable"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    acceptance = forms.CharField(
        label=_("How it is accepted"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class MilestoneRows(RowFormSet):
    @property
    def total_weeks(self) -> int:
        return sum(row.get("weeks") or 0 for row in self.values)


MilestoneFormSet = forms.formset_factory(
    MilestoneForm, formset=MilestoneRows, extra=1, can_delete=True, max_num=12
)


def milestone_rows(submission: Submission) -> list[dict[str, Any]]:
    """Return a submission's milestones as a formset's initial rows."""
    rows = PlanMilestone.objects.filter(submission=submission).order_by("number")
    return list(rows.values(*MilestoneForm.base_fields))
