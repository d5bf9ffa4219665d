"""What the component templates draw; pages fill these and hand them over."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.safestring import SafeString

from portals.presenters.interval import Interval


@dataclass(frozen=True)
class Move:
    """One state transition as a button; `url` takes the POST.

    With an objection the button is drawn closed, and the objection beside it.
    """

    label: str
    url: str
    tone: str = ""
    target: str = ""
    asks_reason: bool = False
    confirm: str = ""
    icon: str = ""
    objection: str = ""


@dataclass(frozen=True)
class Link:
    label: str
    url: str = ""
    tone: str = ""
    icon: str = ""


@dataclass(frozen=True)
class Tile:
    """One number with its verdict and its age."""

    title: str
    value: str
    status: str = ""
    note: str = ""
    url: str = ""
    fresh_at: datetime | None = None
    stale_after: int = 0
    interval: Interval | None = None


@dataclass(frozen=True)
class Task:
    """One line of a task list."""

    title: str
    status: str
    url: str = ""
    hint: str = ""
    current: bool = False


@dataclass(frozen=True)
class Answer:
    """One line of a check-answers list."""

    label: str
    value: Any
    change_url: str = ""


@dataclass(frozen=True)
class Event:
    """One line of a case's history."""

    at: datetime
    who: str
    what: str
    detail: str = ""
    status: str = "info"


@dataclass(frozen=True)
class Column:
    label: str
    numeric: bool = False


@dataclass(frozen=True)
class Cell:
    """A table cell: text, and where wanted a link, a status, an age or a figure."""

    text: Any = ""
    url: str = ""
    note: str = ""
    status: str = ""
    at: datetime | None = None
    stale_after: int = 0
    figure: SafeString | str = ""


@dataclass(frozen=True)
class Table:
    """A table as data; a row is a sequence of cells (plain values are wrapped)."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    empty: str = ""
    empty_url: str = ""
    empty_action: str = ""

    @property
    def lines(self) -> list[list[tuple[Column, Cell]]]:
        """Each row's cells beside their column; a phone prints the column's name."""
        return [list(zip(self.columns, row, strict=True)) for row in self.rows]


def table_of(
    caption: str, labels: Sequence[str], rows: Sequence[Sequence[Any]], **words: str
) -> Table:
    """Build a table; a label that ends in "#" heads a column of numbers."""
    columns = [Column(label.rstrip("#"), label.endswith("#")) for label in labels]
    cells = [
        [cell if isinstance(cell, Cell) else Cell(text=cell) for cell in row]
        for row in rows
    ]
    return Table(caption=caption, columns=columns, rows=cells, **words)


@dataclass(frozen=True)
class Chart:
    """A live series: `at` in Unix seconds, one list of values a line, gaps as None."""

    id: str
    title: str
    summary: str
    at: Sequence[float]
    lines: Sequence[tuple[str, Sequence[float | None]]]
    unit: str = ""
    height: int = 180
    minimum: float | None = None

    @property
    def data(self) -> dict[str, Any]:
        """What the page's script needs to draw it."""
        return {
            "labels": [label for label, _values in self.lines],
            "series": [list(self.at), *(list(values) for _label, values in self.lines)],
            "unit": self.unit,
            "height": self.height,
            "minimum": self.minimum,
        }


@dataclass(frozen=True)
class Progress:
    """Work under way; `poll_url` answers this same fragment until it has ended."""

    title: str
    done: int
    total: int
    status: str = "running"
    poll_url: str = ""
    cancel_url: str = ""
    note: str = ""

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0

    @property
    def has_ended(self) -> bool:
        return self.status not in {"queued", "running"}


@dataclass(frozen=True)
class Fragments:
    """One live update: HTML by fragment name, series by chart id."""

    html: dict[str, str] = field(default_factory=dict)
    charts: dict[str, list[list[float | None]]] = field(default_factory=dict)

    @property
    def payload(self) -> dict[str, Any]:
        return {"fragments": self.html, "charts": self.charts}
