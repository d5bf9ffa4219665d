"""The named rules: where each stands, and what it asks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

COOPERATIVE: Final = "财库〔2024〕13号"
E_TENDER: Final = "电子招标投标办法（2013 年第 20 号令）"
HOUSE: Final = "Pilotgate"


def gettext_noop(text: str) -> str:
    """Mark a text for translation; this file stays free of Django."""
    return text


@dataclass(frozen=True, slots=True)
class Rule:
    """A named rule; `article` says where it stands, "" in the house's own."""

    key: str
    source: str
    article: str
    title: str


@dataclass(frozen=True, slots=True)
class Objection:
    """What a rule found wrong: a msgid with %(name)s places and their values."""

    rule: Rule
    text: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    field: str = ""


ROUTE_FITS = Rule(
    "route_fits_the_purchase",
    COOPERATIVE,
    "2",
    gettext_noop("Cooperative innovation is for what must still be developed"),
)
BRIEF_IS_COMPLETE = Rule(
    "brief_is_complete",
    COOPERATIVE,
    "12",
    gettext_noop("A brief names scenario, need, site and today's process"),
)
COST_IS_CAPPED = Rule(
    "compensable_cost_is_capped",
    COOPERATIVE,
    "12",
    gettext_noop("Compensable cost has a cap"),
)
VOLUME_IS_NAMED = Rule(
    "volume_is_named_before_publishing",
    HOUSE,
    "",
    gettext_noop("A brief names volume budget, quantity range and price ceiling"),
)
KPIS_ARE_MEASURABLE = Rule(
    "kpis_are_measurable",
    HOUSE,
    "",
    gettext_noop("Every KPI has minimum, target and window, and one is mandatory"),
)
CRITERIA_ARE_PUBLISHED = Rule(
    "review_criteria_are_published",
    COOPERATIVE,
    "13",
    gettext_noop("Review criteria and weights are published with the call"),
)
GROUP_IS_ODD = Rule(
    "negotiating_group_is_odd",
    COOPERATIVE,
    "15",
    gettext_noop("The negotiating group is odd in number, three or more"),
)
THREE_SUPPLIERS = Rule(
    "at_most_three_suppliers",
    COOPERATIVE,
    "23",
    gettext_noop("At most three suppliers take part in the R&D stage"),
)
POC_WEEKS = Rule(
    "poc_lasts_8_to_12_weeks",
    HOUSE,
    "",
    gettext_noop("A proof of concept lasts 8 to 12 weeks"),
)
PLAN_IS_COMPLETE = Rule(
    "plan_is_complete",
    COOPERATIVE,
    "12",
    gettext_noop("A technical plan answers every heading"),
)
PRICE_KEEPS_CEILING = Rule(
    "price_keeps_the_ceiling",
    COOPERATIVE,
    "12",
    gettext_noop("Prices keep the ceilings of the brief"),
)
DEADLINE = Rule(
    "submission_before_the_deadline",
    E_TENDER,
    "27",
    gettext_noop("A submission arrives before the deadline"),
)
OPENING = Rule(
    "opening_after_the_deadline",
    E_TENDER,
    "28",
    gettext_noop("Nobody opens a submission before the deadline"),
)
CONTENT_IS_INTACT = Rule(
    "content_is_intact",
    HOUSE,
    "",
    gettext_noop("The content opened is the content submitted"),
)
DECLARATION_FIRST = Rule(
    "declaration_before_access",
    HOUSE,
    "",
    gettext_noop("A reviewer declares conflicts of interest before reading"),
)
REVIEWS_ARE_FINISHED = Rule(
    "reviews_are_finished",
    COOPERATIVE,
    "15",
    gettext_noop("Every review that began is finished before the award"),
)
CRITERIA_ARE_FROZEN = Rule(
    "criteria_are_frozen_at_signature",
    COOPERATIVE,
    "24",
    gettext_noop("What is measured is agreed before the work starts"),
)
CHANCE_IS_FAIR = Rule(
    "gate_can_decide",
    HOUSE,
    "",
    gettext_noop("A robot at target has a fair chance to be decided by the end"),
)
BRIEF_IN_OPEN_CALL = Rule(
    "brief_appears_in_an_open_call",
    COOPERATIVE,
    "13",
    gettext_noop("A brief is published in a call that still takes submissions"),
)
VENDOR_IS_ACCEPTED = Rule(
    "vendor_is_accepted_before_submitting",
    HOUSE,
    "",
    gettext_noop("Officials accept a vendor before it submits"),
)

RULES: Final = {
    rule.key: rule for rule in list(globals().values()) if isinstance(rule, Rule)
}
