"""Numbers with their unit, and instants with their age, as people read them."""

from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kpis.reports import amount

NONE = "—"
BEIJING = ZoneInfo("Asia/Shanghai")
SHARES = {"1", "%", "ratio"}
LARGE = 100
SMALL = 10
HASH_STEP = 8


def digits(value: float) -> int:
    """Places after the point: three figures are enough to read a KPI."""
    size = abs(value)
    if size == int(size):
        return 0
    if size >= LARGE:
        return 0
    return 1 if size >= SMALL else 2


def figure_text(value: Fraction | Decimal | float | None, unit: str = "") -> str:
    """Write a value with its UCUM unit; a share becomes a percentage."""
    if value is None:
        return NONE
    if unit in SHARES:
        share = float(value) * 100
        places = 0 if share == int(share) else 1
        return f"{number_format(round(share, places), places)}%"
    places = digits(float(value))
    number = number_format(
        round(float(value), places), places, use_l10n=True, force_grouping=True
    )
    return amount(number, unit)


def moment_text(at: datetime | None) -> str:
    """Write an instant in Beijing time."""
    if at is None:
        return NONE
    shown = f"{at.astimezone(BEIJING):%Y-%m-%d %H:%M}"
    return _("%(at)s Beijing time") % {"at": shown}


def money_text(yuan: Decimal | int | None) -> str:
    """Write an amount in yuan, to the fen where there are any.

    Thousands are parted in every language: Django's Chinese format parts nothing.
    """
    if yuan is None:
        return NONE
    places = 0 if yuan == int(yuan) else 2
    return amount(f"{yuan:,.{places}f}", "CNY")


def hash_text(digest: str) -> SafeString:
    """Write a hash so that a narrow column may break it."""
    pieces = (
        digest[start : start + HASH_STEP] for start in range(0, len(digest), HASH_STEP)
    )
    broken = format_html_join(mark_safe("<wbr>"), "{}", ((piece,) for piece in pieces))
    return format_html('<code class="pg-hash">{}</code>', broken)


def age_text(at: datetime | None, now: datetime | None = None) -> str:
    """Say how long ago an instant was, in the largest unit that fits."""
    if at is None:
        return _("no data yet")
    seconds = max(0, int(((now or timezone.now()) - at).total_seconds()))
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if days:
        return ngettext("%(n)s day ago", "%(n)s days ago", days) % {"n": days}
    if hours:
        return ngettext("%(n)s hour ago", "%(n)s hours ago", hours) % {"n": hours}
    if minutes:
        return ngettext("%(n)s minute ago", "%(n)s minutes ago", minutes) % {
            "n": minutes
        }
    return ngettext("%(n)s second ago", "%(n)s seconds ago", seconds) % {"n": seconds}
