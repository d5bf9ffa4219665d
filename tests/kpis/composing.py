"""One KPI that a city might compose: tasks done within five minutes, of all done."""

from kpis import services
from robot_bridge.telemetry import MINUTE_US

DONE = [
    {"column": "kind", "one_of": ["task"]},
    {"column": "value", "one_of": ["finished"]},
]
QUICK = {
    "key": "quick_tasks",
    "title": "Quick tasks",
    "title_zh": "快速完成率",
    "explanation": "Tasks finished within five minutes of their start, of all done.",
    "explanation_zh": "开始后五分钟内完成的任务占全部完成任务的比例。",
    "unit": "1",
    "better": "higher",
    "few_cases": False,
    "numerator": [
        {
            "over": "edges",
            "where": [
                *DONE,
                {"column": "was", "one_of": ["started"]},
                {"column": "since_us", "at_most": 5 * MINUTE_US},
            ],
        }
    ],
    "denominator": [{"fact": "tasks_finished"}],
}


def publish(by, **changes):
    """Compose and publish a KPI of an official's city."""
    composed = services.compose_kpi(told=QUICK | changes, by=by)
    services.move_kpi(composed=composed, target="published", by=by)
    return composed
