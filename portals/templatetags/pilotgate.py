"""Tags and filters of the component templates."""

from datetime import datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.forms import BoundField, CheckboxInput, FileInput, Select, Textarea
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portals.navigation import optional_url
from portals.presenters import figures
from portals.presenters.status import Status, status_of

register = template.Library()

DJANGOS_ROWS = "10"  # what a text area has where the form does not say
GROUPS = ("RadioSelect", "CheckboxSelectMultiple")


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """Draw an icon beside a word; it is silent for screen readers."""
    return format_html(
        '<svg class="pg-icon {}" aria-hidden="true"><use href="{}#{}"></use></svg>',
        css,
        static("vendor/tabler-icons/sprite.svg"),
        name,
    )


@register.inclusion_tag("components/status.html")
def status(value: Any, label: str = "") -> dict[str, Status]:
    """Show a state as icon, word and colour."""
    return {"status": status_of(value, str(label))}


@register.inclusion_tag("components/freshness.html")
def freshness(at: datetime | None, stale_after: int = 0) -> dict[str, Any]:
    """Show how old a number is; past `stale_after` seconds it is called stale."""
    now = timezone.now()
    old = at is not None and (now - at).total_seconds() > stale_after
    return {
        "at": at,
        "stale_after": stale_after,
        "age": figures.age_text(at, now),
        "is_stale": bool(stale_after) and (at is None or old),
    }


@register.inclusion_tag("components/when.html")
def when(at: datetime | None, tz: str = "") -> dict[str, Any]:
    """Show an instant in Beijing time, and in a site's own time where it differs."""
    local = None
    if at and tz:
        there = at.astimezone(ZoneInfo(tz))
        if there.utcoffset() != at.astimezone(figures.BEIJING).utcoffset():
            local = there
    return {"at": at, "local": local, "tz": tz}


@register.filter
def beijing(at: datetime | None) -> str:
    """Write an instant in Beijing time."""
    return figures.moment_text(at)


@register.filter
def figure(value: Fraction | float | None, unit: str = "") -> str:
    """Write a number with its unit."""
    return figures.figure_text(value, unit)


@register.filter
def tone(value: Any) -> str:
    """Name a state's colour family: good, info, warn, bad or muted."""
    return status_of(value).tone


@register.filter
def age(at: datetime | None) -> str:
    return figures.age_text(at)


@register.simple_tag
def page_url(name: str) -> str:
    """Reverse a name that may not be mounted; "" then."""
    return optional_url(name)


@register.filter
def is_group(field: BoundField) -> bool:
    """Whether the field is several inputs under one legend."""
    return type(field.field.widget).__name__ in GROUPS


@register.filter
def is_check(field: BoundField) -> bool:
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def control(field: BoundField) -> SafeString:
    """Draw a field's input with the style sheet's classes."""
    widget = field.field.widget
    name = "form-control"
    if isinstance(widget, CheckboxInput) or is_group(field):
        name = "form-check-input"
    elif isinstance(widget, Select):
        name = "form-select"
    classes = [widget.attrs.get("class", ""), name]
    if field.errors:
        classes.append("is-invalid")
    attrs: dict[str, Any] = {"class": " ".join(c for c in classes if c)}
    if isinstance(widget, Textarea) and widget.attrs.get("rows") == DJANGOS_ROWS:
        attrs["rows"] = 4
    if isinstance(widget, FileInput):
        attrs.setdefault("data-file", "")
    return field.as_widget(attrs=attrs)
