"""A city's own KPI a second time: from its definition as data, slow and obvious.

A definition is what a bundle or a contract holds: numerator and denominator, each a
list of parts {key, over, sums, where}; each of `where` is {column, one_of, at_most}.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from pilotgate_offline.counting import Fact, amount, facts_of
from pilotgate_offline.terms import Part, definitions_from
from pilotgate_offline.twins import Row


def integers(
    definition: Mapping[str, Any],
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
    rows = {
        "samples": [dict(row) for row in samples],
        "events": [dict(row) for row in events],
        "carried": [],
        "signs": [],
        "ledger": [],
    }
    facts = [
        *facts_of(rows, window),
        Fact("duty", 0, due_us, {}),
        Fact("ledger", 0, 0, ledger or {"expected": 0, "stored": 0}),
    ]
    (told,) = definitions_from([definition]).values()
    return told.divide({part: _sum(part, facts) for part in told.parts})


def _sum(part: Part, facts: Iterable[Fact]) -> int:
    rows = [
        {**fact.row, "length_us": fact.end_us - fact.start_us}
        for fact in facts
        if fact.source == part.over
    ]
    return sum(
        amount(part, row)
        for row in rows
        if all(condition.holds(row) for condition in part.where)
    )


def value(definition: Mapping[str, Any], above: int, below: int) -> Fraction | None:
    """Divide once; nothing to divide by gives None."""
    return Fraction(above, below) * Fraction(*definition["scale"]) if below else None
