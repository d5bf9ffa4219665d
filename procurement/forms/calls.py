"""Programmes, sites, calls and their review criteria."""

import zoneinfo
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from procurement.forms.rows import RowFormSet
from procurement.models import Call, Programme, ReviewCriterion, Site
from procurement.rules.briefs import FULL_WEIGHT


def moment_field(**options: Any) -> forms.DateTimeField:
    """Make a field for a moment in Beijing time, with the browser's own picker."""
    widget = forms.DateTimeInput(
        attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
    )
    return forms.DateTimeField(widget=widget, **options)


class ProgrammeForm(forms.ModelForm):
    class Meta:
        model = Programme
        fields = ["title_zh", "title_en", "objective_zh", "objective_en"]
        widgets = {
            "objective_zh": forms.Textarea(attrs={"rows": 3}),
            "objective_en": forms.Textarea(attrs={"rows": 3}),
        }

    @property
    def values(self) -> dict[str, Any]:
        return self.cleaned_data


class SiteForm(forms.ModelForm):
    class Meta:
        model = Site
        fields = [
            "name_zh",
            "name_en",
            "host_zh",
            "host_en",
            "environment",
            "address",
            "constraints_zh",
            "constraints_en",
            "timezone",
        ]
        help_texts = {
            "host_zh": _("The enterprise on whose premises the robots work."),
            "constraints_zh": _(
                "Floor, gradients, doors, wireless cover, people nearby, hours of work."
            ),
            "timezone": _("Operational days begin at midnight here."),
        }
        widgets = {
            "constraints_zh": forms.Textarea(attrs={"rows": 3}),
            "constraints_en": forms.Textarea(attrs={"rows": 3}),
        }

    def clean_timezone(self) -> str:
        name: str = self.cleaned_data["timezone"]
        if name not in zoneinfo.available_timezones():
            raise forms.ValidationError(
                _("%(name)s is not a time zone; write one such as Asia/Shanghai.")
                % {"name": name}
            )
        return name

    @property
    def values(self) -> dict[str, Any]:
        return self.cleaned_data


class CallForm(forms.ModelForm):
    opens_at = moment_field(label=_("Submissions open"), help_text=_("Beijing time."))
    closes_at = moment_field(
        label=_("Deadline"),
        help_text=_("Beijing time. What arrives at this moment or later is too late."),
    )

    class Meta:
        model = Call
        fields = [
            "programme",
            "batch_no",
            "title_zh",
            "title_en",
            "opens_at",
            "closes_at",
        ]
        labels = {"programme": _("Programme")}

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Programme.objects.visible_to(by)
        self.fields["programme"].queryset = own  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or self.cleaned_data
        opens_at, closes_at = clean.get("opens_at"), clean.get("closes_at")
        if closes_at and closes_at <= timezone.now():
            self.add_error("closes_at", _("The deadline must lie in the future."))
        elif opens_at and closes_at and closes_at <= opens_at:
            self.add_error(
                "closes_at",
                _("The deadline must lie after the opening of submissions."),
            )
        return clean

    @property
    def values(self) -> dict[str, Any]:
        return self.cleaned_data


class DeadlineForm(forms.Form):
    """A later deadline, and why."""

    closes_at = moment_field(label=_("New deadline"), help_text=_("Beijing time."))
    reason = forms.CharField(
        label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2})
    )

    @property
    def values(self) -> dict[str, Any]:
        return self.cleaned_data


class CriterionForm(forms.ModelForm):
    class Meta:
        model = ReviewCriterion
        fields = [
            "title_zh",
            "title_en",
            "guidance_zh",
            "guidance_en",
            "weight",
            "max_points",
        ]
        widgets = {
            "guidance_zh": forms.Textarea(attrs={"rows": 2}),
            "guidance_en": forms.Textarea(attrs={"rows": 2}),
        }


class CriterionRows(RowFormSet):
    def clean(self) -> None:
        if any(self.errors):
            return
        total = sum(row["weight"] for row in self.values)
        if total != FULL_WEIGHT:
            raise forms.ValidationError(
                _("The weights add up to %(total)s percent; they must make 100.")
                % {"total": total}
            )


CriterionFormSet = forms.formset_factory(
    CriterionForm, formset=CriterionRows, extra=0, can_delete=True, max_num=12
)


def criterion_rows(call: Call) -> list[dict[str, Any]]:
    """Return a call's criteria as a formset's initial rows."""
    return list(call.criteria.values(*CriterionForm.Meta.fields))
