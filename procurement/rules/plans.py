"""Rules on plans, their prices and their arrival."""

from datetime import datetime
from decimal import Decimal
from typing import Final

from procurement.rules.named import (
    CONTENT_IS_INTACT,
    CRITERIA_ARE_FROZEN,
    DEADLINE,
    OPENING,
    PLAN_IS_COMPLETE,
    POC_WEEKS,
    PRICE_KEEPS_CEILING,
    Objection,
    gettext_noop,
)

WEEKS_MIN: Final = 8
WEEKS_MAX: Final = 12
# Headings of a plan that may not stay empty: field, name.
PLAN_HEADINGS: Final = (
    ("summary", gettext_noop("Summary")),
    ("scenario_fit", gettext_noop("How the scenario is met")),
    ("approach", gettext_noop("Technical approach")),
    ("robot_maker", gettext_noop("Maker")),
    ("robot_model", gettext_noop("Model")),
    ("robots", gettext_noop("Robots in the POC")),
    ("interfaces", gettext_noop("Interfaces")),
    ("data_needed", gettext_noop("Data needed from the site")),
    ("site_needs", gettext_noop("Demands on the site")),
    ("safety_concept", gettext_noop("Safety concept")),
    ("service_concept", gettext_noop("Service and spare parts")),
    ("poc_price_cny", gettext_noop("Price of the POC, CNY")),
    ("unit_price_cny", gettext_noop("Unit price at volume, CNY")),
)


STILL_AHEAD: Final = gettext_noop("The deadline, %(deadline)s, is still ahead.")
TOO_LATE: Final = gettext_noop(
    "The deadline, %(deadline)s, has passed. What was saved stays a draft: it is not "
    "submitted and takes no part in this call."
)
NOT_TAKING: Final = gettext_noop("The brief takes no submissions at this moment.")


def robots_fit(robots: int | None, asked: int) -> list[Objection]:
    if robots is None or robots >= asked:
        return []
    return [
        Objection(
            PLAN_IS_COMPLETE,
            gettext_noop(
                "The plan brings %(robots)s robots; the brief asks for %(asked)s."
            ),
            {"robots": robots, "asked": asked},
            field="robots",
        )
    ]


def weeks_fit(total: int, weeks_min: int, weeks_max: int) -> list[Objection]:
    low, high = max(weeks_min, WEEKS_MIN), min(weeks_max, WEEKS_MAX)
    if low <= total <= high:
        return []
    return [
        Objection(
            POC_WEEKS,
            gettext_noop(
                "The milestones last %(total)s weeks together; "
                "the brief asks for %(low)s to %(high)s."
            ),
            {"total": total, "low": low, "high": high},
            field="milestones",
        )
    ]


def price_fits(
    price: Decimal | None, ceiling: Decimal | None, heading: str, key: str
) -> list[Objection]:
    if price is None or ceiling is None or price <= ceiling:
        return []
    return [
        Objection(
            PRICE_KEEPS_CEILING,
            gettext_noop(
                "“%(heading)s” is %(price)s CNY, above the ceiling of %(ceiling)s CNY."
            ),
            {"heading": heading, "price": price, "ceiling": ceiling},
            field=key,
        )
    ]


def is_before_deadline(now: datetime, closes_at: datetime) -> list[Objection]:
    if now < closes_at:
        return []
    return [
        Objection(
            DEADLINE,
            gettext_noop("The deadline, %(deadline)s, has passed."),
            {"deadline": closes_at},
        )
    ]


def arrives_in_time(now: datetime, closes_at: datetime) -> list[Objection]:
    """Judge a submission; the span for submissions ends before the deadline."""
    if now < closes_at:
        return []
    return [Objection(DEADLINE, TOO_LATE, {"deadline": closes_at})]


def is_after_deadline(now: datetime, closes_at: datetime) -> list[Objection]:
    if now >= closes_at:
        return []
    return [
        Objection(
            OPENING,
            STILL_AHEAD,
            {"deadline": closes_at},
        )
    ]


def content_is_intact(submitted: str, opened: str) -> list[Objection]:
    """Compare the hash stamped at submission with that of the content opened."""
    if submitted == opened:
        return []
    return [
        Objection(
            CONTENT_IS_INTACT,
            gettext_noop(
                "The content's hash is %(opened)s; %(submitted)s was submitted."
            ),
            {"opened": opened, "submitted": submitted},
        )
    ]


def criteria_are_intact(agreed: str, found: str) -> list[Objection]:
    """Compare a contract's digest with that of the criteria it carries."""
    if agreed == found:
        return []
    return [
        Objection(
            CRITERIA_ARE_FROZEN,
            gettext_noop(
                "The criteria's digest is %(found)s; the contract states %(agreed)s."
            ),
            {"agreed": agreed, "found": found},
        )
    ]
