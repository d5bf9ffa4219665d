"""What a person types about robots, made clean."""

from django import forms
from django.utils.translation import gettext_lazy as _

from robot_bridge.enums import RobotProtocol


class RobotForm(forms.Form):
    """A robot to enrol; its credential is issued with it."""

    maker = forms.CharField(label=_("Maker"), max_length=80)
    model = forms.CharField(label=_("Model"), max_length=80)
    serial = forms.RegexField(
        r"^[A-Za-z0-9._-]{1,64}$",
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
