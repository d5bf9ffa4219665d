"""The catalogue as a document, and its units in words."""

from collections.abc import Iterable, Iterator
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kpis.engine import turns
from kpis.engine.definition import CATALOGUE, ENGINE_VERSION, Family, Kpi, Part

# By UCUM unit: how a number with it is written, and what the unit alone is called.
AMOUNTS: Final = {
    "h": gettext_noop("%(n)s h"),
    "min": gettext_noop("%(n)s min"),
    "s": gettext_noop("%(n)s s"),
    "ms": gettext_noop("%(n)s ms"),
    "1/h": gettext_noop("%(n)s per hour"),
    "1/(100.h)": gettext_noop("%(n)s per 100 hours"),
    "1/(1000.h)": gettext_noop("%(n)s per 1000 hours"),
    "1/km": gettext_noop("%(n)s per km"),
    "km/h": gettext_noop("%(n)s km/h"),
    "1/d": gettext_noop("%(n)s per day"),
    "d": gettext_noop("%(n)s days"),
    "wk": gettext_noop("%(n)s weeks"),
    "W": gettext_noop("%(n)s W"),
    "W.h": gettext_noop("%(n)s Wh"),
    "Wh": gettext_noop("%(n)s Wh"),
    "kWh": gettext_noop("%(n)s kWh"),
    "W.h/km": gettext_noop("%(n)s Wh per km"),
    "Wh/km": gettext_noop("%(n)s Wh per km"),
    "m": gettext_noop("%(n)s m"),
    "km": gettext_noop("%(n)s km"),
    "m/s": gettext_noop("%(n)s m/s"),
    "CNY": gettext_noop("CNY %(n)s"),
    "Cel": gettext_noop("%(n)s °C"),
}
UNIT_WORDS: Final = {
    "1": gettext_noop("share"),
    "h": gettext_noop("hours"),
    "min": gettext_noop("minutes"),
    "s": gettext_noop("seconds"),
    "ms": gettext_noop("milliseconds"),
    "1/h": gettext_noop("per hour"),
    "1/(100.h)": gettext_noop("per 100 hours"),
    "1/(1000.h)": gettext_noop("per 1000 hours"),
    "1/km": gettext_noop("per km"),
    "km/h": gettext_noop("km/h"),
    "W": gettext_noop("watts"),
    "1/d": gettext_noop("per day"),
    "d": gettext_noop("days"),
    "wk": gettext_noop("weeks"),
    "W.h": gettext_noop("watt-hours"),
    "Wh": gettext_noop("watt-hours"),
    "kWh": gettext_noop("kilowatt-hours"),
    "W.h/km": gettext_noop("watt-hours per km"),
    "Wh/km": gettext_noop("watt-hours per km"),
    "m": gettext_noop("metres"),
    "km": gettext_noop("kilometres"),
    "CNY": gettext_noop("yuan"),
}

HEAD: Final = f"""# KPI catalogue

Written by `manage.py kpi_catalogue` from the definitions in `kpis/engine`; edit those.
Engine version {ENGINE_VERSION}.

A value is numerator / denominator × scale, divided once and exactly over integers.
Nothing to divide by gives no value, and never zero. The law says how a gate may judge
the KPI; what is `shown` is never gated. Every KPI has a second, independent
implementation in `pilotgate_offline/twins.py`.
"""
LAWS: Final = """
## Laws

| law | meaning |
|---|---|
| rate_by_day | a share; the operational day is the unit |
| mean_by_day | a mean; the operational day is the unit |
| count_per_time | events over time |
| time_per_count | time over events |
| share_of_cases | few cases; an exact bound over all of them |
| shown | shown, never gated |

## How time is known

Telemetry is read robot by robot and evidence kind by evidence kind, in order of time.
Any row is a sign of life. The operational state holds from row to row; when nothing
comes for longer than twice the declared interval (30 s where none is declared, 300 s
at most), the state is unknown from the last row on, until the robot tells it again.
Unknown time is due and not up. A value that repeats is a snapshot and counts nothing;
a change counts in the minute it happened.

## Whose software

A state belongs to one version of the software: the one the robot last told (event
`software` without a ref), from that instant on; until it tells one, the version its
deployment names. An update so splits the series, whoever entered it.

## Meters

Of the odometer (`distance_m`) and the energy meter (`energy_wh`), what they rose by
since the reading before it in the same session is counted, where that is no more than
an hour old, together with the time between. A meter that fell began anew and did not
rise. A KPI per task or per kilometre divides two rates: what was drawn an hour of meter
time, by what was done an hour of known time, so that a meter read seldom does not make
it small. The counter of a plant or an observer (event `plant_count`, ref `tasks`) is
read alike.

## Components

A fault's component is read off its code: the first class one of whose words is in it,
whatever its case. A code with none of them is `unclassed`.

| class | words |
|---|---|
"""
COMPONENTS: Final = "".join(
    f"| {name} | {', '.join(words)} |\n" for name, words in turns.COMPONENTS.items()
)
FAMILIES: Final = {
    Family.DEPENDABILITY: "Dependability 可靠性",
    Family.PRODUCTIVITY: "Productivity 生产效率",
    Family.AUTONOMY: "Autonomy 自主性",
    Family.SAFETY: "Safety 安全",
    Family.ENERGY: "Energy 能耗",
    Family.DATA: "Data 数据质量",
    Family.SOFTWARE: "Software 软件",
}
PARTS: Final = "\n## Parts\n\n| part | is |\n|---|---|"


def amount(number: str, unit: str) -> str:
    """Write a number, written already, with its unit."""
    if unit in AMOUNTS:
        return _(AMOUNTS[unit]) % {"n": number}
    return f"{number} {unit}".strip()


def unit_word(unit: str) -> str:
    """Call a unit by its name; one without a name keeps its UCUM sign."""
    return _(UNIT_WORDS[unit]) if unit in UNIT_WORDS else unit


def catalogue() -> str:
    """Return docs/kpis.md."""
    lines = [HEAD.rstrip()]
    for family, title in FAMILIES.items():
        lines += ["", f"## {title}"]
        for kpi in CATALOGUE.values():
            if kpi.family is family:
                lines += _kpi(kpi)
    parts = {part.key: part for kpi in CATALOGUE.values() for part in kpi.parts}
    lines += [PARTS, *(_part(parts[key]) for key in sorted(parts))]
    lines.append(LAWS + COMPONENTS.rstrip())
    return "\n".join(lines) + "\n"


def _kpi(kpi: Kpi) -> Iterator[str]:
    value = " × ".join(
        f"{_sum(each.above)} / {_sum(each.below)}" for each in kpi.factors
    )
    scale = "" if kpi.scale == 1 else f" × {kpi.scale}"
    yield from (
        "",
        f"### {kpi.title} · {kpi.title_zh}",
        "",
        kpi.explanation,
        kpi.explanation_zh,
        "",
        "| key | unit (UCUM) | better | law | source |",
        "|---|---|---|---|---|",
        f"| `{kpi.key}` | {kpi.unit} | {kpi.better} | {kpi.law} | {kpi.source} |",
        "",
        f"Value = {value}{scale}",
    )


def _sum(parts: Iterable[Part]) -> str:
    names = [f"`{part.key}`" for part in parts]
    return names[0] if len(names) == 1 else f"({' + '.join(names)})"


def _part(part: Part) -> str:
    what = f"sum of `{part.sums}` over" if part.sums else "number of"
    where = " and ".join(
        f"`{each.column}` at most {each.at_most}"
        if each.at_most is not None
        else f"`{each.column}` is {' or '.join(str(value) for value in each.one_of)}"
        for each in part.where
    )
    return f"| `{part.key}` | {what} {part.over}{where and f' where {where}'} |"
