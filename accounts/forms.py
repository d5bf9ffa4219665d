"""What a person types about accounts, made clean."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from accounts.enums import OrganisationKind, Role, Scope
from accounts.models import Organisation, User
from accounts.roles import INVITES, ROLES_OF
from accounts.rules import is_uscc
from accounts.services import credit_code_objection


class NewPasswordForm(forms.Form):
    """A name and a password for a new account."""

    person = forms.CharField(label=_("Your name"), max_length=80)
    password = forms.CharField(
        label=_("Password"),
        help_text=_("At least 8 signs, not only digits, no common word."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        validate_password(password)
        return password


class VendorRegistrationForm(NewPasswordForm):
    name_zh = forms.CharField(label=_("Company name in Chinese"), max_length=120)
    name_en = forms.CharField(
        label=_("Company name in English"), max_length=160, required=False
    )
    uscc = forms.CharField(
        label=_("Unified social credit code"),
        max_length=18,
        help_text=_("18 signs, as on the business licence."),
    )
    email = forms.EmailField(label=_("E-mail"))

    field_order = ["name_zh", "name_en", "uscc", "person", "email", "password"]

    def clean_uscc(self) -> str:
        uscc = self.cleaned_data["uscc"].strip().upper()
        if not is_uscc(uscc):
            raise forms.ValidationError(credit_code_objection(uscc))
        return uscc


class InvitationForm(forms.Form):
    """Whom to invite, into which organisation, in which role."""

    email = forms.EmailField(label=_("E-mail"))
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Organisation")
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = INVITES.get(Role(by.role), frozenset())
        self.fields["organisation"].queryset = Organisation.objects.visible_to(  # type: ignore[attr-defined]
            by
        ).filter(kind__in=kinds)
        roles = {role for kind in kinds for role in ROLES_OF[kind]}
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            (role.value, role.label) for role in Role if role in roles
        ]

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or {}
        organisation, role = clean.get("organisation"), clean.get("role")
        if organisation and role:
            fitting = ROLES_OF[OrganisationKind(organisation.kind)]
            if Role(role) not in fitting:
                self.add_error(
                    "role",
                    _("In %(organisation)s the role can be: %(roles)s.")
                    % {
                        "organisation": organisation,
                        "roles": ", ".join(str(each.label) for each in fitting),
                    },
                )
        return clean


class OrganisationForm(forms.Form):
    """An institute that a city enters, to invite its people."""

    code = forms.SlugField(label=_("Code"), max_length=40)
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=120)
    name_en = forms.CharField(
        label=_("Name in English"), max_length=160, required=False
    )

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        if Organisation.objects.filter(code=code).exists():
            raise forms.ValidationError(
                _("The code %(code)s is taken; choose another.") % {"code": code}
            )
        return code


class TokenForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("What it is used for.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple
    )
    days = forms.IntegerField(
        label=_("Valid for (days)"), min_value=1, max_value=365, initial=90
    )
