"""An interval against its bound, drawn as SVG: the same on pages and in PDFs."""

import math
from dataclasses import dataclass
from typing import Final

from django.utils.html import format_html
from django.utils.safestring import SafeString

WIDTH: Final = 240
HEIGHT: Final = 34
EDGE: Final = 8
COLOURS: Final = {
    "pass": "#2b8a3e",
    "fail": "#c92a2a",
    "not_enough_evidence": "#b36b00",
}


@dataclass(frozen=True, slots=True)
class Interval:
    """What is drawn, in the criterion's unit; None is not known, so not drawn."""

    estimate: float | None
    low: float | None
    high: float | None
    minimum: float
    target: float


def interval_svg(interval: Interval, outcome: str, label: str) -> SafeString:
    """Draw estimate and limits over minimum and target; `label` says it in words."""
    place = Scale(interval)
    colour = COLOURS.get(outcome, COLOURS["not_enough_evidence"])
    low = place(interval.low, EDGE)
    high = place(interval.high, WIDTH - EDGE)
    bar = (
        format_html(
            '<line x1="{}" y1="17" x2="{}" y2="17" stroke="{}" stroke-width="3" />',
            low,
            high,
            colour,
        )
        if interval.low is not None or interval.high is not None
        else ""
    )
    dot = (
        format_html(
            '<circle cx="{}" cy="17" r="5" fill="{}" />',
            place(interval.estimate, EDGE),
            colour,
        )
        if interval.estimate is not None
        else ""
    )
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" width="{}" '
        'height="{}" role="img" aria-label="{}"><title>{}</title>'
        '<line x1="{}" y1="31" x2="{}" y2="31" stroke="#adb5bd" />'
        '<line x1="{}" y1="3" x2="{}" y2="31" stroke="#212529" stroke-width="2" />'
        '<line x1="{}" y1="3" x2="{}" y2="31" stroke="#868e96" '
        'stroke-dasharray="3 2" />{}{}</svg>',
        WIDTH,
        HEIGHT,
        WIDTH,
        HEIGHT,
        label,
        label,
        EDGE,
        WIDTH - EDGE,
        *(place(interval.minimum, EDGE),) * 2,
        *(place(interval.target, EDGE),) * 2,
        bar,
        dot,
    )


class Scale:
    """Place a value between the edges so that all that is known fits."""

    def __init__(self, interval: Interval) -> None:
        known = [
            value
            for value in (
                interval.estimate,
                interval.low,
                interval.high,
                interval.minimum,
                interval.target,
            )
            if value is not None and math.isfinite(value)
        ]
        room = (max(known) - min(known)) or abs(max(known)) or 1.0
        self.start = min(known) - 0.06 * room
        self.end = max(known) + 0.06 * room

    def __call__(self, value: float | None, unknown: float) -> float:
        if value is None or not math.isfinite(value):
            return unknown
        share = (value - self.start) / (self.end - self.start)
        return round(EDGE + share * (WIDTH - 2 * EDGE), 1)
