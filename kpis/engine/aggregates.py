"""Parts as data beside the rows they count over.

A part is a rule, a row of its own: what it counts over, what it sums and what it asks
of each column. Joining rows with the rules they meet costs the same for ten parts as
for a hundred, and parts that nothing meets cost nothing.
"""

from collections.abc import Iterator, Sequence
from functools import reduce
from itertools import product
from operator import and_
from typing import Any, Final

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from kpis.engine.definition import Condition, Part
from kpis.engine.sums import KEY

# What a condition may ask of the derived rows; "most_" is a bound.
TEXTS: Final = ("op_state", "kind", "ref", "value", "was", "component", "metric")
NUMBERS: Final = ("degraded", "number", "is_due", "on_time")
BOUNDS: Final = ("since_us", "number")
RULES: Final = pa.schema(
    [
        ("fact", pa.int64()),
        ("source", pa.string()),
        ("sums", pa.string()),
        *((name, pa.string()) for name in TEXTS),
        *((name, pa.int64()) for name in NUMBERS),
        *((f"most_{name}", pa.int64()) for name in BOUNDS),
    ]
)
ruled: Final = ibis.table(
    {field.name: "string" if field.type == pa.string() else "int64" for field in RULES},
    name="rules",
)


def rules_of(parts: Sequence[Part]) -> pa.Table:
    """Write parts as rules; the number of a part is its place."""
    rows = [
        {"fact": place, "source": part.over.value, "sums": part.sums or "n", **asked}
        for place, part in enumerate(parts)
        for asked in _asked(part)
    ]
    return pa.Table.from_pylist(rows, schema=RULES)


def _asked(part: Part) -> Iterator[dict[str, Any]]:
    """Yield what a part asks, a value a column: the ways in which it can be met."""
    bounds = {
        f"most_{each.column}": each.at_most
        for each in part.where
        if each.at_most is not None
    }
    values = [each for each in part.where if each.at_most is None]
    names = [each.column for each in values]
    unknown = {*names, *bounds} - set(RULES.names)
    if unknown or len(set(names)) < len(names):
        raise ValueError(
            f"{part.key} asks of {', '.join(sorted(unknown)) or 'one column twice'}; "
            f"a part asks once each of {', '.join((*TEXTS, *NUMBERS))}, and bounds "
            f"{', '.join(BOUNDS)}."
        )
    for met in product(*(each.one_of for each in values)):
        chosen: list[Any] = [
            str(value) if name in TEXTS else int(value)
            for name, value in zip(names, met, strict=True)
        ]
        yield dict(zip(names, chosen, strict=True)) | bounds


def summed(rows: ir.Table, own: Sequence[Part]) -> ir.Table:
    """Sum what rows, each with its source, give to their parts: KEY, fact, total.

    `own` are all the parts that count over these sources.
    """
    asked = {each.column for part in own for each in part.where if each.one_of}
    capped = {each.column for part in own for each in part.where if not each.one_of}
    always = {
        name
        for name in asked
        if all(any(name == each.column for each in part.where) for part in own)
    }
    rule = ruled.rename({f"rule_{name}": name for name in ruled.columns})
    met = rows.inner_join(
        rule,
        [
            rows.source == rule.rule_source,
            *(rows[name] == rule[f"rule_{name}"] for name in sorted(always)),
            *(
                rule[f"rule_{name}"].isnull() | (rows[name] == rule[f"rule_{name}"])
                for name in sorted(asked - always)
            ),
            *(
                rule[f"rule_most_{name}"].isnull()
                | (rows[name] <= rule[f"rule_most_{name}"])
                for name in sorted(capped)
            ),
        ],
    )
    columns = sorted({part.sums or "n" for part in own})
    amount = ibis.cases(
        *((met.rule_sums == name, met[name]) for name in columns),
        else_=ibis.null("int64"),
    )
    given = met.select(*KEY, fact=met.rule_fact, amount=amount)
    return given.group_by(*KEY, "fact").agg(
        total=given.amount.sum().fill_null(0).cast("int64")
    )


def aggregate(part: Part, rows: ir.Table) -> ir.IntegerScalar:
    """Return one part's integer over its source's rows, for a plan of few parts."""
    met = [holds(condition, rows) for condition in part.where]
    where = reduce(and_, met) if met else None
    return rows[part.sums or "n"].sum(where=where).fill_null(0)


def holds(condition: Condition, rows: ir.Table) -> ir.BooleanValue:
    """Say where a condition holds; over a null it is null, which no sum takes in."""
    column = rows[condition.column]
    if condition.at_most is not None:
        return column <= condition.at_most
    if len(condition.one_of) == 1:
        return column == condition.one_of[0]
    return column.isin(condition.one_of)


def widened(totals: pa.Table, keys: Sequence[str]) -> pa.Table:
    """Lay totals out as states: a row a key, a column a fact, sorted by key."""
    rows = totals.sort_by([(name, "ascending") for name in KEY]).combine_chunks()
    codes = [
        column.dictionary_encode().indices.to_numpy()
        if pa.types.is_string(column.type)
        else column.to_numpy()
        for column in (rows[name].combine_chunks() for name in KEY)
    ]
    begins = np.ones(rows.num_rows, dtype=bool)
    if rows.num_rows:
        begins[1:] = np.any([code[1:] != code[:-1] for code in codes], axis=0)
    laid = np.zeros((len(keys), int(begins.sum())), dtype=np.int64)
    laid[rows["fact"].to_numpy(), np.cumsum(begins) - 1] = rows["total"].to_numpy()
    each = rows.filter(pa.array(begins))
    return pa.table(
        [each[name] for name in KEY] + [pa.array(column) for column in laid],
        names=[*KEY, *keys],
    )
