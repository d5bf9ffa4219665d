"""The conflict declaration and the scoring sheet."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from procurement.enums import ConflictGround
from procurement.models import Assignment, ReviewCriterion


class ConflictDeclarationForm(forms.Form):
    """Neither answer is given beforehand; a conflict names its ground."""

    has_conflict = forms.TypedChoiceField(
        label=_("Is there a conflict of interest between you and this vendor?"),
        choices=[("no", _("No, there is none")), ("yes", _("Yes, there is one"))],
        coerce=lambda answer: answer == "yes",
        widget=forms.RadioSelect,
        help_text=_(
            "The plan can be read only after this declaration. A conflict bars you "
            "from this submission. The declaration is kept and cannot be changed."
        ),
    )
    ground = forms.ChoiceField(
        label=_("Ground"),
        choices=[("", "—"), *ConflictGround.choices],
        required=False,
    )
    statement = forms.CharField(
        label=_("Statement"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or {}
        if clean.get("has_conflict") and not clean.get("ground"):
            self.add_error("ground", _("Name the ground of the conflict of interest."))
        return clean

    @property
    def values(self) -> dict[str, Any]:
        return self.cleaned_data


class ScoreForm(forms.Form):
    """One criterion's points; its guidance stands beside the field."""

    points = forms.DecimalField(
        label=_("Points"), min_value=0, max_digits=5, decimal_places=2
    )
    comment = forms.CharField(
        label=_("Comment"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, criterion: ReviewCriterion, **kwargs: Any) -> None:
        kwargs.setdefault("prefix", f"criterion-{criterion.number}")
        super().__init__(*args, **kwargs)
        self.criterion = criterion
        self.fields["points"] = forms.DecimalField(
            label=criterion.title,
            help_text=_("0 to %(highest)s points, weight %(weight)s %%.")
            % {"highest": criterion.max_points, "weight": criterion.weight},
            min_value=0,
            max_value=criterion.max_points,
            max_digits=5,
            decimal_places=2,
            widget=forms.NumberInput(attrs={"step": "0.5"}),
        )

    @property
    def values(self) -> dict[str, Any]:
        return {"criterion": self.criterion, **self.cleaned_data}


def score_forms(assignment: Assignment, data: Any = None) -> list[ScoreForm]:
    """Return the sheet: a form a criterion, filled with what was saved."""
    saved = {score.criterion_id: score for score in assignment.scores.all()}
    sheet = []
    for criterion in assignment.submission.brief.call.criteria.all():
        score = saved.get(criterion.pk)
        initial = {"points": score.points, "comment": score.comment} if score else {}
        sheet.append(ScoreForm(data, criterion=criterion, initial=initial))
    return sheet
