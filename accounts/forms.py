"""What a person types about accounts, made clean."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.enums import Language, OrganisationKind, Role, Scope
from accounts.models import Organisation, User
from accounts.roles import INVITES, ROLES_OF
from accounts.services import email_objection, registration_objection


class NewPasswordForm(forms.Form):
    """A name and a password for a new account."""

    person = forms.CharField(
        label=_("Your name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Password"),
        help_text=_("At least 8 signs, not only digits, no common word."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known_email = email

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        known = User(
            email=self.cleaned_data.get("email") or self.known_email,
            name=self.cleaned_data.get("person", ""),
        )
        validate_password(password, user=known)
        return password


class VendorRegistrationForm(NewPasswordForm):
    name_zh = forms.CharField(
        label=_("Company name in Chinese"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    name_en = forms.CharField(
        label=_("Company name in English"), max_length=160, required=False
    )
    uscc = forms.CharField(
        label=_("Unified social credit code"),
        max_length=40,
        help_text=_("18 signs, as on the business licence."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    email = forms.EmailField(label=_("E-mail"))

    field_order = ["name_zh", "name_en", "uscc", "person", "email", "password"]

    def clean_uscc(self) -> str:
        uscc = "".join(self.cleaned_data["uscc"].split()).upper()
        if objection := registration_objection(uscc):
            raise forms.ValidationError(objection)
        return uscc

    def clean_email(self) -> str:
        email = self.cleaned_data["email"]
        if objection := email_objection(email):
            raise forms.ValidationError(objection)
        return str(email)


class InvitationForm(forms.Form):
    """Whom to invite, and into which seat: an organisation and a role there."""

    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("The person logs in with this address."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    seat = forms.ChoiceField(label=_("Organisation and role"))

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = INVITES.get(Role(by.role), frozenset())
        houses = Organisation.objects.visible_to(by).filter(kind__in=kinds)
        self.houses = {house.code: house for house in houses.order_by("kind", "code")}
        seats = [
            (seat_of(house, role), f"{house} · {role.label}")
            for house in self.houses.values()
            for role in roles_in(house)
        ]
        chooser = self.fields["seat"]
        chooser.choices = [("", _("Choose…")), *seats]  # type: ignore[attr-defined]
        if len(seats) == 1:
            chooser.initial = seats[0][0]

    def clean_email(self) -> str:
        email = self.cleaned_data["email"]
        if objection := email_objection(email):
            raise forms.ValidationError(objection)
        return str(email)

    @property
    def values(self) -> dict[str, Any]:
        """What the service takes."""
        code, role = self.cleaned_data["seat"].rsplit(":", 1)
        return {
            "email": self.cleaned_data["email"],
            "organisation": self.houses[code],
            "role": Role(role),
        }


def roles_in(house: Organisation) -> list[Role]:
    """List the roles that live in an organisation, in the order of the enum."""
    fitting = ROLES_OF[OrganisationKind(house.kind)]
    return [role for role in Role if role in fitting]


def seat_of(house: Organisation, role: Role) -> str:
    return f"{house.code}:{role.value}"


class OrganisationNamesForm(forms.Form):
    """One's own organisation's names."""

    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=120)
    name_en = forms.CharField(
        label=_("Name in English"), max_length=160, required=False
    )


class OrganisationForm(OrganisationNamesForm):
    """An institute that a city enters, to invite its people."""

    code = forms.SlugField(
        label=_("Code"),
        max_length=40,
        help_text=_("Short, for addresses: letters, digits and hyphens."),
    )

    field_order = ["name_zh", "name_en", "code"]

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        if Organisation.objects.filter(code=code).exists():
            raise forms.ValidationError(
                _("The code %(code)s is taken; choose another.") % {"code": code}
            )
        return str(code)


class ProfileForm(forms.Form):
    name = forms.CharField(
        label=pgettext_lazy("person", "Name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=Language.choices,
        help_text=_("Of these pages and of the mails you get."),
    )


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
