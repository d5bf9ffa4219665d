"""The brief editor and its KPI rows."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from kpis.engine.definition import CATALOGUE, Kpi, Law
from kpis.reports import unit_word
from kpis.services import title_of, title_of_key
from procurement.enums import Comparator
from procurement.forms.rows import RowFormSet
from procurement.models import Brief, BriefKpi, Site


class BriefForm(forms.ModelForm):
    """A draft may be saved with gaps; publishing says what is missing."""

    class Meta:
        model = Brief
        fields = [
            "route",
            "scenario",
            "title_zh",
            "title_en",
            "site",
            "need_zh",
            "need_en",
            "baseline_zh",
            "baseline_en",
            "novelty_zh",
            "novelty_en",
            "poc_robots",
            "weeks_min",
            "weeks_max",
            "compensation_cap_cny",
            "budget_line",
            "budget_cny",
            "quantity_min",
            "quantity_max",
            "unit_price_ceiling_cny",
        ]
        help_texts = {
            "route": _(
                "Cooperative innovation (财库〔2024〕13号) is for what must still be "
                "developed; existing products are tried in a scenario pilot."
            ),
            "need_zh": _("What the robots are to do, how often, and for whom."),
            "baseline_zh": _(
                "How the work is done today: people, time, cost, faults. "
                "The pilot is measured beside it."
            ),
            "novelty_zh": _("For cooperative innovation only (article 2)."),
            "weeks_min": _("A proof of concept lasts 8 to 12 weeks."),
            "weeks_max": _("A proof of concept lasts 8 to 12 weeks."),
            "compensation_cap_cny": _(
                "The most that is paid for the POC; required for cooperative "
                "innovation (article 12)."
            ),
            "budget_line": _(
                "The budget that pays the volume order if the gate is passed; a pilot "
                "without one leads nowhere."
            ),
            "quantity_min": _("Robots bought if every KPI is met."),
            "unit_price_ceiling_cny": _("No plan may ask for more per robot."),
        }
        widgets = {
            name: forms.Textarea(attrs={"rows": 4})
            for name in (
                "need_zh",
                "need_en",
                "baseline_zh",
                "baseline_en",
                "novelty_zh",
                "novelty_en",
            )
        }

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Site.objects.visible_to(by)
        self.fields["site"].queryset = own  # type: ignore[attr-defined]

    @property
    def values(self) -> dict[str, Any]:
        return self.cleaned_data


def comparator_of(kpi: Kpi) -> Comparator:
    return Comparator.AT_LEAST if kpi.better == "higher" else Comparator.AT_MOST


def kpi_label(kpi: Kpi) -> str:
    """Name a KPI with the way it points and its unit, as "MTBF, at least, hours"."""
    parts = [title_of(kpi), str(comparator_of(kpi).label)]
    return ", ".join(parts if kpi.unit == "1" else [*parts, unit_word(kpi.unit)])


def kpi_choices(offered: Mapping[str, Kpi] = CATALOGUE) -> list[tuple[str, str]]:
    return [("", "—")] + [(key, kpi_label(kpi)) for key, kpi in offered.items()]


class KpiForm(forms.Form):
    """One KPI; which way it is compared follows from its definition.

    `offered`: what the brief may name, the catalogue where not said.
    """

    kpi = forms.ChoiceField(label=_("KPI"), choices=kpi_choices)
    minimum = forms.DecimalField(
        label=_("Minimum"),
        max_digits=18,
        decimal_places=6,
        help_text=_("What must be shown; shares are written from 0 to 1."),
    )
    target = forms.DecimalField(
        label=_("Target"),
        max_digits=18,
        decimal_places=6,
        help_text=_("What the robot is designed for; stricter than the minimum."),
    )
    window_days = forms.IntegerField(
        label=_("Window, days"), min_value=1, max_value=84, initial=56
    )
    coverage_min = forms.DecimalField(
        label=_("Least coverage"),
        min_value=Decimal("0.01"),
        max_value=1,
        max_digits=5,
        decimal_places=4,
        initial=Decimal("0.9"),
        help_text=_("The share of data that must have arrived, from 0 to 1."),
    )
    tasks_per_day = forms.IntegerField(
        label=_("Tasks a day"),
        min_value=1,
        required=False,
        help_text=_("For rates of tasks; the planner needs it."),
    )
    mandatory = forms.BooleanField(label=_("Mandatory"), required=False, initial=True)

    def __init__(
        self, *args: Any, offered: Mapping[str, Kpi] = CATALOGUE, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offered = offered
        chosen: Any = self.fields["kpi"]
        chosen.choices = kpi_choices(offered)

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or {}
        kpi = self.offered.get(clean.get("kpi", ""))
        if kpi is None:
            return clean
        clean["comparator"] = comparator_of(kpi)
        if clean.get("mandatory") and kpi.law is Law.SHOWN:
            self.add_error(
                "mandatory", _("This KPI is shown, never decided on; untick it.")
            )
        minimum, target = clean.get("minimum"), clean.get("target")
        if minimum is not None and target is not None:
            rises = kpi.better == "higher"
            if (target <= minimum) if rises else (target >= minimum):
                self.add_error(
                    "target",
                    _("The target must lie above the minimum.")
                    if rises
                    else _("The target must lie below the minimum."),
                )
        return clean


class KpiRows(RowFormSet):
    def clean(self) -> None:
        if any(self.errors):
            return
        keys = [row["kpi"] for row in self.values]
        for key in sorted({key for key in keys if keys.count(key) > 1}):
            raise forms.ValidationError(
                _("%(kpi)s stands here twice; a brief names each KPI once.")
                % {"kpi": title_of_key(key)}
            )


KpiFormSet = forms.formset_factory(
    KpiForm, formset=KpiRows, extra=1, can_delete=True, max_num=20
)


def kpi_rows(brief: Brief) -> list[dict[str, Any]]:
    """Return a brief's KPIs as a formset's initial rows."""
    fields = [name for name in KpiForm.base_fields if name != "comparator"]
    return [
        {name: plain(value) for name, value in row.items()}
        for row in BriefKpi.objects.filter(brief=brief).values(*fields)
    ]


def plain(value: Any) -> Any:
    """Drop the zeros a decimal column adds."""
    if not isinstance(value, Decimal):
        return value
    return value.quantize(Decimal(1)) if value == int(value) else value.normalize()
