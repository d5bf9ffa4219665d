"""Rules on calls and briefs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from procurement.rules.headings import empty
from procurement.rules.named import (
    BRIEF_IN_OPEN_CALL,
    CHANCE_IS_FAIR,
    COST_IS_CAPPED,
    CRITERIA_ARE_PUBLISHED,
    KPIS_ARE_MEASURABLE,
    ROUTE_FITS,
    VOLUME_IS_NAMED,
    Objection,
    gettext_noop,
)

FULL_WEIGHT: Final = 100
CHANCE_MIN: Final = Decimal("0.8")
BRIEF_HEADINGS: Final = (
    ("title_zh", gettext_noop("Title (Chinese)")),
    ("title_en", gettext_noop("Title (English)")),
    ("need_zh", gettext_noop("Need (Chinese)")),
    ("need_en", gettext_noop("Need (English)")),
    ("baseline_zh", gettext_noop("Today's process (Chinese)")),
    ("baseline_en", gettext_noop("Today's process (English)")),
    ("site", gettext_noop("Site")),
)
VOLUME_HEADINGS: Final = (
    ("budget_line", gettext_noop("Volume budget line")),
    ("budget_cny", gettext_noop("Volume budget, CNY")),
    ("quantity_min", gettext_noop("Smallest volume, robots")),
    ("quantity_max", gettext_noop("Largest volume, robots")),
    ("unit_price_ceiling_cny", gettext_noop("Ceiling of the unit price, CNY")),
)


@dataclass(frozen=True, slots=True)
class CriterionDefault:
    titles: tuple[str, str]  # Chinese, English
    guidance: tuple[str, str]
    weight: int


DEFAULT_CRITERIA: Final = (
    CriterionDefault(
        ("场景匹配", "Scenario fit"),
        (
            "方案是否针对本场景与现行流程，是否说明如何达到各项 KPI。",
            "Does the plan answer this scenario and today's process, KPI by KPI?",
        ),
        30,
    ),
    CriterionDefault(
        ("技术方案", "Technical approach"),
        (
            "技术路线是否成熟可行，接口与数据要求是否清楚。",
            "Is the approach sound? Are interfaces and data needs clear?",
        ),
        25,
    ),
    CriterionDefault(
        ("安全", "Safety"),
        (
            "急停、人机共处与风险处置是否落实。",
            "Are e-stop, people nearby and hazards dealt with?",
        ),
        20,
    ),
    CriterionDefault(
        ("交付与服务", "Delivery and service"),
        (
            "里程碑、驻场工程师、备件与维修时间是否可信。",
            "Are milestones, engineers on site, spares and repair times credible?",
        ),
        15,
    ),
    CriterionDefault(
        ("价格", "Price"),
        (
            "概念验证报价与规模化单价是否合理。",
            "Are the POC price and the unit price at volume reasonable?",
        ),
        10,
    ),
)


def weights_are_whole(weights: Sequence[int]) -> list[Objection]:
    if sum(weights) == FULL_WEIGHT:
        return []
    return [
        Objection(
            CRITERIA_ARE_PUBLISHED,
            gettext_noop(
                "The weights of the review criteria add up to %(total)s percent; "
                "they must make 100."
            ),
            {"total": sum(weights)},
        )
    ]


def call_takes_briefs(
    state: str, now: datetime, closes_at: datetime
) -> list[Objection]:
    if state == "open" and now < closes_at:
        return []
    return [
        Objection(
            BRIEF_IN_OPEN_CALL,
            gettext_noop("The call takes no submissions; open it first."),
            field="call",
        )
    ]


def quantities_fit(low: int | None, high: int | None) -> list[Objection]:
    if low is None or high is None or 1 <= low <= high:
        return []
    return [
        Objection(
            VOLUME_IS_NAMED,
            gettext_noop(
                "The quantity range runs from %(low)s to %(high)s; it must start at "
                "1 or more and end no lower than it starts."
            ),
            {"low": low, "high": high},
            field="quantity_max",
        )
    ]


def budget_covers(
    budget: Decimal | None, low: int | None, ceiling: Decimal | None
) -> list[Objection]:
    if budget is None or low is None or ceiling is None or budget >= low * ceiling:
        return []
    return [
        Objection(
            VOLUME_IS_NAMED,
            gettext_noop(
                "The budget of %(budget)s CNY does not pay the smallest volume, "
                "%(low)s robots at up to %(ceiling)s CNY."
            ),
            {"budget": budget, "low": low, "ceiling": ceiling},
            field="budget_cny",
        )
    ]


def kpis_are_measurable(rows: Sequence[Mapping[str, Any]]) -> list[Objection]:
    """Each row: kpi, comparator, minimum, target, window_days, mandatory."""
    if not any(row["mandatory"] for row in rows):
        return [
            Objection(
                KPIS_ARE_MEASURABLE,
                gettext_noop("No KPI is mandatory; a gate needs one at least."),
                field="kpis",
            )
        ]
    return [
        Objection(
            KPIS_ARE_MEASURABLE,
            gettext_noop(
                "%(kpi)s: the target must be stricter than the minimum, "
                "or nothing can be decided."
            ),
            {"kpi": row["kpi"]},
            field="kpis",
        )
        for row in rows
        if not is_stricter(row)
    ]


def is_stricter(row: Mapping[str, Any]) -> bool:
    if row["comparator"] == "at_least":
        return bool(row["target"] > row["minimum"])
    return bool(row["target"] < row["minimum"])


def windows_fit(rows: Sequence[Mapping[str, Any]], weeks_max: int) -> list[Objection]:
    days = weeks_max * 7
    return [
        Objection(
            KPIS_ARE_MEASURABLE,
            gettext_noop(
                "%(kpi)s: a window of %(window)s days is longer than a POC of "
                "%(days)s days."
            ),
            {"kpi": row["kpi"], "window": row["window_days"], "days": days},
            field="kpis",
        )
        for row in rows
        if row["window_days"] > days
    ]


def route_fits(
    route: str, novelty: Sequence[str], cap: Decimal | None
) -> list[Objection]:
    if route != "cooperative_innovation":
        return []
    found = []
    if any(empty(text) for text in novelty):
        found.append(
            Objection(
                ROUTE_FITS,
                gettext_noop(
                    "Merely testing existing products does not qualify for "
                    "cooperative innovation: say what must be developed, or choose "
                    "the scenario pilot."
                ),
                field="novelty_zh",
            )
        )
    if cap is None:
        found.append(
            Objection(
                COST_IS_CAPPED,
                gettext_noop("Name the cap of compensable cost."),
                field="compensation_cap_cny",
            )
        )
    return found


def kpis_fit_catalogue(
    rows: Sequence[Mapping[str, Any]], known: Mapping[str, tuple[str, str]]
) -> list[Objection]:
    """Check rows against the catalogue: key -> (which way is better, law)."""
    return [
        Objection(KPIS_ARE_MEASURABLE, text, {"kpi": row["kpi"]}, field="kpis")
        for row in rows
        for text in faults_of(row, known.get(row["kpi"]))
    ]


def faults_of(row: Mapping[str, Any], kind: tuple[str, str] | None) -> list[str]:
    if kind is None:
        return [gettext_noop("%(kpi)s is not in the KPI catalogue.")]
    better, law = kind
    found = []
    if (row["comparator"] == "at_least") != (better == "higher"):
        found.append(
            gettext_noop("%(kpi)s: the comparator points away from what is better.")
        )
    if row["mandatory"] and law == "shown":
        found.append(
            gettext_noop("%(kpi)s is shown, never decided on; it cannot be mandatory.")
        )
    return found


def chances_are_fair(chances: Sequence[tuple[str, Decimal]]) -> list[Objection]:
    """Each: a KPI and its chance to be decided when the robot is at target."""
    return [
        Objection(
            CHANCE_IS_FAIR,
            gettext_noop(
                "%(kpi)s: a robot at target would be passed by the end in "
                "%(percent)s %% of cases only. Change minimum, target, window, robots "
                "or tasks, or agree on an extension beforehand."
            ),
            {"kpi": kpi, "percent": round(chance * 100)},
            field="kpis",
        )
        for kpi, chance in chances
        if chance < CHANCE_MIN
    ]
