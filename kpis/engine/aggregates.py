"""Parts as Ibis aggregates over the derived tables."""

from functools import reduce
from operator import and_

import ibis.expr.types as ir

from kpis.engine.definition import Condition, Part


def aggregate(part: Part, table: ir.Table) -> ir.IntegerScalar:
    """Return the part's integer over its source's rows; each stands for `n`."""
    met = [holds(condition, table) for condition in part.where]
    where = reduce(and_, met) if met else None
    return table[part.sums or "n"].sum(where=where).fill_null(0)


def holds(condition: Condition, table: ir.Table) -> ir.BooleanValue:
    """Say where a condition holds; over a null it is null, which no sum takes in."""
    column = table[condition.column]
    if condition.at_most is not None:
        return column <= condition.at_most
    if len(condition.one_of) == 1:
        return column == condition.one_of[0]
    return column.isin(condition.one_of)
