"""How much work the robot gets done."""

from fractions import Fraction

from kpis.engine import parts
from kpis.engine.definition import (
    Factor,
    Family,
    Kpi,
    Law,
    gettext_noop,
    register,
)
from robot_bridge.telemetry import HOUR_US, SECOND_US

KILOMETRE_MM = 1_000_000

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
OEE = register(
    Kpi(
        key="oee",
        family=Family.PRODUCTIVITY,
        title=gettext_noop("Overall equipment effectiveness"),
        title_zh="设备综合效率",
        unit="1",
        better="higher",
        source="ISO 22400-2:2014, OEE index",
        explanation=gettext_noop(
            "Availability × tasks on time × task success; on-time tasks stand for "
            "effectiveness."
        ),
        explanation_zh="可用率 × 任务准时率 × 任务成功率；以准时任务占比表示效率。",
        numerator=(parts.UP_US,),
        denominator=(parts.DUE_US,),
        law=Law.SHOWN,
        times=(
            Factor((parts.TASKS_ON_TIME,), (parts.TASKS_DUE,)),
            Factor((parts.TASKS_FINISHED,), (parts.TASKS_FINISHED, parts.TASKS_FAILED)),
        ),
    )
)
DISTANCE_PER_HOUR = register(
    Kpi(
        key="distance_per_hour",
        family=Family.PRODUCTIVITY,
        title=gettext_noop("Distance per hour"),
        title_zh="每小时行驶里程",
        unit="km/h",
        better="higher",
        source="VDA 5050 2.1, velocity",
        explanation=gettext_noop(
            "Kilometres driven per hour in which the odometer was read."
        ),
        explanation_zh="里程表有读数期间每小时行驶的公里数。",
        numerator=(parts.DISTANCE_MM,),
        denominator=(parts.DISTANCE_US,),
        law=Law.MEAN_BY_DAY,
        scale=Fraction(HOUR_US, KILOMETRE_MM),
    )
)
WAYPOINT_COVERAGE = register(
    Kpi(
        key="waypoint_coverage",
        family=Family.PRODUCTIVITY,
        title=gettext_noop("Route coverage"),
        title_zh="路线覆盖率",
        unit="1",
        better="higher",
        source="VDA 5050 2.1, 6.6.2, nodes",
        explanation=gettext_noop("Waypoints visited, of waypoints visited or skipped."),
        explanation_zh="已到访的路线点占到访与跳过路线点总数的比例。",
        numerator=(parts.WAYPOINTS_VISITED,),
        denominator=(parts.WAYPOINTS_VISITED, parts.WAYPOINTS_SKIPPED),
        law=Law.RATE_BY_DAY,
    )
)
INSPECTION_MISS_RATE = register(
    Kpi(
        key="inspection_miss_rate",
        family=Family.PRODUCTIVITY,
        title=gettext_noop("Inspection miss rate"),
        title_zh="巡检漏检率",
        unit="1",
        better="lower",
        source="ISO/IEC 4213:2022, false negative rate",
        explanation=gettext_noop(
            "Items the robot passed and an observer found defective, of those found "
            "defective."
        ),
        explanation_zh="观察员确认有缺陷的对象中被机器人判为合格的比例。",
        numerator=(parts.DEFECTS_MISSED,),
        denominator=(parts.DEFECTS_MISSED, parts.DEFECTS_CAUGHT),
        law=Law.SHARE_OF_CASES,
    )
)
FALSE_ALARM_RATE = register(
    Kpi(
        key="false_alarm_rate",
        family=Family.PRODUCTIVITY,
        title=gettext_noop("Inspection false-alarm rate"),
        title_zh="巡检误报率",
        unit="1",
        better="lower",
        source="ISO/IEC 4213:2022, false positive rate",
        explanation=gettext_noop(
            "Items the robot flagged and an observer found sound, of those found sound."
        ),
        explanation_zh="观察员确认完好的对象中被机器人误报的比例。",
        numerator=(parts.FALSE_ALARMS,),
        denominator=(parts.FALSE_ALARMS, parts.RIGHTLY_PASSED),
        law=Law.SHARE_OF_CASES,
    )
)
