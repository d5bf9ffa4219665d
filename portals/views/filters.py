"""What a list may be narrowed by."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import itemgetter, or_
from typing import Any, Final, cast

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from portals.presenters.audit import WORDS
from portals.presenters.cases import brief_of_case, in_case
from portals.presenters.figures import BEIJING
from portals.presenters.subjects import PAGES
from procurement.enums import BriefState, Scenario
from procurement.models import Brief

_DAY: Final = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_AUDIT_LOOKUPS: Final = {
    "person": (
        "by__name__icontains",
        "by__email__iexact",
        "by__organisation__name_zh__icontains",
        "by__organisation__name_en__icontains",
    ),
    "subject": ("subject_code__icontains",),
    "kind": ("subject_type",),
    "deed": ("verb",),
}


class BriefFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Words in title or code"))
    scenario = django_filters.ChoiceFilter(
        choices=Scenario, label=_("Scenario"), empty_label=_("All")
    )
    state = django_filters.ChoiceFilter(
        choices=BriefState, label=_("State"), empty_label=_("All")
    )

    class Meta:
        model = Brief
        fields = ("q", "scenario", "state")

    def search(self, rows: QuerySet[Brief], _name: str, words: str) -> QuerySet[Brief]:
        return rows.filter(
            Q(title_zh__icontains=words)
            | Q(title_en__icontains=words)
            | Q(code__icontains=words)
        )


class AuditForm(forms.Form):
    """What the audit is asked for; `words` is the question, `purchase` the case."""

    case = forms.CharField(required=False, label=_("Case: a brief or a pilot"))
    person = forms.CharField(required=False, label=_("Person or organisation"))
    subject = forms.CharField(required=False, label=_("Code of the subject"))
    kind = forms.ChoiceField(required=False, label=_("Kind of subject"))
    deed = forms.ChoiceField(required=False, label=_("Deed"))
    since = forms.DateField(required=False, label=_("From day"), widget=_DAY)
    until = forms.DateField(required=False, label=_("To day"), widget=_DAY)

    def __init__(self, *args: Any, reader: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reader = reader
        self.purchase: Brief | None = None
        self._choose(
            "kind", {name: str(gettext(w)) for name, (w, _page) in PAGES.items()}
        )
        self._choose("deed", {verb: str(gettext(word)) for verb, word in WORDS.items()})

    def _choose(self, name: str, words: Mapping[str, str]) -> None:
        field = cast("forms.ChoiceField", self.fields[name])
        field.choices = [("", _("All")), *sorted(words.items(), key=itemgetter(1))]

    def clean_case(self) -> str:
        code: str = self.cleaned_data["case"].strip()
        if code:
            self.purchase = brief_of_case(code, self.reader)
            if self.purchase is None:
                raise forms.ValidationError(
                    _(
                        "No brief, contract, pilot or gate of yours has the code "
                        "%(code)s."
                    ),
                    params={"code": code},
                )
        return code

    def clean(self) -> None:
        since, until = (self.cleaned_data.get(name) for name in ("since", "until"))
        if since and until and since > until:
            self.add_error("until", _("The last day lies before the first."))

    @property
    def words(self) -> Q:
        """The question of a valid form; days are those of Beijing."""
        asked = self.cleaned_data
        found = in_case(self.purchase, self.reader) if self.purchase else Q()
        for name, lookups in _AUDIT_LOOKUPS.items():
            if asked[name]:
                found &= reduce(or_, (Q(**{each: asked[name]}) for each in lookups))
        if asked["since"]:
            found &= Q(at__gte=midnight(asked["since"]))
        if asked["until"]:
            found &= Q(at__lt=midnight(asked["until"] + timedelta(days=1)))
        return found


def midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, BEIJING)
