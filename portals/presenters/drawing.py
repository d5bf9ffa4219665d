"""Small parts shared by the SVG figures of pages and of PDFs.

Colours are attributes, not classes: a page's policy forbids style attributes and a
PDF renderer does not apply the page's style sheet to inline SVG.
"""

from unicodedata import east_asian_width

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

FONTS = "PingFang SC, Microsoft YaHei, Noto Sans SC, Noto Sans CJK SC, sans-serif"
INK = "#182433"
QUIET = "#475569"
LINE = "#dce1e7"
TRACK = "#edf0f4"
BAND = "#cfe9d4"
GOOD = "#157a2e"
WARN = "#8a5a00"
BAD = "#c0342b"
BLUE = "#1f5fc4"
MUTED = "#b4bdc9"
TONE_INK = {"good": GOOD, "warn": WARN, "bad": BAD, "info": BLUE, "muted": QUIET}


def text_width(text: str, size: float) -> float:
    """Estimate how wide a line is drawn: a Chinese character is one em."""
    ems = sum(1.0 if east_asian_width(c) in "WF" else 0.56 for c in text)
    return ems * size


def fitted(text: str, size: float, width: float) -> str:
    """Shorten a line to a width, with an ellipsis."""
    if text_width(text, size) <= width:
        return text
    while text and text_width(text + "…", size) > width:
        text = text[:-1]
    return text + "…"


def element(name: str, body: str = "", **attributes: object) -> SafeString:
    """Write one SVG element; an underscore in a name stands for a hyphen."""
    words = format_html_join(
        "",
        ' {}="{}"',
        (
            (
                key.replace("_", "-"),
                round(value, 2) if isinstance(value, float) else value,
            )
            for key, value in attributes.items()
        ),
    )
    return format_html("<{0}{1}>{2}</{0}>", SafeString(name), words, body)


def figure(
    parts: list[SafeString], *, size: tuple[float, float], title: str, description: str
) -> SafeString:
    """Wrap shapes as an image with its text alternative."""
    width, height = size
    body = format_html_join("", "{}", ((part,) for part in parts))
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" role="img" class="pg-figure" '
        'viewBox="0 0 {} {}" width="{}" height="{}" font-family="{}" '
        'aria-label="{}">'
        "<title>{}</title><desc>{}</desc>{}</svg>",
        round(width, 2),
        round(height, 2),
        round(width, 2),
        round(height, 2),
        FONTS,
        f"{title}. {description}",
        title,
        description,
        body,
    )
