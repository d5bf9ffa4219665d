"""A city's own KPI a second time: from its definition as data, slow and obvious.

A definition is what a bundle or a contract holds: numerator and denominator, each a
list of parts {key, over, sums, where}; each of `where` is {column, one_of, at_most}.
"""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from pilotgate_offline.twins import (
    Row,
    distinct,
    edges,
    known_spans,
    pieces,
)

Definition = Mapping[str, Any]
Part = Mapping[str, Any]


def holds(condition: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Say whether a row meets a condition; what is not known meets none."""
    value = row[condition["column"]]
    if value is None:
        return False
    if condition["at_most"] is not None:
        return bool(value <= condition["at_most"])
    return value in condition["one_of"]


def amount(part: Part, rows: Iterable[Mapping[str, Any]]) -> int:
    """Count or sum the rows that a part takes in."""
    return sum(
        row[part["sums"]] or 0 if part["sums"] else 1
        for row in rows
        if all(holds(condition, row) for condition in part["where"])
    )


def span_rows(
    samples: list[Row], events: list[Row], window: tuple[int, int]
) -> Iterator[dict[str, Any]]:
    for span in known_spans(samples, events):
        for piece in pieces(span, window):
            yield {
                "op_state": piece.op_state,
                "degraded": int(piece.degraded),
                "length_us": piece.end_us - piece.start_us,
            }


def edge_rows(events: list[Row], window: tuple[int, int]) -> Iterator[dict[str, Any]]:
    for edge in edges(events):
        if window[0] <= edge.ts_us < window[1]:
            due = edge.number
            yield {
                "kind": edge.kind,
                "ref": edge.ref,
                "value": edge.value,
                "was": edge.was,
                "number": due,
                "since_us": edge.since_us,
                "is_due": int(due is not None),
                "on_time": int(due is not None and edge.ts_us <= due),
            }


def reading_rows(
    samples: list[Row], window: tuple[int, int]
) -> Iterator[dict[str, Any]]:
    for row in samples:
        if window[0] <= row["ts_us"] < window[1]:
            yield {"metric": row["metric"], "reading": row["value"]}


def integers(
    definition: Definition,
    samples: Iterable[Row],
    events: Iterable[Row],
    *,
    window: tuple[int, int],
    due_us: int = 0,
    ledger: Mapping[str, int] | None = None,
) -> tuple[int, int]:
    """Return the integers above and below the line, over all these rows.

    `due_us`, `ledger` (expected, stored): what the rows do not tell themselves.
    """
    samples, events = distinct(samples), distinct(events)
    within = [
        [row for row in rows if window[0] <= row["ts_us"] < window[1]]
        for rows in (samples, events)
    ]
    rows: dict[str, list[Mapping[str, Any]]] = {
        "spans": list(span_rows(samples, events, window)),
        "edges": list(edge_rows(events, window)),
        "readings": list(reading_rows(samples, window)),
        "samples": list(within[0]),
        "events": list(within[1]),
        "duty": [{"length_us": due_us}],
        "ledger": [ledger or {"expected": 0, "stored": 0}],
    }
    above, below = (
        sum(amount(part, rows[part["over"]]) for part in definition[side])
        for side in ("numerator", "denominator")
    )
    return above, below


def value(definition: Definition, above: int, below: int) -> Fraction | None:
    """Divide once; nothing to divide by gives None."""
    return Fraction(above, below) * Fraction(*definition["scale"]) if below else None
