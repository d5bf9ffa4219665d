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
