"""What a list may be narrowed by."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from procurement.enums import BriefState, Scenario
from procurement.models import Brief


class BriefFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Words in title or code"))
    scenario = django_filters.ChoiceFilter(choices=Scenario, label=_("Scenario"))
    state = django_filters.ChoiceFilter(choices=BriefState, label=_("State"))

    class Meta:
        model = Brief
        fields = ("q", "scenario", "state")

    def search(self, rows: QuerySet[Brief], _name: str, words: str) -> QuerySet[Brief]:
        return rows.filter(
            Q(title_zh__icontains=words)
            | Q(title_en__icontains=words)
            | Q(code__icontains=words)
        )
