"""How often the robot has to be stopped for safety."""

from fractions import Fraction

from kpis.engine import parts
from kpis.engine.definition import Family, Kpi, Law, gettext_noop, register
from robot_bridge.telemetry import HOUR_US

PER_100_HOURS = Fraction(100 * HOUR_US)

ESTOPS_PER_100H = register(
    Kpi(
        key="estops_per_100h",
        family=Family.SAFETY,
        title=gettext_noop("Emergency stops per 100 h"),
        title_zh="每百小时急停次数",
        unit="1/(100.h)",
        better="lower",
        source="ISO 13850:2015; VDA 5050 2.1, safetyState",
        explanation=gettext_noop("Emergency stops per 100 operating hours."),
        explanation_zh="每100运行小时发生的急停次数。",
        numerator=(parts.ESTOPS,),
        denominator=(parts.OPERATING_US,),
        law=Law.COUNT_PER_TIME,
        scale=PER_100_HOURS,
    )
)
PROTECTIVE_STOPS_PER_100H = register(
    Kpi(
        key="protective_stops_per_100h",
        family=Family.SAFETY,
        title=gettext_noop("Protective stops per 100 h"),
        title_zh="每百小时保护性停止次数",
        unit="1/(100.h)",
        better="lower",
        source="ISO 10218-1:2025, protective stop",
        explanation=gettext_noop("Protective stops per 100 operating hours."),
        explanation_zh="每100运行小时发生的保护性停止次数。",
        numerator=(parts.PROTECTIVE_STOPS,),
        denominator=(parts.OPERATING_US,),
        law=Law.COUNT_PER_TIME,
        scale=PER_100_HOURS,
    )
)
BREACHES_PER_100H = register(
    Kpi(
        key="breaches_per_100h",
        family=Family.SAFETY,
        title=gettext_noop("Geofence and separation breaches per 100 h"),
        title_zh="每百小时越界与间距违规次数",
        unit="1/(100.h)",
        better="lower",
        source="ISO 3691-4:2023; ISO/TS 15066:2016",
        explanation=gettext_noop(
            "Times a geofence or a separation distance was broken, "
            "per 100 operating hours."
        ),
        explanation_zh="每100运行小时发生的越界与安全间距违规次数。",
        numerator=(parts.BREACHES,),
        denominator=(parts.OPERATING_US,),
        law=Law.COUNT_PER_TIME,
        scale=PER_100_HOURS,
    )
)
GEOFENCE_BREACHES_PER_100H = register(
    Kpi(
        key="geofence_breaches_per_100h",
        family=Family.SAFETY,
        title=gettext_noop("Geofence breaches per 100 h"),
        title_zh="每百小时越界次数",
        unit="1/(100.h)",
        better="lower",
        source="ISO 3691-4:2023",
        explanation=gettext_noop(
            "Times a geofence was broken, per 100 operating hours."
        ),
        explanation_zh="每100运行小时越出电子围栏的次数。",
        numerator=(parts.GEOFENCE_BREACHES,),
        denominator=(parts.OPERATING_US,),
        law=Law.COUNT_PER_TIME,
        scale=PER_100_HOURS,
    )
)
SEPARATION_BREACHES_PER_100H = register(
    Kpi(
        key="separation_breaches_per_100h",
        family=Family.SAFETY,
        title=gettext_noop("Separation breaches per 100 h"),
        title_zh="每百小时间距违规次数",
        unit="1/(100.h)",
        better="lower",
        source="ISO/TS 15066:2016",
        explanation=gettext_noop(
            "Times a separation distance was broken, per 100 operating hours."
        ),
        explanation_zh="每100运行小时违反安全间距的次数。",
        numerator=(parts.SEPARATION_BREACHES,),
        denominator=(parts.OPERATING_US,),
        law=Law.COUNT_PER_TIME,
        scale=PER_100_HOURS,
    )
)
STOP_TEST_SUCCESS = register(
    Kpi(
        key="stop_test_success",
        family=Family.SAFETY,
        title=gettext_noop("Emergency stops that worked"),
        title_zh="急停有效率",
        unit="1",
        better="higher",
        source="ISO 13850:2015, 4.1",
        explanation=gettext_noop(
            "Emergency-stop tests in which the robot stopped, of all tests."
        ),
        explanation_zh="急停测试中机器人成功停止的比例。",
        numerator=(parts.STOPS_TESTED,),
        denominator=(
            parts.STOPS_TESTED,
            parts.STOPS_FAILED,
        ),
        law=Law.SHARE_OF_CASES,
    )
)
STOP_LATENCY = register(
    Kpi(
        key="stop_latency",
        family=Family.SAFETY,
        title=gettext_noop("Emergency-stop latency"),
        title_zh="急停响应时间",
        unit="ms",
        better="lower",
        source="ISO 13855:2024",
        explanation=gettext_noop(
            "Mean milliseconds from an emergency-stop test's demand to standstill."
        ),
        explanation_zh="急停测试从触发到静止的平均毫秒数。",
        numerator=(parts.STOP_US,),
        denominator=(parts.STOPS_TIMED,),
        law=Law.SHOWN,
        scale=Fraction(1, 1000),
    )
)
