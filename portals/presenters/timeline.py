"""Milestones as bars on an axis of weeks, with a line for today."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portals.presenters.drawing import (
    BAD,
    BLUE,
    GOOD,
    INK,
    LINE,
    MUTED,
    QUIET,
    WARN,
    element,
    figure,
    fitted,
    text_width,
)
from portals.presenters.status import status_of

TOP = 34.0
BAR = 22.0
TEXT = 13.0
FILL = {"good": GOOD, "info": BLUE, "warn": WARN, "bad": BAD, "muted": MUTED}


# Keeps a name readable across the week lines; a PDF renderer would draw it on top.
HALO: dict[str, object] = {
    "stroke": "#ffffff",
    "stroke_width": 3,
    "paint_order": "stroke",
}


@dataclass(frozen=True)
class Bar:
    """One milestone; weeks count from 0 at the start, and may be broken."""

    title: str
    start: float
    end: float
    status: str
    word: str = ""


@dataclass(frozen=True)
class Shape:
    """Where things stand: names beside the bars, or above them on a phone."""

    width: float
    left: float
    row: float
    drop: float

    @property
    def names_above(self) -> bool:
        return self.drop > 0


WIDE = Shape(width=1180, left=250, row=34, drop=0)
PAPER = Shape(width=680, left=170, row=30, drop=0)
NARROW = Shape(width=340, left=2, row=52, drop=20)


@dataclass(frozen=True)
class Timeline:
    """Bars over a number of weeks; `today` counts weeks from the start."""

    bars: Sequence[Bar]
    weeks: int
    title: str
    today: float | None = None
    today_text: str = ""

    @property
    def svg(self) -> SafeString:
        return drawn(self, WIDE)

    @property
    def paper_svg(self) -> SafeString:
        """Draw for a page of A4, where the wide figure's words would be too small."""
        return drawn(self, PAPER)

    @property
    def narrow_svg(self) -> SafeString:
        return drawn(self, NARROW)

    @property
    def text(self) -> str:
        """The text alternative: each milestone with its weeks and state."""
        return _("; ").join(
            _("%(title)s: weeks %(start)s to %(end)s, %(word)s")
            % {
                "title": bar.title,
                "start": int(bar.start) + 1,
                "end": round(bar.end),
                "word": word_of(bar),
            }
            for bar in self.bars
        )


def word_of(bar: Bar) -> str:
    return bar.word or status_of(bar.status).word


def axis(timeline: Timeline, shape: Shape, height: float) -> list[SafeString]:
    week = week_width(timeline, shape)
    strokes = [shape.left + number * week for number in range(timeline.weeks + 1)]
    lines = [
        element("line", x1=x, x2=x, y1=TOP - 8, y2=height - 26, stroke=LINE)
        for x in strokes
    ]
    words = "%(number)s" if shape.names_above else _("Week %(number)s")
    names = [
        element(
            "text",
            words % {"number": number},
            x=x + week / 2,
            y=TOP - 14,
            font_size=TEXT,
            text_anchor="middle",
            fill=QUIET,
        )
        for number, x in enumerate(strokes[:-1], 1)
    ]
    return lines + names


def week_width(timeline: Timeline, shape: Shape) -> float:
    return (shape.width - shape.left) / max(timeline.weeks, 1)


def row(bar: Bar, y: float, week: float, shape: Shape) -> list[SafeString]:
    tone = status_of(bar.status).tone
    room = shape.width if shape.names_above else shape.left - 14
    start = shape.left + bar.start * week + 2
    width = max((bar.end - bar.start) * week - 4, 3)
    top = y + shape.drop
    return [
        element(
            "text",
            fitted(bar.title, TEXT + 1, room),
            x=0,
            y=y + 16,
            font_size=TEXT + 1,
            fill=INK,
            **(HALO if shape.names_above else {}),
        ),
        element("rect", x=start, y=top, width=width, height=BAR, rx=4, fill=FILL[tone]),
        bar_word(bar, start, width, top + 16, shape),
    ]


def bar_word(bar: Bar, x: float, width: float, y: float, shape: Shape) -> SafeString:
    """Write the state in its bar where it fits, else after it, else before it."""
    word = word_of(bar)
    needed = text_width(word, TEXT)
    if needed + 12 <= width:
        light = status_of(bar.status).tone != "muted"
        fill, anchor, at = "#ffffff" if light else INK, "start", x + 8
    elif x + width + 6 + needed <= shape.width:
        fill, anchor, at = INK, "start", x + width + 6
    else:
        fill, anchor, at = INK, "end", x - 6
    return element(
        "text", word, x=at, y=y, font_size=TEXT, fill=fill, text_anchor=anchor
    )


def today_line(timeline: Timeline, shape: Shape, height: float) -> list[SafeString]:
    at, words = timeline.today, timeline.today_text or _("today")
    if at is None or not 0 <= at <= timeline.weeks:
        return []
    x = shape.left + at * week_width(timeline, shape)
    ends = x + 6 + text_width(words, TEXT) > shape.width
    return [
        element(
            "line",
            x1=x,
            x2=x,
            y1=TOP - 10,
            y2=height - 4,
            stroke=BAD,
            stroke_width=2,
            stroke_dasharray="4 3",
        ),
        element(
            "text",
            words,
            x=x - 6 if ends else x + 6,
            y=height - 8,
            font_size=TEXT,
            fill=BAD,
            text_anchor="end" if ends else "start",
        ),
    ]


def drawn(timeline: Timeline, shape: Shape) -> SafeString:
    week = week_width(timeline, shape)
    height = TOP + len(timeline.bars) * shape.row + 26
    parts = axis(timeline, shape, height)
    for number, bar in enumerate(timeline.bars):
        parts += row(bar, TOP + number * shape.row, week, shape)
    parts += today_line(timeline, shape, height)
    return figure(
        parts,
        size=(shape.width, height),
        title=timeline.title,
        description=timeline.text,
    )
