"""What an official decides: reviewers, cancelling, the award, the contract."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import User
from procurement.models import Submission


class AssignReviewerForm(forms.Form):
    """Reviewers of the submission's own kind, demo or real, not yet assigned."""

    reviewer = forms.ModelChoiceField(User.objects.none(), label=_("Reviewer"))

    def __init__(self, *args: Any, submission: Submission, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reviewer"].queryset = (  # type: ignore[attr-defined]
            User.objects.filter(
                role=Role.REVIEWER,
                is_active=True,
                organisation__is_demo=submission.brief.city.is_demo,
            )
            .exclude(pk__in=submission.assignments.values("reviewer"))
            .select_related("organisation")
            .order_by("organisation__code", "name")
        )
        self.fields["reviewer"].label_from_instance = (  # type: ignore[attr-defined]
            lambda person: f"{person.name} ({person.organisation.name})"
        )

    @property
    def values(self) -> dict[str, Any]:
        return self.cleaned_data


class CancelBriefForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Published with the brief. Submissions not opened stay unread."),
    )

    @property
    def values(self) -> dict[str, Any]:
        return self.cleaned_data


class AwardForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason of the award"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Published, and told to every vendor that took part."),
    )

    @property
    def values(self) -> dict[str, Any]:
        return self.cleaned_data


class DraftContractForm(forms.Form):
    """When the POC starts; all other terms come from brief and plan."""

    starts_on = forms.DateField(
        label=_("Starts on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The KPIs of the brief are frozen into the contract."),
    )

    def __init__(self, *args: Any, is_demo: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_demo = is_demo

    def clean_starts_on(self) -> Any:
        starts_on = self.cleaned_data["starts_on"]
        if starts_on < timezone.localdate() and not self.is_demo:
            raise forms.ValidationError(_("A contract starts today or later."))
        return starts_on

    @property
    def values(self) -> dict[str, Any]:
        return self.cleaned_data
