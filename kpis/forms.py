"""The composer: words of a KPI, and its parts as rows of choices."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from kpis.engine.composition import NAMED, SIDES
from kpis.engine.definition import Source
from kpis.engine.shape import OF_TIME, PER_TIME, RATIO, SHARE, UNITS
from kpis.engine.vocabulary import COLUMNS
from kpis.errors import Problem
from robot_bridge.telemetry import HOUR_US, METRICS, MINUTE_US, SECOND_US

FILTERS: Final = range(1, 5)
FACT: Final = "fact:"
BOUND: Final = re.compile(r"^(?:<=|≤)\s*(-?\d+(?:\.\d+)?)\s*(us|s|min|h)?$")
STEPS: Final = {"us": 1, "s": SECOND_US, "min": MINUTE_US, "h": HOUR_US}
COMMAS: Final = re.compile(r"[,，、]")


FACT_WORDS: Final = {
    "sample_rows": _("sample rows"),
    "event_rows": _("event rows"),
    "known_us": _("time the state is known"),
    "up_us": _("time up"),
    "waiting_us": _("time waiting for others"),
    "operating_us": _("time in operation"),
    "navigating_us": _("time driving"),
    "degraded_us": _("time in degraded mode"),
    "stopping_faults": _("faults that stop the robot"),
    "repairs": _("repairs finished"),
    "repairs_timed": _("repairs with a known start"),
    "repairs_within_30_min": _("repairs within 30 minutes"),
    "repair_us": _("time under repair"),
    "tasks_finished": _("tasks finished"),
    "tasks_failed": _("tasks failed"),
    "tasks_cancelled": _("tasks cancelled"),
    "tasks_timed": _("finished tasks with a known start"),
    "cycle_us": _("time from start to finish of tasks"),
    "tasks_due": _("finished tasks with a due time"),
    "tasks_on_time": _("tasks finished on time"),
    "interventions": _("interventions"),
    "interventions_timed": _("interventions with a known start"),
    "intervention_us": _("time of interventions"),
    "estops": _("emergency stops"),
    "protective_stops": _("protective stops"),
    "breaches": _("geofence and separation breaches"),
    "distance_mm": _("distance driven"),
    "distance_us": _("time between readings of the odometer"),
    "energy_mwh": _("energy drawn"),
    "energy_us": _("time between readings of the energy meter"),
    "soh_ppm": _("sum of readings of battery health"),
    "soh_read": _("readings of battery health"),
    "samples_corrected": _("sample rows with a corrected clock"),
    "samples_late": _("sample rows that came late"),
    "events_corrected": _("event rows with a corrected clock"),
    "events_late": _("event rows that came late"),
    "counted_tasks": _("tasks counted by the plant or an observer"),
    "faults_joint": _("stopping faults of joints"),
    "faults_battery": _("stopping faults of the battery"),
    "faults_drive": _("stopping faults of drives"),
    "faults_sensor": _("stopping faults of sensors"),
    "faults_unclassed": _("stopping faults of no known component"),
    "geofence_breaches": _("geofence breaches"),
    "separation_breaches": _("separation breaches"),
    "autonomous_us": _("time under the robot's own control"),
    "unassisted_us": _("time under the robot's own control without assistance"),
    "assistances": _("assistances by remote support"),
    "assistances_asked": _("assistances with a known request"),
    "response_us": _("time from request to assistance"),
    "stops_tested": _("tests of the emergency stop that stopped the robot"),
    "stops_failed": _("tests of the emergency stop that failed"),
    "stops_timed": _("tests of the emergency stop with a known start"),
    "stop_us": _("time from request to stop in tests"),
    "defects_caught": _("defects the robot flagged"),
    "defects_missed": _("defects the robot passed"),
    "false_alarms": _("sound items the robot flagged"),
    "rightly_passed": _("sound items the robot passed"),
    "waypoints_visited": _("waypoints visited"),
    "waypoints_skipped": _("waypoints skipped"),
    "updates_finished": _("software updates finished"),
    "updates_failed": _("software updates failed"),
    "expected": _("messages expected"),
    "stored": _("messages stored"),
    "due_us": _("time due"),
}
WHAT_WORDS: Final = {
    "edges:": _("number of events"),
    "edges:since_us": _("time since the event before"),
    "edges:step": _("rise of a plant's or an observer's counter"),
    "spans:length_us": _("time in a state"),
    "meters:": _("number of a meter's readings"),
    "meters:up": _("rise of a meter"),
    "meters:level": _("sum of a gauge's readings"),
    "meters:elapsed_us": _("time between a meter's readings"),
    "readings:": _("number of readings"),
    "readings:reading": _("sum of readings"),
}
COLUMN_WORDS: Final = {
    "kind": _("kind of event"),
    "value": _("comes to"),
    "was": _("comes from"),
    "ref": _("of which thing"),
    "since_us": _("time since the event before"),
    "number": _("level of the fault"),
    "component": _("component at fault"),
    "is_due": _("has a due time (1 or 0)"),
    "on_time": _("on time (1 or 0)"),
    "op_state": _("operational state"),
    "degraded": _("degraded mode (1 or 0)"),
    "metric": _("metric"),
    "reading": _("reading"),
}


def unit_choices() -> list[tuple[str, str]]:
    metric_units = sorted({metric.unit for metric in METRICS.values()} - {SHARE})
    metered = [unit for units in UNITS.values() for unit in units]
    units = [SHARE, *OF_TIME, *PER_TIME, RATIO, *metered, *metric_units]
    return [(unit, unit) for unit in dict.fromkeys(units)]


class KpiWordsForm(forms.Form):
    """What a KPI is called, in which unit, and which way it should go."""

    key = forms.CharField(
        label=_("Key"),
        max_length=32,
        help_text=_("Small letters, digits and underscores, as quick_tasks."),
    )
    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=120)
    title = forms.CharField(label=_("Title in English"), max_length=240)
    explanation_zh = forms.CharField(
        label=_("One sentence in Chinese"), widget=forms.Textarea(attrs={"rows": 2})
    )
    explanation = forms.CharField(
        label=_("One sentence in English"), widget=forms.Textarea(attrs={"rows": 2})
    )
    unit = forms.ChoiceField(
        label=_("Unit (UCUM)"),
        choices=unit_choices,
        help_text=_("1 is a share, from 0 to 1; {ratio} a ratio that may pass 1."),
    )
    better = forms.ChoiceField(
        label=_("Direction"),
        choices=[
            ("higher", _("Higher is better")),
            ("lower", _("Lower is better")),
        ],
    )
    few_cases = forms.BooleanField(
        label=_("Too few cases fall on a day to judge by days"), required=False
    )


def what_choices() -> list[Any]:
    facts = [(f"{FACT}{key}", FACT_WORDS.get(key, key)) for key in NAMED]
    made = [(key, words) for key, words in WHAT_WORDS.items()]
    return [
        ("", "—"),
        (_("Declared integers"), facts),
        (_("Made of telemetry, with the filters below"), made),
    ]


def column_choices() -> list[tuple[str, Any]]:
    named = dict.fromkeys(name for columns in COLUMNS.values() for name in columns)
    return [("", "—"), *((name, COLUMN_WORDS.get(name, name)) for name in named)]


class PartForm(forms.Form):
    """One part above or below the line."""

    side = forms.ChoiceField(
        label=_("Side of the line"),
        choices=[
            ("numerator", _("Above the line")),
            ("denominator", _("Below the line")),
        ],
    )
    what = forms.ChoiceField(label=_("What"), choices=what_choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in FILTERS:
            self.fields[f"column{number}"] = forms.ChoiceField(
                label=_("Filter %(n)s: column") % {"n": number},
                choices=column_choices,
                required=False,
            )
            self.fields[f"values{number}"] = forms.CharField(
                label=_("Filter %(n)s: values") % {"n": number},
                max_length=400,
                required=False,
            )

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or {}
        for number in FILTERS:
            column, values = (
                clean.get(f"{name}{number}", "") for name in ("column", "values")
            )
            if bool(column) != bool(values):
                self.add_error(
                    f"values{number}", _("A filter has a column and its values.")
                )
        return clean

    @property
    def told(self) -> dict[str, Any]:
        """Return the part as the engine reads it."""
        clean = self.cleaned_data
        what = clean["what"]
        if what.startswith(FACT):
            return {"fact": what.removeprefix(FACT)}
        over, _colon, sums = what.partition(":")
        pairs = [(clean[f"column{n}"], clean[f"values{n}"]) for n in FILTERS]
        pairs = [(column, values) for column, values in pairs if column]
        steps = steps_of(dict(pairs).get("metric", ""))
        where = [condition(over, *pair, steps=steps) for pair in pairs]
        return {"over": over, "sums": sums, "where": where}


def steps_of(metric: str) -> int:
    """Return how many stored steps make one unit of a metric."""
    return METRICS[metric].steps if metric in METRICS else 1


def condition(over: str, column: str, values: str, *, steps: int) -> dict[str, Any]:
    """Read what was typed beside a column; what cannot be read stays text."""
    bound = BOUND.match(values.strip())
    if bound:
        factor = STEPS[bound[2] or "us"] if column == "since_us" else steps
        return {"column": column, "at_most": scaled(bound[1], factor)}
    words = [each.strip() for each in COMMAS.split(values) if each.strip()]
    known = COLUMNS[Source(over)].get(column)
    if known is None or known.is_text:
        return {"column": column, "one_of": words}
    factor = steps if column == "reading" else 1
    return {"column": column, "one_of": [scaled(each, factor) for each in words]}


def scaled(number: str, factor: int) -> int | str:
    try:
        value = Decimal(number) * factor
    except InvalidOperation:
        return number
    return int(value) if value == int(value) else number


class PartRows(forms.BaseFormSet):
    @property
    def told(self) -> dict[str, list[dict[str, Any]]]:
        """Return both sides as the engine reads them."""
        sides: dict[str, list[dict[str, Any]]] = {side: [] for side in SIDES}
        for form in self.kept:
            sides[form.cleaned_data["side"]].append(form.told)
        return sides

    @property
    def kept(self) -> list[Any]:
        return [
            form
            for form in self.forms
            if form.is_valid() and form.cleaned_data and not form.cleaned_data["DELETE"]
        ]

    def show(self, problem: Problem) -> bool:
        """Put a problem with a part at its field; False where it is of no part."""
        side, _dot, rest = problem.field.partition(".")
        number, _dot, place = rest.partition(".")
        own = [form for form in self.kept if form.cleaned_data["side"] == side]
        if side not in SIDES or not own:
            return False
        form = own[int(number)] if number else own[0]
        form.add_error(field_of(place), problem.sentence)
        return True


def field_of(place: str) -> str:
    """Name the field of a part that a fault's place stands for."""
    found = re.match(r"where\.(\d+)", place)
    return f"values{int(found[1]) + 1}" if found else "what"


PartFormSet = forms.formset_factory(
    PartForm, formset=PartRows, extra=0, can_delete=True, max_num=12
)
NEW_ROWS: Final = [{"side": side} for side in SIDES]


def part_rows(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a KPI's parts as a formset's initial rows."""
    return [{"side": side} | part_row(part) for side in SIDES for part in told[side]]


def part_row(part: Mapping[str, Any]) -> dict[str, Any]:
    if "fact" in part:
        return {"what": f"{FACT}{part['fact']}"}
    row = {"what": f"{part['over']}:{part['sums']}"}
    steps = steps_of(metric_in(part["where"]))
    for number, each in zip(FILTERS, part["where"], strict=False):
        row[f"column{number}"] = each["column"]
        row[f"values{number}"] = typed(each, steps)
    return row


def metric_in(where: Iterable[Mapping[str, Any]]) -> str:
    for each in where:
        if each["column"] == "metric":
            return str(each["one_of"][0])
    return ""


def typed(each: Mapping[str, Any], steps: int) -> str:
    """Write a filter's values as a person would type them."""
    factor = steps if each["column"] == "reading" else 1
    if "at_most" not in each:
        return ", ".join(
            plain(value, factor) if isinstance(value, int) else value
            for value in each["one_of"]
        )
    if each["column"] == "since_us":
        return f"≤ {plain(each['at_most'], SECOND_US)} s"
    return f"≤ {plain(each['at_most'], factor)}"


def plain(value: int, factor: int) -> str:
    text = f"{Decimal(value) / factor:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def told_by(words: KpiWordsForm, parts: Any) -> dict[str, Any]:
    """Put together what was typed, as the engine reads it."""
    named = {name: words.cleaned_data.get(name, "") for name in words.fields}
    return named | parts.told


def show_problems(problems: Iterable[Problem], words: KpiWordsForm, parts: Any) -> None:
    """Put each problem at its field."""
    for problem in problems:
        if parts.show(problem):
            continue
        at = problem.field if problem.field in words.fields else None
        words.add_error(at, problem.sentence)
