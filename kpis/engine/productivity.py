"""How much work the robot gets done."""

from fractions import Fraction

from kpis.engine import parts
from kpis.engine.definition import Family, Kpi, Law, gettext_noop, register
from robot_bridge.telemetry import HOUR_US, SECOND_US

TASK_SUCCESS = register(
    Kpi(
        key="task_success",
        family=Family.PRODUCTIVITY,
        title=gettext_noop("Task success"),
        title_zh="任务成功率",
        unit="1",
        better="higher",
        source="ISO 22400-2:2014",
        explanation=gettext_noop(
            "Tasks finished, of tasks finished or failed; a cancelled task is neither."
        ),
        explanation_zh="完成任务数占完成与失败任务总数的比例；被取消的任务不计入。",
        numerator=(parts.TASKS_FINISHED,),
        denominator=(parts.TASKS_FINISHED, parts.TASKS_FAILED),
        law=Law.RATE_BY_DAY,
    )
)
TASKS_CANCELLED_SHARE = register(
    Kpi(
        key="tasks_cancelled_share",
        family=Family.PRODUCTIVITY,
        title=gettext_noop("Tasks cancelled"),
        title_zh="任务取消率",
        unit="1",
        better="lower",
        source="VDA 5050 2.1, 6.6.3",
        explanation=gettext_noop("Tasks cancelled, of all tasks that came to an end."),
        explanation_zh="被取消任务占全部已结束任务的比例。",
        numerator=(parts.TASKS_CANCELLED,),
        denominator=(
            parts.TASKS_FINISHED,
            parts.TASKS_FAILED,
            parts.TASKS_CANCELLED,
        ),
        law=Law.RATE_BY_DAY,
    )
)
THROUGHPUT = register(
    Kpi(
        key="throughput",
        family=Family.PRODUCTIVITY,
        title=gettext_noop("Throughput"),
        title_zh="作业效率",
        unit="1/h",
        better="higher",
        source="ISO 22400-2:2014, throughput rate",
        explanation=gettext_noop("Tasks finished per operating hour."),
        explanation_zh="每运行小时完成的任务数。",
        numerator=(parts.TASKS_FINISHED,),
        denominator=(parts.OPERATING_US,),
        law=Law.MEAN_BY_DAY,
        scale=Fraction(HOUR_US),
    )
)
MEAN_CYCLE_TIME = register(
    Kpi(
        key="mean_cycle_time",
        family=Family.PRODUCTIVITY,
        title=gettext_noop("Mean cycle time"),
        title_zh="平均作业周期",
        unit="s",
        better="lower",
        source="ISO 22400-2:2014",
        explanation=gettext_noop("Mean seconds from a task's start to its finish."),
        explanation_zh="任务从开始到完成的平均秒数。",
        numerator=(parts.CYCLE_US,),
        denominator=(parts.TASKS_TIMED,),
        law=Law.MEAN_BY_DAY,
        scale=Fraction(1, SECOND_US),
    )
)
ON_TIME_RATIO = register(
    Kpi(
        key="on_time_ratio",
        family=Family.PRODUCTIVITY,
        title=gettext_noop("Tasks on time"),
        title_zh="任务准时率",
        unit="1",
        better="higher",
        source="ISO 22400-2:2014",
        explanation=gettext_noop(
            "Tasks finished by the instant they were due, of those that had one."
        ),
        explanation_zh="在规定时刻前完成的任务占有时限任务的比例。",
        numerator=(parts.TASKS_ON_TIME,),
        denominator=(parts.TASKS_DUE,),
        law=Law.RATE_BY_DAY,
    )
)
UTILISATION = register(
    Kpi(
        key="utilisation",
        family=Family.PRODUCTIVITY,
        title=gettext_noop("Utilisation"),
        title_zh="利用率",
        unit="1",
        better="higher",
        source="ISO 22400-2:2014, utilization efficiency",
        explanation=gettext_noop("Time under way with a task, of operating time."),
        explanation_zh="运行时间中执行作业行驶的时间占比。",
        numerator=(parts.NAVIGATING_US,),
        denominator=(parts.OPERATING_US,),
        law=Law.RATE_BY_DAY,
    )
)
