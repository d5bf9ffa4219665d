"""Parts as Ibis aggregates over the derived tables."""

from functools import reduce
from operator import and_

import ibis
import ibis.expr.types as ir

from kpis.engine.definition import Condition, Part

NEVER = ibis.literal(value=False)


def aggregate(part: Part, table: ir.Table) -> ir.IntegerScalar:
    """Return the part's integer over a table; over no rows it is 0."""
    conditions = [holds(condition, table) for condition in part.where]
    met = reduce(and_, conditions) if conditions else None
    if part.sums:
        return table[part.sums].sum(where=met).fill_null(0)
    return table.count(where=met).fill_null(0)


def holds(condition: Condition, table: ir.Table) -> ir.BooleanValue:
    """Say where a condition holds; a null never meets one."""
    column = table[condition.column]
    if condition.at_most is not None:
        met = column <= condition.at_most
    else:
        met = column.isin(condition.one_of)
    return met.fill_null(NEVER)
