"""Formsets whose rows come out as mappings."""

from typing import Any

from django import forms


class RowFormSet(forms.BaseFormSet):
    """Rows of one form; an empty row is no row."""

    @property
    def values(self) -> list[dict[str, Any]]:
        return [
            {name: value for name, value in row.items() if name != "DELETE"}
            for row in (form.cleaned_data for form in self.forms)
            if row and not row.get("DELETE")
        ]
