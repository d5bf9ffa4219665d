"""How much of what the robot had to tell has arrived."""

from kpis.engine import parts
from kpis.engine.definition import Family, Kpi, Law, gettext_noop, register

COMPLETENESS = register(
    Kpi(
        key="completeness",
        family=Family.DATA,
        title=gettext_noop("Completeness"),
        title_zh="数据完整率",
        unit="1",
        better="higher",
        source="VDA 5050 2.1, headerId",
        explanation=gettext_noop(
            "Messages stored, of the messages their own numbering says were sent."
        ),
        explanation_zh="已入库消息数占按消息序号应收到消息数的比例。",
        numerator=(parts.STORED,),
        denominator=(parts.EXPECTED,),
        law=Law.RATE_BY_DAY,
    )
)
COVERAGE = register(
    Kpi(
        key="coverage",
        family=Family.DATA,
        title=gettext_noop("Coverage"),
        title_zh="覆盖率",
        unit="1",
        better="higher",
        source="ISO/IEC 25012:2008, completeness",
        explanation=gettext_noop(
            "Time in which the robot's state is known, of the time due."
        ),
        explanation_zh="应服务时间中机器人状态已知的时间占比。",
        numerator=(parts.KNOWN_US,),
        denominator=(parts.DUE_US,),
        law=Law.RATE_BY_DAY,
    )
)
CLOCK_CORRECTED = register(
    Kpi(
        key="clock_corrected_share",
        family=Family.DATA,
        title=gettext_noop("Rows with a corrected clock"),
        title_zh="时钟修正占比",
        unit="1",
        better="lower",
        source="ISO/IEC 25012:2008, accuracy",
        explanation=gettext_noop(
            "Rows whose time was corrected or replaced by that of receipt, of all rows."
        ),
        explanation_zh="时间经修正或以接收时间替代的数据行占比。",
        numerator=(
            parts.SAMPLES_CORRECTED,
            parts.EVENTS_CORRECTED,
        ),
        denominator=(
            parts.SAMPLE_ROWS,
            parts.EVENT_ROWS,
        ),
        law=Law.RATE_BY_DAY,
    )
)
LATE_SHARE = register(
    Kpi(
        key="late_share",
        family=Family.DATA,
        title=gettext_noop("Rows that came late"),
        title_zh="迟到数据占比",
        unit="1",
        better="lower",
        source="ISO/IEC 25012:2008, currentness",
        explanation=gettext_noop(
            "Rows that were received long after their time, of all rows."
        ),
        explanation_zh="接收时间明显晚于产生时间的数据行占比。",
        numerator=(
            parts.SAMPLES_LATE,
            parts.EVENTS_LATE,
        ),
        denominator=(
            parts.SAMPLE_ROWS,
            parts.EVENT_ROWS,
        ),
        law=Law.RATE_BY_DAY,
    )
)
CLAIMED_TASKS = register(
    Kpi(
        key="claimed_per_counted_task",
        family=Family.DATA,
        title=gettext_noop("Tasks claimed per task counted"),
        title_zh="自报与实计任务比",
        unit="1",
        better="lower",
        source="ISO/IEC 25012:2008, consistency",
        explanation=gettext_noop(
            "Tasks the robots say they finished, over those a plant or an observer "
            "counted."
        ),
        explanation_zh="机器人自报完成的任务数与工厂或观察员计数之比。",
        numerator=(parts.TASKS_FINISHED,),
        denominator=(parts.COUNTED_TASKS,),
        law=Law.SHOWN,
    )
)
