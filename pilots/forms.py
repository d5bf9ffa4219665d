"""What a person types about pilots and gates, made clean."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import User
from pilots.enums import QUANTITY_OF_STAGE, GateAnswer
from pilots.models import Deployment, Pilot
from pilots.services import Nameplate
from procurement.models import PocContract
from robot_bridge.enums import RobotProtocol
from robot_bridge.models import Robot
from robot_bridge.models.robot import SERIAL_SIGNS


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


class RobotChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.serial} · {obj.maker} {obj.model} ({obj.code})"


class PersonChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} · {obj.organisation}"


class DeployRobotForm(forms.Form):
    """A robot of the contract's vendor that is at work nowhere now."""

    robot = RobotChoiceField(
        Robot.objects.none(),
        label=_("Robot"),
        help_text=_("Robots of the contract's vendor that are at work nowhere now."),
    )
    software = forms.CharField(
        label=_("Software version"), max_length=64, initial="1.0"
    )

    def __init__(self, *args: Any, pilot: Pilot, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        busy = Deployment.objects.open_now().values("robot")
        free = Robot.objects.filter(vendor=pilot.vendor).exclude(pk__in=busy)
        self.fields["robot"].queryset = free.order_by("code")  # type: ignore[attr-defined]


class EnrolRobotForm(forms.Form):
    """A robot's nameplate; in a demo, whether the simulated fleet plays it."""

    maker = forms.CharField(label=_("Maker"), max_length=80)
    model = forms.CharField(label=_("Model"), max_length=80)
    serial = forms.RegexField(
        SERIAL_SIGNS,
        label=_("Serial number"),
        help_text=_("It stands in every topic: letters, digits, dot, dash, underline."),
        error_messages={
            "invalid": _(
                "A serial number has 1 to 64 letters, digits, dots, dashes and "
                "underlines; nothing else fits into a topic."
            )
        },
    )
    protocol = forms.ChoiceField(label=_("Protocol"), choices=RobotProtocol.choices)
    software = forms.CharField(
        label=_("Software version"), max_length=64, initial="1.0"
    )
    profile = forms.ChoiceField(
        label=_("Simulated fleet (demo)"),
        required=False,
        choices=[
            ("", _("No, a robot of my own will send")),
            ("welding_line_good", _("Play it as a sound robot")),
            ("welding_line_bad", _("Play it as a failing robot")),
        ],
        help_text=_("It then sends over MQTT with the credential issued here."),
    )

    def __init__(self, *args: Any, pilot: Pilot, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not pilot.is_demo:
            del self.fields["profile"]

    @property
    def nameplate(self) -> Nameplate:
        names = ("serial", "maker", "model", "protocol")
        return Nameplate(**{name: self.cleaned_data[name] for name in names})


class SignatureForm(forms.Form):
    answer = forms.ChoiceField(
        label=_("Answer"), choices=GateAnswer.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stands in the dossier, with your name."),
    )

    def __init__(self, *args: Any, may_say_yes: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if may_say_yes:
            return
        answer = self.fields["answer"]
        answer.choices = [(GateAnswer.NO, GateAnswer.NO.label)]  # type: ignore[attr-defined]
        answer.initial = GateAnswer.NO
        answer.help_text = _("Yes can be signed only under a passed gate.")


class MilestoneForm(forms.Form):
    met = forms.TypedChoiceField(
        label=_("Is it met?"),
        choices=[("yes", _("Met")), ("no", _("Not met"))],
        coerce=lambda answer: answer == "yes",
        widget=forms.RadioSelect,
    )
    finding = forms.CharField(
        label=_("Finding"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What was seen on site, and where it is recorded."),
    )


class ReviewerForm(forms.Form):
    """A reviewer of an institute who does not follow the pilot yet."""

    reviewer = PersonChoiceField(User.objects.none(), label=_("Reviewer"))

    def __init__(self, *args: Any, pilot: Pilot, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        free = User.objects.filter(
            role=Role.REVIEWER, is_active=True, organisation__is_demo=pilot.is_demo
        ).exclude(pk__in=pilot.assignments.values("reviewer"))
        ordered = free.select_related("organisation").order_by("organisation", "name")
        self.fields["reviewer"].queryset = ordered  # type: ignore[attr-defined]


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
        help_text=_("Beijing time."),
        widget=forms.DateTimeInput(
            attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
        ),
    )
    end_at = forms.DateTimeField(
        label=_("Until"),
        help_text=_("Beijing time."),
        widget=forms.DateTimeInput(
            attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
        ),
    )
    robot = RobotChoiceField(
        Robot.objects.none(),
        label=_("Robot"),
        required=False,
        empty_label=_("All robots of the pilot"),
    )
    reason = forms.CharField(
        label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, pilot: Pilot, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        deployed = Robot.objects.filter(pk__in=pilot.deployments.values("robot"))
        self.fields["robot"].queryset = deployed.order_by("code")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or {}
        start_at, end_at = clean.get("start_at"), clean.get("end_at")
        if start_at and end_at and end_at <= start_at:
            self.add_error("end_at", _("The span must end after it begins."))
        return clean


class PilotChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.title} ({obj.code}, {obj.starts_on:%Y-%m-%d})"


class DryRunForm(forms.Form):
    """Which past days of which pilot a KPI is tried out on."""

    pilot = PilotChoiceField(Pilot.objects.none(), label=_("Pilot"))
    starts_on = forms.DateField(
        label=_("First day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    ends_on = forms.DateField(
        label=_("Last day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    minimum = forms.DecimalField(
        label=_("Minimum"),
        required=False,
        max_digits=18,
        decimal_places=6,
        help_text=_("With minimum and target, the gate's law is asked as well."),
    )
    target = forms.DecimalField(
        label=_("Target"), required=False, max_digits=18, decimal_places=6
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        past = Pilot.objects.visible_to(by).filter(starts_on__lt=today)
        field: Any = self.fields["pilot"]
        field.queryset = past.with_parties().order_by("-starts_on", "code")

    @property
    def values(self) -> dict[str, Any]:
        """Return what was typed as the service takes it."""
        clean = self.cleaned_data
        return {
            "pilot": clean["pilot"],
            "days": (clean["starts_on"], clean["ends_on"]),
            "bounds": (clean["minimum"], clean["target"]),
        }
