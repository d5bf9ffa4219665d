"""A brief written part by part, so that each page asks one kind of thing."""

from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from procurement.enums import CallState
from procurement.forms.briefs import BriefForm
from procurement.models import Call
from procurement.rules.briefs import BRIEF_HEADINGS, VOLUME_HEADINGS


@dataclass(frozen=True, slots=True)
class BriefPart:
    """One page of the brief editor: its name, title and fields."""

    key: str
    title: str | Promise
    fields: tuple[str, ...]


KPI_PART: Final = "kpis"
BRIEF_PARTS: Final = (
    BriefPart(
        "scenario",
        _("Scenario and site"),
        ("route", "scenario", "title_zh", "title_en", "site"),
    ),
    BriefPart(
        "need",
        _("Need and today's process"),
        (
            "need_zh",
            "need_en",
            "baseline_zh",
            "baseline_en",
            "novelty_zh",
            "novelty_en",
        ),
    ),
    BriefPart(KPI_PART, _("KPIs with minimum and target"), ("kpis",)),
    BriefPart(
        "poc",
        _("Proof of concept"),
        ("poc_robots", "weeks_min", "weeks_max", "compensation_cap_cny"),
    ),
    BriefPart(
        "volume",
        _("Volume and budget"),
        (
            "budget_line",
            "budget_cny",
            "quantity_min",
            "quantity_max",
            "unit_price_ceiling_cny",
        ),
    ),
)
NEEDED: Final = {name for name, _title in (*BRIEF_HEADINGS, *VOLUME_HEADINGS)}
STARTING: Final = (CallState.DRAFT, CallState.OPEN)


class BriefPartForm(BriefForm):
    """The fields of one part and no others."""

    def __init__(self, *args: Any, by: User, part: BriefPart, **kwargs: Any) -> None:
        super().__init__(*args, by=by, **kwargs)
        for name in set(self.fields) - set(part.fields):
            del self.fields[name]
        for name in NEEDED & set(self.fields):
            self.fields[name].needed_later = _("(needed to publish)")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or self.cleaned_data
        shortest, longest = clean.get("weeks_min"), clean.get("weeks_max")
        if shortest and longest and shortest > longest:
            self.add_error(
                "weeks_max", _("The longest POC cannot be shorter than the shortest.")
            )
        return clean


class NewBriefForm(BriefPartForm):
    """The call, and the first part."""

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, by=by, part=BRIEF_PARTS[0], **kwargs)
        open_calls = Call.objects.visible_to(by).filter(state__in=STARTING)
        field = forms.ModelChoiceField(
            open_calls.select_related("programme").order_by("-opens_at"),
            label=_("Call"),
            help_text=_("The batch whose deadline the brief shares."),
        )
        self.fields = {"call": field, **self.fields}

    @property
    def calls(self) -> list[Call]:
        """The calls a brief can still be written for, the latest first."""
        field = self.fields["call"]
        return list(field.queryset)  # type: ignore[attr-defined]

    @property
    def values(self) -> dict[str, Any]:
        return {
            name: value for name, value in self.cleaned_data.items() if name != "call"
        }
