"""What a person types about pilots and gates, made clean."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pilots.enums import QUANTITY_OF_STAGE, GateAnswer
from pilots.models import Deployment, Pilot
from procurement.models import PocContract
from robot_bridge.models import Robot


class OpenPilotForm(forms.Form):
    starts_on = forms.DateField(
        label=_("First operational day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_(
            "The looks at which the gate may decide are registered from this day on."
        ),
    )

    def __init__(self, *args: Any, contract: PocContract, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"starts_on": timezone.localdate()})
        super().__init__(*args, **kwargs)
        self.contract = contract


class DeployRobotForm(forms.Form):
    """A robot of the contract's vendor that is at work nowhere now."""

    robot = forms.ModelChoiceField(Robot.objects.none(), label=_("Robot"))
    software = forms.CharField(
        label=_("Software version"), max_length=64, initial="1.0"
    )

    def __init__(self, *args: Any, pilot: Pilot, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        busy = Deployment.objects.open_now().values("robot")
        free = Robot.objects.filter(vendor=pilot.vendor).exclude(pk__in=busy)
        self.fields["robot"].queryset = free.order_by("code")  # type: ignore[attr-defined]


class SignatureForm(forms.Form):
    answer = forms.ChoiceField(
        label=_("Answer"), choices=GateAnswer.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stands in the dossier, with your name."),
    )


class OverrideForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason of the override"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Published once a second official approves it."),
    )


class OrderForm(forms.Form):
    quantity = forms.TypedChoiceField(
        label=_("Robots"),
        coerce=int,
        choices=[(each, f"{each:,}") for each in QUANTITY_OF_STAGE.values()],
    )


class ExclusionForm(forms.Form):
    """A span of time that shall not count, and why."""

    start_at = forms.DateTimeField(
        label=_("From"),
        widget=forms.DateTimeInput(
            attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
        ),
    )
    end_at = forms.DateTimeField(
        label=_("Until"),
        widget=forms.DateTimeInput(
            attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
        ),
    )
    reason = forms.CharField(
        label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or {}
        start_at, end_at = clean.get("start_at"), clean.get("end_at")
        if start_at and end_at and end_at <= start_at:
            self.add_error("end_at", _("The span must end after it begins."))
        return clean
