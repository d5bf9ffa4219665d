"""The interval bar: estimate, bounds, minimum and target on one line."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portals.presenters.drawing import (
    BAND,
    INK,
    QUIET,
    TONE_INK,
    TRACK,
    element,
    figure,
    text_width,
)
from portals.presenters.figures import figure_text
from portals.presenters.status import status_of

WIDTH = 240.0
HEIGHT = 46.0
PAD = 8.0
MIDDLE = 14.0
LABEL = 12.0


@dataclass(frozen=True)
class Interval:
    """What a bar draws; a bound that is None is open, an estimate None unknown."""

    title: str
    unit: str
    minimum: float
    better: Literal["higher", "lower"] = "higher"
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    target: float | None = None
    outcome: str = "pending"
    level: float = 0.95

    @property
    def svg(self) -> SafeString:
        return interval_svg(self)

    @property
    def value_text(self) -> str:
        return figure_text(self.estimate, self.unit)

    @property
    def text(self) -> str:
        """The text alternative: everything the picture says."""
        shown = partial(figure_text, unit=self.unit)
        limit = (
            _("at least %(value)s")
            if self.better == "higher"
            else _("at most %(value)s")
        )
        words = [
            _("Required: %(limit)s") % {"limit": limit % {"value": shown(self.minimum)}}
        ]
        if self.target is not None:
            words.append(_("target %(value)s") % {"value": shown(self.target)})
        if self.estimate is None:
            words.append(_("no estimate yet"))
        else:
            words.append(_("estimate %(value)s") % {"value": shown(self.estimate)})
            words.append(self.bounds_text)
        words.append(status_of(self.outcome).word)
        return _("; ").join(word for word in words if word)

    @property
    def bounds_text(self) -> str:
        if self.low is None and self.high is None:
            return ""
        shown = partial(figure_text, unit=self.unit)
        level = figure_text(self.level, "1")
        if self.high is None:
            return _("%(level)s interval from %(low)s") % {
                "level": level,
                "low": shown(self.low),
            }
        if self.low is None:
            return _("%(level)s interval up to %(high)s") % {
                "level": level,
                "high": shown(self.high),
            }
        return _("%(level)s interval %(low)s to %(high)s") % {
            "level": level,
            "low": shown(self.low),
            "high": shown(self.high),
        }


def domain(interval: Interval) -> tuple[float, float]:
    """Return the stretch of the axis that shows every mark with air around it."""
    given = (
        interval.low,
        interval.high,
        interval.estimate,
        interval.minimum,
        interval.target,
    )
    marks = [mark for mark in given if mark is not None]
    lowest, highest = min(marks), max(marks)
    air = (highest - lowest) * 0.25 or abs(highest) * 0.25 or 1.0
    lowest, highest = lowest - air, highest + air
    if min(marks) >= 0:
        lowest = max(lowest, 0.0)
    if interval.unit == "1":
        highest = min(highest, 1.0)
    return lowest, highest


def scale(interval: Interval) -> Callable[[float], float]:
    lowest, highest = domain(interval)
    span = (highest - lowest) or 1.0

    def place(value: float) -> float:
        share = min(max((value - lowest) / span, 0.0), 1.0)
        return PAD + share * (WIDTH - 2 * PAD)

    return place


def band(interval: Interval, place: Callable[[float], float]) -> list[SafeString]:
    """Draw the track, with the range that passes shaded."""
    edge = place(interval.minimum)
    start, end = (edge, WIDTH - PAD) if interval.better == "higher" else (PAD, edge)
    return [
        element(
            "rect",
            x=PAD,
            y=MIDDLE - 4,
            width=WIDTH - 2 * PAD,
            height=8,
            rx=2,
            fill=TRACK,
        ),
        element(
            "rect",
            x=start,
            y=MIDDLE - 4,
            width=max(end - start, 0.0),
            height=8,
            rx=2,
            fill=BAND,
        ),
    ]


def whisker(interval: Interval, place: Callable[[float], float]) -> list[SafeString]:
    """Draw the interval with its caps; an open end runs to the edge as an arrow."""
    if interval.estimate is None:
        return []
    ink = TONE_INK[status_of(interval.outcome).tone]
    parts = []
    if interval.low is not None or interval.high is not None:
        low = PAD if interval.low is None else place(interval.low)
        high = WIDTH - PAD if interval.high is None else place(interval.high)
        parts.append(
            element(
                "line",
                x1=low,
                x2=high,
                y1=MIDDLE,
                y2=MIDDLE,
                stroke=ink,
                stroke_width=2,
            )
        )
        parts.append(cap(low, ink, outward=-1.0 if interval.low is None else 0.0))
        parts.append(cap(high, ink, outward=1.0 if interval.high is None else 0.0))
    parts.append(
        element(
            "circle",
            cx=place(interval.estimate),
            cy=MIDDLE,
            r=4.5,
            fill=ink,
            stroke="#ffffff",
            stroke_width=1.5,
        )
    )
    return parts


def cap(x: float, ink: str, outward: float) -> SafeString:
    if outward:
        tip, back = x + outward * 6, x
        points = f"{tip:.1f},{MIDDLE} {back:.1f},{MIDDLE - 5} {back:.1f},{MIDDLE + 5}"
        return element("polygon", points=points, fill=ink)
    return element(
        "line", x1=x, x2=x, y1=MIDDLE - 5, y2=MIDDLE + 5, stroke=ink, stroke_width=2
    )


def label(x: float, y: float, text: str, fill: str) -> SafeString:
    half = text_width(text, LABEL) / 2
    return element(
        "text",
        text,
        x=min(max(x, half), WIDTH - half),
        y=y,
        font_size=LABEL,
        text_anchor="middle",
        fill=fill,
    )


def marks(interval: Interval, place: Callable[[float], float]) -> list[SafeString]:
    """Draw the minimum as a long stroke with its value, the target as a diamond."""
    at = place(interval.minimum)
    words = _("min %(value)s") if interval.better == "higher" else _("max %(value)s")
    wanted = words % {"value": figure_text(interval.minimum, interval.unit)}
    parts = [
        element(
            "line", x1=at, x2=at, y1=3, y2=MIDDLE + 11, stroke=INK, stroke_width=1.6
        ),
        label(at, MIDDLE + 22, wanted, QUIET),
    ]
    if interval.target is not None and interval.target != interval.minimum:
        x = place(interval.target)
        points = f"{x:.1f},1 {x + 4:.1f},5 {x:.1f},9 {x - 4:.1f},5"
        parts.append(element("polygon", points=points, fill=QUIET))
    return parts


def interval_svg(interval: Interval) -> SafeString:
    """Draw the bar; width 240 units, to be stretched by the page."""
    place = scale(interval)
    parts = band(interval, place) + marks(interval, place) + whisker(interval, place)
    return figure(
        parts,
        size=(WIDTH, HEIGHT - 6),
        title=interval.title,
        description=interval.text,
    )
