"""Parts as Ibis aggregates over the derived tables."""

from functools import reduce
from operator import and_

import ibis.expr.types as ir

from kpis.engine.definition import Condition, Part


def aggregate(part: Part, table: ir.Table) -> ir.IntegerScalar:
    """Return the part's integer over derived rows, `n` of which each stands for."""
    met = table.source == part.over.value
    met = reduce(and_, (holds(condition, table) for condition in part.where), met)
    return table[part.sums or "n"].sum(where=met).fill_null(0)


def holds(condition: Condition, table: ir.Table) -> ir.BooleanValue:
    """Say where a condition holds; over a null it is null, which no sum takes in."""
    column = table[condition.column]
    if condition.at_most is not None:
        return column <= condition.at_most
    if len(condition.one_of) == 1:
        return column == condition.one_of[0]
    return column.isin(condition.one_of)
