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

LEFT = 200.0
WIDTH = 1060.0
TOP = 34.0
ROW = 34.0
BAR = 22.0
TEXT = 13.0
FILL = {"good": GOOD, "info": BLUE, "warn": WARN, "bad": BAD, "muted": MUTED}


@dataclass(frozen=True)
class Bar:
    """One milestone; weeks count from 0 at the start, and may be broken."""

    title: str
    start: float
    end: float
    status: str
    word: str = ""


def axis(weeks: int, height: float, week: float) -> list[SafeString]:
    strokes = [LEFT + number * week for number in range(weeks + 1)]
    lines = [
        element("line", x1=x, x2=x, y1=TOP - 8, y2=height - 26, stroke=LINE)
        for x in strokes
    ]
    names = [
        element(
            "text",
            _("Week %(number)s") % {"number": number},
            x=x + week / 2,
            y=TOP - 14,
            font_size=TEXT,
            text_anchor="middle",
            fill=QUIET,
        )
        for number, x in enumerate(strokes[:-1], 1)
    ]
    return lines + names


def row(bar: Bar, y: float, week: float) -> list[SafeString]:
    tone = status_of(bar.status).tone
    word = bar.word or status_of(bar.status).word
    start, width = LEFT + bar.start * week + 2, max((bar.end - bar.start) * week - 4, 3)
    inside = text_width(word, TEXT) + 12 <= width
    paper = "#ffffff" if tone != "muted" else INK
    return [
        element(
            "text",
            fitted(bar.title, TEXT + 1, LEFT - 14),
            x=0,
            y=y + 16,
            font_size=TEXT + 1,
            fill=INK,
        ),
        element("rect", x=start, y=y, width=width, height=BAR, rx=4, fill=FILL[tone]),
        element(
            "text",
            word,
            x=start + 9 if inside else start + width + 6,
            y=y + 16,
            font_size=TEXT,
            fill=paper if inside else INK,
        ),
    ]


def today_line(at: float, height: float, week: float, words: str) -> list[SafeString]:
    x = LEFT + at * week
    ends = x + 6 + text_width(words, TEXT) > WIDTH
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


def timeline_svg(
    bars: Sequence[Bar],
    *,
    weeks: int,
    title: str,
    today: float | None = None,
    today_text: str = "",
) -> SafeString:
    """Draw the bars; `today` is in weeks from the start, None when outside."""
    week = (WIDTH - LEFT) / max(weeks, 1)
    height = TOP + len(bars) * ROW + 26
    parts = axis(weeks, height, week)
    for number, bar in enumerate(bars):
        parts += row(bar, TOP + number * ROW, week)
    if today is not None and 0 <= today <= weeks:
        parts += today_line(today, height, week, today_text or _("today"))
    return figure(
        parts, size=(WIDTH, height), title=title, description=timeline_text(bars)
    )


def timeline_text(bars: Sequence[Bar]) -> str:
    return _("; ").join(
        _("%(title)s: weeks %(start)s to %(end)s, %(word)s")
        % {
            "title": bar.title,
            "start": int(bar.start) + 1,
            "end": round(bar.end),
            "word": bar.word or status_of(bar.status).word,
        }
        for bar in bars
    )
