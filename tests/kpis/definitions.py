"""Short words for composed KPIs in tests."""

from tests.kpis.rows import SECOND

WORDS = {
    "key": "early",
    "title": "Early tasks",
    "title_zh": "提前完成率",
    "explanation": "Tasks finished within a minute, of all finished.",
    "explanation_zh": "一分钟内完成的任务占全部完成任务的比例。",
    "unit": "1",
    "better": "higher",
}


def is_(column, *values):
    return {"column": column, "one_of": list(values)}


def bound(column, most):
    return {"column": column, "at_most": most}


def over(source, *where, sums=""):
    return {"over": source, "sums": sums, "where": list(where)}


FINISHED = over("edges", is_("kind", "task"), is_("value", "finished"))
QUICK = over(
    "edges",
    is_("kind", "task"),
    is_("value", "finished"),
    bound("since_us", 60 * SECOND),
)


def told(numerator, denominator, **more):
    return WORDS | {"numerator": numerator, "denominator": denominator} | more
