"""Invented values for the styleguide, every one of them an example."""

from datetime import datetime, timedelta
from math import sin
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portals.presenters.interval import Interval
from portals.presenters.pieces import (
    Answer,
    Cell,
    Chart,
    Event,
    Link,
    Move,
    Progress,
    Task,
    Tile,
    table_of,
)
from portals.presenters.status import WORDS
from portals.presenters.timeline import Bar, Timeline


class ExampleForm(forms.Form):
    title = forms.CharField(
        label=gettext_lazy("Title"), help_text=gettext_lazy("What readers see first.")
    )
    weeks = forms.IntegerField(label=gettext_lazy("Weeks"), min_value=1, max_value=5)
    environment = forms.ChoiceField(
        label=gettext_lazy("Environment"),
        choices=[("", "—"), ("shop", gettext_lazy("Welding shop"))],
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Evidence"),
        choices=[("live", gettext_lazy("Live")), ("sim", gettext_lazy("Simulated"))],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), widget=forms.Textarea, required=False
    )
    agreed = forms.BooleanField(label=gettext_lazy("I have no conflict of interest"))


class MilestoneForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"))
    weeks = forms.IntegerField(label=gettext_lazy("Weeks"), min_value=1)


def intervals() -> list[Interval]:
    return [
        Interval(
            _("Task success"), "1", 0.97, "higher", 0.978, 0.9705, 0.984, 0.98, "pass"
        ),
        Interval(
            _("Availability"),
            "1",
            0.95,
            estimate=0.961,
            low=0.946,
            high=0.972,
            outcome="not_enough_evidence",
        ),
        Interval(
            _("Mean time between failures"),
            "h",
            100,
            "higher",
            61,
            41,
            96,
            120,
            "fail",
        ),
        Interval(
            _("Interventions per hour"),
            "1/h",
            0.6,
            "lower",
            0.42,
            0.36,
            0.49,
            0.5,
            "pass",
        ),
        Interval(
            _("Emergency stops per 100 h"),
            "1/(100.h)",
            0.4,
            "lower",
            0,
            None,
            0.25,
            None,
            "pass",
        ),
        Interval(_("Data completeness"), "1", 0.98),
    ]


def tiles(now: datetime) -> list[Tile]:
    return [
        Tile(
            title=i.title,
            value=i.value_text,
            status=i.outcome,
            url="#figures",
            fresh_at=now - timedelta(seconds=9 * n),
            stale_after=30,
        )
        for n, i in enumerate(intervals())
    ]


def gate_table() -> Any:
    return table_of(
        _("Gate KPIs and their intervals"),
        [_("KPI"), _("Interval and minimum"), _("Value") + "#", _("Verdict")],
        [
            [
                Cell(i.title, url="#figures", note=_("Example")),
                Cell(figure=i.svg),
                i.value_text,
                Cell(status=i.outcome),
            ]
            for i in intervals()
        ],
    )


def robot_table(now: datetime) -> Any:
    return table_of(
        _("Robots"),
        [_("Code"), _("Model"), _("State"), _("Last data"), _("Battery") + "#"],
        [
            [
                Cell(f"R0{n}", url="#tables"),
                _("Example model"),
                Cell(status=state),
                Cell(at=now - timedelta(seconds=age), stale_after=60),
                battery,
            ]
            for n, (state, age, battery) in enumerate(
                [("online", 2, "83%"), ("late", 48, "61%"), ("offline", 1020, "—")], 1
            )
        ],
    )


def milestones() -> list[Bar]:
    return [
        Bar(_("M1 Site survey and data connection"), 0, 2, "accepted", _("Accepted")),
        Bar(_("M2 One robot on the route"), 2, 4, "accepted", _("Accepted")),
        Bar(_("M3 Six robots together"), 4, 7, "running", _("Running, 80%")),
        Bar(_("M4 Fourteen days without a break"), 7, 9, "planned", _("Not started")),
        Bar(_("M5 Acceptance and handover"), 9, 10, "planned", _("Not started")),
    ]


def chart(now: datetime) -> Chart:
    at = [now.timestamp() - 600 * (144 - n) for n in range(145)]
    values = [round(60 + 16 * sin(n / 23) + 3 * sin(n * 1.7), 1) for n in range(145)]
    return Chart(
        id="example-chart",
        title=_("Boxes delivered per hour, last 24 hours"),
        summary=_("Between 41 and 79 boxes an hour; example data."),
        at=at,
        lines=[(_("Boxes per hour"), [*values[:60], None, None, *values[62:]])],
        minimum=0,
    )


def tasks() -> list[Task]:
    return [
        Task(_("Company and certificates"), "done", "#tasks"),
        Task(_("Technical plan"), "done", "#tasks"),
        Task(_("Milestones"), "in_progress", "#tasks", current=True),
        Task(_("Price"), "not_started", "#tasks"),
        Task(
            _("Check and submit"),
            "cannot_start",
            hint=_("Opens when the rest is done."),
        ),
    ]


def moves() -> list[Move]:
    return [
        Move(
            _("Order tranche 1"),
            "",
            objection=_("The gate is not passed and signed yet."),
        ),
        Move(_("Extend the pilot"), "#moves", asks_reason=True),
        Move(
            _("Request gate review"),
            "#moves",
            "primary",
            confirm=_("Ask the institute for a gate review now?"),
        ),
    ]


def history(now: datetime) -> list[Event]:
    return [
        Event(now, _("Example person"), _("Gate review opened"), status="info"),
        Event(
            now - timedelta(days=9),
            _("Example person"),
            _("Milestone accepted"),
            _("M2 One robot on the route"),
            "good",
        ),
    ]


def page() -> dict[str, Any]:
    now = timezone.now()
    empty_bound = ExampleForm({"weeks": "9"}, prefix="bound")
    empty_bound.is_valid()
    rows = forms.formset_factory(MilestoneForm, extra=0)
    return {
        "title": _("Styleguide"),
        "trail": [Link(_("Public portal"), "/"), Link(_("Styleguide"))],
        "subtitle": _("Every component with invented values. All of it is an example."),
        "fresh_at": now,
        "actions": [Link(_("Export data"), "#tables", icon="download")],
        "moves": moves(),
        "states": tuple(WORDS),
        "reasons": [i.text for i in intervals()[1:3]],
        "tiles": tiles(now),
        "gate_table": gate_table(),
        "robot_table": robot_table(now),
        "empty_table": table_of(
            _("Submissions"),
            [_("Code")],
            [],
            empty=_("No submission yet. Publish a brief and vendors can answer it."),
            empty_url="#empty",
            empty_action=_("Publish a brief"),
        ),
        "timeline": Timeline(
            milestones(), weeks=10, title=_("POC milestones"), today=6.4
        ),
        "chart": chart(now),
        "tasks": tasks(),
        "form": empty_bound,
        "formset": rows(
            initial=[{"name": "M1", "weeks": 2}, {"name": "M2", "weeks": 3}], prefix="m"
        ),
        "page": Paginator(range(240), 20).page(3),
        "answers": [
            Answer(_("Vendor"), _("Example vendor"), "#answers"),
            Answer(_("Weeks"), 10, "#answers"),
            Answer(_("Unit price ceiling"), None),
        ],
        "events": history(now),
        "jobs": [
            Progress(_("Assess gate"), 37, 120, "running", cancel_url="#progress"),
            Progress(_("Export"), 120, 120, "done"),
        ],
        "code": "curl -H 'Authorization: Bearer …' /api/v1/pilots/",
    }
